#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "base/checked_text.hpp"
#include "clustering/cluster_memory.hpp"
#include "clustering/plan_builder.hpp"
#include "clustering/run_removal.hpp"
#include "run_helpers.hpp"
#include "store/receptor_parts.hpp"

using namespace clustcr;
using namespace clustcr_test;

namespace {

RunSettings settings_of(const ReceptorCase& c, Method method, bool join,
                        bool singletons = false) {
  RunSettings settings;
  settings.method = method;
  settings.join = join;
  settings.rule = c.rule;
  settings.singletons = singletons;
  return settings;
}

// Each precluster by itself, in memory.
Clustered by_precluster(const std::vector<Row>& rows, const ReceptorCase& c,
                        const RunSettings& settings, std::size_t preclusters) {
  std::vector<std::vector<Row>> parts(preclusters);
  for (const Row& row : rows)
    parts[precluster_of(row.sequence, preclusters)].push_back(row);
  std::vector<ReceptorGroup> groups(preclusters);
  for (std::size_t p = 0; p < preclusters; ++p) {
    groups[p].receptors = receptors_of_rows(parts[p], c);
    groups[p].precluster = static_cast<std::uint32_t>(p);
  }
  return clustered(cluster_receptors(std::move(groups), settings, Execution()));
}

}  // namespace

// Preclusters by themselves: units of one, of some and of all, from disk, give
// what memory does.
TEST(ClusteringRun, UnitsFromDiskEqualGroupsInMemory) {
  Random random(3);
  const ReceptorCase c;
  std::vector<Row> rows;
  for (const std::string& s : random_repertoire(&random, 3000))
    rows.push_back({s, "", 1 + random.below(3), 0});
  const TemporaryFolder folder;
  {
    auto store = store_of_case(folder / "store", 16, c);
    add_in_batches(&store, &rows, 3);
  }
  const PreclusterStore store(folder / "store", false);
  for (bool singletons : {false, true}) {
    RunSettings settings = settings_of(c, Method::kMcl, false, singletons);
    const Clustered expected = by_precluster(rows, c, settings, 16);
    ASSERT_GT(expected.size(), 150u);
    std::set<std::size_t> units;
    for (std::uint64_t memory_limit :
         {std::uint64_t{1}, std::uint64_t{1} << 18, std::uint64_t{1} << 20,
          std::uint64_t{1} << 40})
      for (int n_threads : {1, 2, 4}) {
        settings.memory_limit = memory_limit;
        const TemporaryFolder work;
        const auto run = begin_run(store, settings, n_threads, work.path());
        ASSERT_EQ(all_units(run, store, n_threads), expected)
            << memory_limit << " bytes, " << n_threads << " threads";
        units.insert(run.plan().units.size());
      }
    // One precluster at a time, all at once, and something in between.
    EXPECT_EQ(*units.begin(), 1u);
    EXPECT_EQ(*units.rbegin(), 16u);
    EXPECT_GT(units.size(), 2u);
  }
}

TEST(ClusteringRun, AsksForRoomBeforeItPlans) {
  struct Roomy : Host {
    void make_room() override { ++asked; }
    int asked = 0;
  } host;
  Random random(6);
  const ReceptorCase c;
  const TemporaryFolder folder;
  auto store = store_of_case(folder / "store", 4, c);
  std::vector<Row> rows;
  for (const std::string& s : random_repertoire(&random, 200))
    rows.push_back({s, "", 1, 0});
  add_rows(&store, "sample", rows);
  RunSettings settings = settings_of(c, Method::kMcl, true, false);
  const std::string root = RunFolder::root_of(store, "");
  // Where memory is plenty it would cost more than it gives.
  settings.memory_limit = std::uint64_t{1} << 30;
  ClusteringRun::open(store, RunFolder::make(store, settings, root),
                      {1, &host});
  EXPECT_EQ(host.asked, 0);
  settings.memory_limit = 128 << 20;
  settings.singletons = true;  // another run
  const auto run = ClusteringRun::open(
      store, RunFolder::make(store, settings, root), {1, &host});
  EXPECT_EQ(host.asked, 1);
  // What is small does not wait for it, nor does a plan that is there.
  for (std::size_t u = 0; u < run.plan().units.size(); ++u)
    run.unit(store, u, {1, &host});
  ClusteringRun::open(store, RunFolder::make(store, settings, root),
                      {1, &host});
  EXPECT_EQ(host.asked, 1);
}

TEST(ClusteringRun, TheOrderOfTheBatchesDoesNotMatter) {
  Random random(4);
  const ReceptorCase c;
  std::vector<std::vector<Row>> batches(5);
  for (const std::string& s : random_repertoire(&random, 2000))
    batches[random.below(5)].push_back({s, "", 1, 0});
  for (const bool join : {false, true}) {
    std::set<std::set<std::set<std::string>>> results;
    std::vector<Clustered> tables;
    for (int round = 0; round < 3; ++round) {
      const TemporaryFolder folder;
      auto store = store_of_case(folder / "store", 10, c);
      // One sample, so that even the samples are the same.
      for (const auto& batch : batches)
        add_rows(&store, "sample", batch, OnDuplicate::kAppend);
      tables.push_back(all_units(
          begin_run(store, settings_of(c, Method::kMcl, join, true)), store));
      random.shuffle(&batches);
      for (auto& batch : batches) random.shuffle(&batch);
    }
    EXPECT_EQ(tables[1], tables[0]);
    EXPECT_EQ(tables[2], tables[0]);
    EXPECT_GT(tables[0].size(), 500u);
  }
}

// The whole graph, out of core: every rule, with and without genes and pairs,
// gives the clusters that memory does, row for row.
TEST(ClusteringRun, AJoinEqualsTheClusteringInMemory) {
  for (const ReceptorCase& c : all_cases()) {
    Random random(5);
    auto rows = random_receptors(&random, 400, c);
    const TemporaryFolder folder;
    auto store = store_of_case(folder / "store", 7, c);
    add_in_batches(&store, &rows, 3);
    for (const Method method : {Method::kMcl, Method::kComponents})
      for (const bool singletons : {false, true}) {
        const RunSettings settings = settings_of(c, method, true, singletons);
        const ClusterTable expected = whole_clustering(rows, c, settings, 7);
        for (int n_threads : {1, 4}) {
          const TemporaryFolder work;
          const auto run = begin_run(store, settings, n_threads, work.path());
          ASSERT_EQ(all_units(run, store, n_threads), clustered(expected))
              << c.name();
          EXPECT_EQ(run.plan().edges,
                    c.rule.max_distance == 1
                        ? expected.totals.edges
                        : naive_edges(list_of(receptors_of_rows(rows, c)),
                                      c.of_counted_edges())
                              .size())
              << c.name();
          EXPECT_EQ(run.plan().receptors, expected.totals.receptors);
          EXPECT_EQ(run.plan().occurrences, expected.totals.occurrences);
          EXPECT_EQ(run.plan().divided_receptors, 0u);
          const RunTotals totals = run.totals();
          EXPECT_EQ(totals.done, run.plan().units.size());
          EXPECT_EQ(totals.rows, expected.cluster.size());
          EXPECT_EQ(totals.clusters, expected.clusters);
          EXPECT_EQ(totals.of_units.edges, expected.totals.edges);
          EXPECT_EQ(totals.of_units.edges_within, expected.totals.edges_within);
        }
      }
  }
}

// A memory limit so small that preclusters are read in slices, keys are
// spilled to files and there are many units changes nothing, as long as no
// component is too large.
TEST(ClusteringRun, ATinyMemoryLimitChangesNothing) {
  for (const ReceptorCase& any : all_cases()) {
    if (!any.rule.missing_genes_match || any.j_gene) continue;
    ReceptorCase c = any;
    // Halves, and what is farther, hang together.
    if (c.by_tcrdist() && (c.paired || c.rule.max_distance > 12)) continue;
    Random random(6);
    // Long and of all letters: sparse, as receptors are.
    std::vector<Row> rows;
    for (const std::string& s : random_repertoire(&random, 5000)) {
      Row row{s, random.chance(50) ? "TRBV1" : "TRBV2", 1, 0};
      if (c.paired)
        row.sequence = s.substr(0, s.size() / 2) + ":" + s.substr(s.size() / 2);
      rows.push_back(row);
    }
    const TemporaryFolder folder;
    auto store = store_of_case(folder / "store", 2, c);
    add_in_batches(&store, &rows, 2);
    RunSettings settings = settings_of(c, Method::kComponents, true, true);
    const ClusterTable expected = whole_clustering(rows, c, settings, 2);
    std::map<std::uint32_t, std::uint64_t> sizes;
    std::uint64_t largest = 0;
    for (const std::uint32_t cluster : expected.cluster)
      largest = std::max(largest, ++sizes[cluster]);
    settings.memory_limit =
        largest * (kClusterBytesPerRow + kClusterBytesPerNode) + 100;
    const ReceptorParts parts(store, store.latest(), settings.memory_limit / 2);
    EXPECT_GT(parts.size(), 2u) << "there must be slices";
    const auto run = begin_run(store, settings, 2);
    EXPECT_GT(run.plan().units.size(), 3u) << c.name();
    EXPECT_EQ(run.plan().divided_receptors, 0u);
    // Short units are made beside each other, and are what they are by one.
    run.finish_unit(store, 0, threads(2));
    EXPECT_TRUE(run.is_kept(1) && run.is_kept(2)) << c.name();
    EXPECT_FALSE(run.plan().units.size() > 8 && run.is_kept(8)) << c.name();
    ASSERT_EQ(all_units(run, store, 2), clustered(expected)) << c.name();
    const std::string root = RunFolder::root_of(store, "");
    for (const std::string& file : files_below(root))
      EXPECT_FALSE(contains(file, "keys-")) << file << " is left of the join";
  }
}

// A component too large for the memory limit is divided by precluster, and
// each of these is clustered by itself; the others stay whole.
TEST(ClusteringRun, LargeComponentsAreDividedByPrecluster) {
  constexpr std::uint64_t kMost = 4;  // receptors of a component
  int ever_divided = 0;
  for (const ReceptorCase& c : all_cases()) {
    Random random(7);
    auto rows = random_receptors(&random, 300, c);
    const TemporaryFolder folder;
    auto store = store_of_case(folder / "store", 5, c);
    add_in_batches(&store, &rows, 2);
    RunSettings settings = settings_of(c, Method::kComponents, true, true);
    settings.divide = true;
    settings.memory_limit =
        kMost * (kClusterBytesPerRow + kClusterBytesPerNode);

    const ReceptorSet set = receptors_of_rows(rows, c);
    const auto all = list_of(set);
    const auto edges = naive_edges(all, c);
    const auto label = naive_components(all.size(), edges);
    std::map<std::uint32_t, std::set<std::size_t>> preclusters;
    std::map<std::uint32_t, std::uint64_t> size;
    for (std::size_t i = 0; i < all.size(); ++i) {
      preclusters[label[i]].insert(precluster_of(all[i].first, 5));
      ++size[label[i]];
    }
    // The edges that are left when those across preclusters are cut in them.
    std::vector<Edge> left;
    std::uint64_t divided = 0;
    const auto is_divided = [&](std::uint32_t l) {
      return size[l] > kMost && preclusters[l].size() > 1;
    };
    for (const auto& [l, n] : size)
      if (is_divided(l)) divided += n;
    for (const Edge& e : edges)
      if (!is_divided(label[e.first]) ||
          precluster_of(all[e.first].first, 5) ==
              precluster_of(all[e.second].first, 5))
        left.push_back(e);
    Clustered expected;
    const auto parts = naive_components(all.size(), left);
    for (std::size_t i = 0; i < all.size(); ++i)
      expected.push_back(
          {parts[i], all[i].first + "|" + all[i].second + "|" +
                         std::to_string(precluster_of(all[i].first, 5)) + "|" +
                         samples_of(set, i)});
    const auto run = begin_run(store, settings, 2);
    EXPECT_EQ(run.plan().divided_receptors, divided) << c.name();
    EXPECT_EQ(cluster_sets(all_units(run, store)), cluster_sets(expected))
        << c.name();
    std::uint64_t units = 0;
    for (const PlanUnit& unit : run.plan().units) {
      units += unit.divided;
      EXPECT_TRUE(!unit.divided || unit.rows > 0);
    }
    EXPECT_EQ(units > 0, divided > 0);
    ever_divided += divided > 0;
  }
  EXPECT_GT(ever_divided, 15);
}

// The plan without a join: as many preclusters at a time as fit.
TEST(ClusteringRun, UnitsOfPreclustersGrowWithTheMemory) {
  const TemporaryFolder folder;
  auto store = new_store(folder / "store", 150);
  Random random(8);
  {
    BatchWriter writer(&store, "batch");
    for (int i = 0; i < 3000; ++i)  // some preclusters stay empty
      add_row(&writer, random.below(15) * random.below(10),
              {random_cdr3(&random), "", 1, 0});
    writer.commit({});
  }
  std::size_t last = 151;
  for (std::uint64_t limit = 1; limit < std::uint64_t{1} << 40; limit *= 4) {
    RunSettings settings;
    settings.memory_limit = limit;
    const RunPlan plan =
        build_plan(store, store.latest(), settings, folder.path(), Execution());
    std::uint64_t next = 0;
    for (const PlanUnit& unit : plan.units) {
      ASSERT_EQ(unit.first, next) << "each precluster is in one unit";
      ASSERT_GT(unit.end, unit.first) << "at least one";
      ASSERT_LE(unit.end, unit.first + 16) << "no more than keep threads busy";
      // What was taken beyond the first fits, were a row but a byte.
      std::uint64_t rows = 0;
      for (std::size_t p = unit.first; p < unit.end; ++p)
        rows += store.end_of(p).rows;
      ASSERT_TRUE(unit.end == unit.first + 1 || rows <= limit);
      next = unit.end;
    }
    ASSERT_EQ(next, 150u);
    ASSERT_LE(plan.units.size(), last) << "more memory, not more units";
    last = plan.units.size();
  }
  EXPECT_EQ(last, 10u);
}

// An error of a worker thread arrives as what it was.
TEST(ClusteringRun, DamageFoundByAThreadIsATypedError) {
  const TemporaryFolder folder;
  const ReceptorCase c;
  auto store = store_of_case(folder / "store", 8, c);
  Random random(9);
  auto rows = random_receptors(&random, 200, c);
  add_in_batches(&store, &rows, 1);
  write_bytes(store.precluster_path(5), "torn");
  for (int n_threads : {1, 4})
    for (const bool join : {false, true}) {
      const TemporaryFolder work;
      std::string message;
      EXPECT_EQ(kind_of_error(
                    [&] {
                      const auto run =
                          begin_run(store, settings_of(c, Method::kMcl, join),
                                    n_threads, work.path());
                      all_units(run, store, n_threads);
                    },
                    &message),
                "damaged");
      EXPECT_TRUE(contains(message, store.precluster_path(5))) << message;
    }
}

TEST(ClusteringRun, CancellationLeavesARunThatCanBeBegun) {
  const TemporaryFolder folder;
  const ReceptorCase c;
  auto store = store_of_case(folder / "store", 8, c);
  Random random(10);
  auto rows = random_receptors(&random, 300, c);
  add_in_batches(&store, &rows, 2);
  for (const bool join : {false, true}) {
    const RunSettings settings = settings_of(c, Method::kMcl, join);
    const std::string root = RunFolder::root_of(store, "");
    if (join) {
      StoppingHost host;
      EXPECT_THROW(
          ClusteringRun::open(store, RunFolder::make(store, settings, root),
                              threads(2, &host)),
          Cancelled);
    }
    const auto run = begin_run(store, settings);
    StoppingHost host;
    EXPECT_THROW(run.unit(store, 0, threads(2, &host)), Cancelled);
    EXPECT_EQ(run.totals().done, 0u);
    const TemporaryFolder work;
    EXPECT_EQ(all_units(run, store),
              all_units(begin_run(store, settings, 1, work.path()), store));
  }
}

// A clustering belongs to the batches it began with.
TEST(ClusteringRun, ARunKeepsItsSnapshot) {
  for (const bool join : {false, true}) {
    const ReceptorCase c;
    Random random(11);
    auto rows = random_receptors(&random, 400, c);
    const TemporaryFolder folder;
    auto store = store_of_case(folder / "store", 6, c);
    add_in_batches(&store, &rows, 2);
    RunSettings settings = settings_of(c, Method::kMcl, join, true);
    settings.memory_limit = 100 * (kClusterBytesPerRow + kClusterBytesPerNode);
    std::string untouched_id;
    Clustered expected;
    {
      const TemporaryFolder work;
      const auto untouched = begin_run(store, settings, 1, work.path());
      untouched_id = untouched.id();
      expected = all_units(untouched, store);
    }
    const auto run = begin_run(store, settings);
    EXPECT_EQ(run.id(), untouched_id);
    run.unit(store, 0, Execution());
    // Another object adds a batch and replaces one; this one sees it.
    PreclusterStore other(folder / "store", false);
    auto more = random_receptors(&random, 200, c);
    add_rows(&other, "more", more);
    add_rows(&other, "sample 0", more, OnDuplicate::kReplace);
    EXPECT_EQ(all_units(run, store), expected) << "before it looks";
    store.refresh();
    ASSERT_EQ(store.batches().size(), 4u);
    EXPECT_EQ(all_units(run, store), expected) << "after it has looked";
    // Opened again by whoever: still the old batches.
    const auto opened = ClusteringRun::open(
        other, RunFolder::find(other, run.id(), RunFolder::root_of(other, "")),
        Execution());
    EXPECT_EQ(opened.snapshot().batches.size(), 2u);
    EXPECT_EQ(all_units(opened, other), expected);
    // Begun again: the new ones, in a run of its own.
    const auto next = begin_run(store, settings);
    EXPECT_NE(next.id(), run.id());
    std::vector<Row> now;
    for (const Row& row : rows)
      if (row.batch != 0) now.push_back(row), now.back().batch = 0;
    for (Row& row : more) row.batch = 1, now.push_back(row);  // "more"
    for (Row& row : more) row.batch = 2, now.push_back(row);  // "sample 0"
    const Clustered of_now =
        join ? clustered(whole_clustering(now, c, settings, 6))
             : by_precluster(now, c, settings, 6);
    // With the limit above the largest component may be divided: sets then.
    if (next.plan().divided_receptors == 0) {
      EXPECT_EQ(all_units(next, store), of_now);
    }
    EXPECT_NE(all_units(next, store), expected);
    EXPECT_EQ(all_units(run, store), expected);
  }
}

// The same snapshot and settings are the same run, others another.
TEST(ClusteringRun, IdsAreOfSnapshotAndSettings) {
  const TemporaryFolder folder;
  const ReceptorCase c;
  auto store = store_of_case(folder / "a", 4, c);
  auto twin = store_of_case(folder / "b", 4, c);
  Random random(12);
  auto rows = random_receptors(&random, 50, c);
  add_in_batches(&store, &rows, 1);
  add_in_batches(&twin, &rows, 1);
  std::set<std::string> ids;
  std::vector<RunSettings> all(13);
  all[1].method = Method::kComponents;
  all[2].method = Method::kPreclusters;
  all[3].method = Method::kEdges;
  all[4].join = true;
  all[5].singletons = true;
  all[6].rule.max_distance = 2;
  all[7].rule.distance = Distance::kLevenshtein;
  all[8].rule.missing_genes_match = false;
  all[9].mcl.inflation = 1.2000000000000002;
  all[10].mcl.expansion = 3;
  all[11].memory_limit -= 1;
  all[12].rule.ambiguous_genes_match = true;
  // Runs of before have no line of it, and keep their ids.
  EXPECT_EQ(settings_to_text(all[0]).find("ambiguous"), std::string::npos);
  for (const RunSettings& settings : all) {
    const std::string text = settings_to_text(settings);
    EXPECT_EQ(settings_to_text(settings_from_text(text)), text);
    const std::string id = RunFolder::id_of(store, store.latest(), settings);
    EXPECT_EQ(id, RunFolder::id_of(PreclusterStore(folder / "a", false),
                                   store.latest(), settings));
    ids.insert(id);
    ids.insert(RunFolder::id_of(twin, twin.latest(), settings));
  }
  EXPECT_EQ(ids.size(), 2 * all.size()) << "each is one of its own";
  const std::string before = RunFolder::id_of(store, store.latest(), all[0]);
  add_rows(&store, "empty", {});
  EXPECT_NE(RunFolder::id_of(store, store.latest(), all[0]), before);
}

TEST(ClusteringRun, SettingsThatAreNoneAreRefused) {
  const std::string text = settings_to_text(RunSettings());
  for (const char* line :
       {"inflation\t2,5\n", "inflation\t\n", "inflation\t2 \n", "method\tmc\n",
        "distance\tedit\n", "expansion\t-1\n", "expansion\t99999999999\n",
        "join\tyes\n", "join\t2\n", "unknown\t1\n", "memory_limit\n", "\n"})
    EXPECT_THROW(settings_from_text(text + line), std::invalid_argument)
        << line;
  EXPECT_THROW(settings_from_text(text + "join\t1\n"), std::invalid_argument)
      << "a setting that stands there twice";
  EXPECT_THROW(settings_from_text(text.substr(text.find('\n') + 1)),
               std::invalid_argument)
      << "a setting that is missing";
}

TEST(ClusteringRun, PositionsAreKept) {
  const TemporaryFolder folder;
  const ReceptorCase c;
  auto store = store_of_case(folder / "store", 4, c);
  Random random(13);
  auto rows = random_receptors(&random, 100, c);
  add_in_batches(&store, &rows, 1);
  RunSettings settings = settings_of(c, Method::kMcl, true);
  settings.memory_limit = 1;
  const std::string root = RunFolder::root_of(store, "");
  std::string id;
  EXPECT_EQ(RunFolder::current_id(root), "");
  {
    const auto run = begin_run(store, settings);
    id = run.id();
    EXPECT_TRUE(run.ownership().is_ours());
    EXPECT_EQ(RunFolder::current_id(root), "") << "not before it is told";
    run.set_current(false);
    EXPECT_EQ(run.ownership().position().next_unit, 0u);
    EXPECT_EQ(run.ownership().position().next_cluster, 1u);
    ASSERT_GT(run.plan().units.size(), 2u);
    run.ownership().write_position({2, 17}, false);
  }
  EXPECT_EQ(RunFolder::current_id(root), id);
  const auto run =
      ClusteringRun::open(store, RunFolder::find(store, id, root), Execution());
  EXPECT_EQ(run.ownership().position().next_unit, 2u);
  EXPECT_EQ(run.ownership().position().next_cluster, 17u);
  // Units are not needed again when all were handed out and kept.
  all_units(run, store);
  const std::string units = root + "/" + id + "/units";
  EXPECT_TRUE(std::filesystem::exists(units));
  run.ownership().write_position({run.plan().units.size(), 40}, false);
  EXPECT_FALSE(std::filesystem::exists(units));
  EXPECT_EQ(all_units(run, store).size(), run.totals().rows);
  // Damage is told.
  const std::string path = root + "/" + id + "/position";
  const std::string before = read_bytes(path);
  for (std::size_t at = 0; at < before.size(); ++at) {
    std::string changed = before;
    changed[at] = static_cast<char>(changed[at] ^ (1 << at % 8));
    write_bytes(path, changed);
    std::string message;
    EXPECT_EQ(kind_of_error([&] { run.ownership().position(); }, &message),
              "damaged");
    EXPECT_TRUE(contains(message, path)) << message;
  }
  std::string beyond = "clustcr position\t1\n" +
                       std::to_string(run.plan().units.size() + 1) + "\t1\n";
  append_check(&beyond);
  write_bytes(path, beyond);
  EXPECT_EQ(kind_of_error([&] { run.ownership().position(); }), "damaged");
  write_bytes(root + "/current", "../../../etc\n");
  EXPECT_EQ(kind_of_error([&] { RunFolder::current_id(root); }), "damaged");
}

// Cleaning up takes what the run has written and leaves the rest.
TEST(ClusteringRun, RemoveStoreSparesTheFilesOfOthers) {
  const ReceptorCase c;
  Random random(14);
  const TemporaryFolder folder;
  auto store = store_of_case(folder / "store", 4, c);
  auto rows = random_receptors(&random, 100, c);
  add_in_batches(&store, &rows, 2);
  const std::string root = RunFolder::root_of(store, "");
  {
    const auto run = begin_run(store, settings_of(c, Method::kMcl, true));
    run.unit(store, 0, Execution());
    run.ownership().write_position({0, 1}, false);
    run.set_current(false);
    write_bytes(root + "/" + run.id() + "/done/mine.txt", "a stranger's");
  }
  write_bytes(folder / "store/notes.txt", "a stranger's");
  write_bytes(root + "/notes.txt", "a stranger's");
  const std::string id = list_of_runs(root).at(0);
  remove_store(&store, root, 0, nullptr);
  EXPECT_EQ(files_below(folder.path()),
            (std::vector<std::string>{"store/notes.txt",
                                      "store/runs/" + id + "/done/mine.txt",
                                      "store/runs/notes.txt"}));
}

// The work folder may lie elsewhere; two stores there do not meet.
TEST(ClusteringRun, WorkFoldersLieElsewhere) {
  const ReceptorCase c;
  Random random(15);
  const TemporaryFolder folder, work;
  auto a = store_of_case(folder / "a", 4, c);
  auto b = store_of_case(folder / "b", 4, c);
  auto rows = random_receptors(&random, 100, c);
  add_in_batches(&a, &rows, 2);
  add_in_batches(&b, &rows, 2);
  const auto before = files_below(folder.path());
  const RunSettings settings = settings_of(c, Method::kMcl, true);
  const auto in_a = begin_run(a, settings, 1, work.path());
  const auto in_b = begin_run(b, settings, 1, work.path());
  EXPECT_EQ(all_units(in_a, a), all_units(in_b, b));
  EXPECT_EQ(files_below(folder.path()), before) << "nothing is written there";
  EXPECT_NE(RunFolder::root_of(a, work.path()),
            RunFolder::root_of(b, work.path()));
}
