// Units, plans and kept clusters on disk: they come back, or their damage is a
// typed error that names the file.
#include <filesystem>

#include "base/checked_text.hpp"
#include "base/checksum.hpp"
#include "base/file_io.hpp"
#include "run_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

namespace {

RunSettings join_settings(const ReceptorCase& c, Method method) {
  RunSettings settings;
  settings.method = method;
  settings.join = true;
  settings.rule = c.rule;
  settings.singletons = true;
  settings.memory_limit = 100 * 2200;
  return settings;
}

struct Fixture {
  TemporaryFolder folder;
  ReceptorCase c;
  PreclusterStore store;
  ClusteringRun run;
  std::string run_folder;

  explicit Fixture(const ReceptorCase& of, Method method = Method::kMcl)
      : c(of),
        store(filled(folder / "store", of)),
        run(begin_run(store, join_settings(of, method))),
        run_folder(RunFolder::root_of(store, "") + "/" + run.id()) {}

  static PreclusterStore filled(const std::string& directory,
                                const ReceptorCase& c) {
    Random random(1);
    auto rows = random_receptors(&random, 300, c);
    auto store = store_of_case(directory, 4, c);
    add_in_batches(&store, &rows, 3);
    return store;
  }
};

// Every byte of the file, one bit each: `look` must throw StoreError
// ("damaged") that names it.
template <class Look>
void expect_every_byte_counts(const std::string& path, Look&& look) {
  const std::string before = read_bytes(path);
  for (std::size_t at = 0; at < before.size(); ++at) {
    std::string changed = before;
    changed[at] = static_cast<char>(changed[at] ^ (1 << at % 8));
    write_bytes(path, changed);
    std::string message;
    ASSERT_EQ(kind_of_error(look, &message), "damaged") << path << " " << at;
    ASSERT_TRUE(contains(message, path)) << message;
  }
  for (const std::size_t size : {std::size_t{0}, before.size() / 2}) {
    write_bytes(path, before.substr(0, size));
    EXPECT_EQ(kind_of_error(look), "damaged") << path << " of " << size;
  }
  std::filesystem::remove(path);
  EXPECT_EQ(kind_of_error(look), "missing");
  write_bytes(path, before);
  EXPECT_EQ(kind_of_error(look), "none");
}

}  // namespace

TEST(KeptClusters, ReadAgainEqualsMade) {
  for (const ReceptorCase& c : all_cases()) {
    const Fixture f(c);
    for (std::size_t u = 0; u < f.run.plan().units.size(); ++u) {
      EXPECT_FALSE(is_done(f.run_folder, u));
      const ClusterTable made = f.run.unit(f.store, u, threads(2));
      EXPECT_TRUE(is_done(f.run_folder, u));
      // Without its rows: it is not made anew.
      remove_if_there(unit_path(f.run_folder, u));
      const ClusterTable again = f.run.unit(f.store, u, threads(1));
      ASSERT_EQ(clustered(again), clustered(made)) << c.name();
      EXPECT_EQ(again.clusters, made.clusters);
      EXPECT_EQ(again.totals.receptors, made.totals.receptors);
      EXPECT_EQ(again.totals.occurrences, made.totals.occurrences);
      EXPECT_EQ(again.totals.edges, made.totals.edges);
      EXPECT_EQ(again.totals.edges_within, made.totals.edges_within);
      EXPECT_EQ(cluster_ids(again), cluster_ids(made));
    }
  }
}

TEST(KeptClusters, DamageIsATypedError) {
  ReceptorCase c;
  c.v_gene = true;
  const Fixture f(c);
  f.run.unit(f.store, 0, Execution());
  const auto look = [&] { f.run.unit(f.store, 0, Execution()); };
  expect_every_byte_counts(f.run_folder + "/clusters/00000001.tsv", look);
  const std::string done = f.run_folder + "/done/00000001.tsv";
  const auto totals = [&] { read_done_record(f.run_folder, 0); };
  expect_every_byte_counts(done, totals);
  // A record with a check that fits, of more than there is.
  const std::string before = read_bytes(done);
  for (const char* line : {"\n", "x\t1\t1\t1\t1\t1\t100\t00000000\n",
                           "99999999999999\t1\t1\t1\t1\t1\t100\t00000000\n",
                           "1\t99999999999999\t1\t1\t1\t1\t100\t00000000\n",
                           "1\t1\t1\t1\t1\t1\t100\t0000000\n"}) {
    std::string text = std::string("clustcr unit\t1\n") + line;
    append_check(&text);
    write_bytes(done, text);
    EXPECT_EQ(kind_of_error(look), "damaged") << line;
  }
  // The right record but for one of its numbers: rows, then clusters.
  for (const std::size_t which : {0, 1})
    for (const int by : {-1, 1}) {
      auto numbers = split(split(before, '\n')[1], '\t');
      numbers[which] = std::to_string(std::stol(numbers[which]) + by);
      std::string text = "clustcr unit\t1\n";
      for (std::size_t k = 0; k < numbers.size(); ++k)
        text += (k > 0 ? "\t" : "") + numbers[k];
      text += "\n";
      append_check(&text);
      write_bytes(done, text);
      // One cluster more, without rows, is not to be told.
      const bool can_be = which == 1 && by == 1;
      EXPECT_EQ(kind_of_error(look), can_be ? "none" : "damaged");
    }
  write_bytes(done, before);
  EXPECT_EQ(kind_of_error(look), "none");
}

// A unit's rows are checked when it is clustered.
TEST(KeptClusters, DamagedUnitsAreTypedErrors) {
  ReceptorCase c;
  c.j_gene = true;
  const Fixture f(c, Method::kEdges);
  expect_every_byte_counts(unit_path(f.run_folder, 0), [&] {
    f.run.unit(f.store, 0, Execution());
    remove_kept_clusters(f.run_folder);
  });
}

// Rows whose check fits, but that make no sense.
TEST(KeptClusters, UnitsThatMakeNoSenseAreDamage) {
  const TemporaryFolder folder;
  StoreManifest manifest;
  manifest.preclusters = 4;
  make_folders(units_folder(folder.path()));
  for (const auto& [row, kind] :
       std::vector<std::pair<std::string, std::string>>{
           {"CASSF\t\t\t4\t1:3,2:1\n", "none"},
           {"CASSF\t\t\t0\t1:3\n", "damaged"},
           {"CASSF\t\t\t5\t1:3\n", "damaged"},
           {"CASSF\t\t\t\t1:3\n", "damaged"},
           {"CASSF\t\t\t1\t\n", "damaged"},
           {"CASSF\t\t\t1\t0:1\n", "damaged"},
           {"CASSF\t\t\t1\t1\n", "damaged"},
           {"CASSF\t\t\t1\t4294967296:1\n", "damaged"},
           {"CASSF\t\t\t1\t1:-1\n", "damaged"},
           {"CASSF\t\t\t2\t1:1\nCASSF\t\t\t1\t1:1\n", "damaged"},
           {"CASSF\t\t\t1\t1:1", "damaged"}}) {
    write_bytes(unit_path(folder.path(), 0), row);
    PlanUnit unit;
    unit.file.bytes = row.size();
    unit.file.check = crc32c(row);
    unit.rows =
        static_cast<std::uint64_t>(std::count(row.begin(), row.end(), '\n'));
    unit.divided = true;  // rows must come by precluster then
    EXPECT_EQ(
        kind_of_error([&] { read_unit(folder.path(), manifest, unit, 0); }),
        kind)
        << row;
    unit.rows += 1;
    EXPECT_EQ(
        kind_of_error([&] { read_unit(folder.path(), manifest, unit, 0); }),
        "damaged");
  }
}

TEST(KeptClusters, PlansComeBack) {
  const TemporaryFolder folder;
  Random random(2);
  for (int round = 0; round < 50; ++round) {
    RunPlan plan;
    plan.join = random.chance(50);
    plan.receptors = random.next();
    plan.occurrences = random.next();
    plan.edges = random.next();
    plan.divided_receptors = random.below(100);
    for (std::size_t u = random.below(20); u > 0; --u) {
      PlanUnit unit;
      if (plan.join) {
        unit.divided = random.chance(50);
        unit.alone = !unit.divided && random.chance(50);
        unit.rows = random.below(1000);
        unit.file.bytes = random.next();
        unit.file.check = static_cast<std::uint32_t>(random.next());
      } else {
        unit.first = random.below(100);
        unit.end = unit.first + 1 + random.below(10);
      }
      plan.units.push_back(unit);
    }
    write_plan(folder.path(), plan, random.chance(50));
    RunPlan again;
    ASSERT_TRUE(read_plan(folder.path(), &again));
    EXPECT_EQ(again.join, plan.join);
    EXPECT_EQ(again.receptors, plan.receptors);
    EXPECT_EQ(again.occurrences, plan.occurrences);
    EXPECT_EQ(again.edges, plan.edges);
    EXPECT_EQ(again.divided_receptors, plan.divided_receptors);
    ASSERT_EQ(again.units.size(), plan.units.size());
    for (std::size_t u = 0; u < plan.units.size(); ++u) {
      EXPECT_EQ(again.units[u].first, plan.units[u].first);
      EXPECT_EQ(again.units[u].end, plan.units[u].end);
      EXPECT_EQ(again.units[u].divided, plan.units[u].divided);
      EXPECT_EQ(again.units[u].alone, plan.units[u].alone);
      EXPECT_EQ(again.units[u].rows, plan.units[u].rows);
      EXPECT_EQ(again.units[u].file.bytes, plan.units[u].file.bytes);
      EXPECT_EQ(again.units[u].file.check, plan.units[u].file.check);
    }
  }
}

// A damaged plan is no loss: it is made again, and is the same.
TEST(KeptClusters, DamagedPlansAreMadeAgain) {
  Fixture f{ReceptorCase()};
  const std::string path = plan_path(f.run_folder);
  const std::string before = read_bytes(path);
  const Clustered expected = all_units(f.run, f.store);
  Random random(3);
  for (int round = 0; round < 20; ++round) {
    std::string changed = before;
    const std::size_t at = random.below(changed.size());
    changed[at] = static_cast<char>(changed[at] ^ (1 << at % 8));
    if (round == 0) changed.clear();
    write_bytes(path, changed);
    RunPlan plan;
    EXPECT_FALSE(read_plan(f.run_folder, &plan));
    const auto run = begin_run(f.store, f.run.settings());
    EXPECT_EQ(read_bytes(path), before);
    EXPECT_EQ(all_units(run, f.store), expected);
  }
}

// What a run says of itself, damaged or of another store.
TEST(KeptClusters, DamagedRunsAreTypedErrors) {
  Fixture f{ReceptorCase()};
  const auto open = [&] {
    ClusteringRun::open(
        f.store,
        RunFolder::find(f.store, f.run.id(), RunFolder::root_of(f.store, "")),
        Execution());
  };
  expect_every_byte_counts(f.run_folder + "/snapshot.tsv", open);
  const std::string about = f.run_folder + "/run.dcf";
  const std::string before = read_bytes(about);
  for (std::size_t at = 0; at < before.size(); at += 3) {
    std::string changed = before;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    write_bytes(about, changed);
    EXPECT_EQ(kind_of_error(open), "damaged");
  }
  std::filesystem::remove(about);
  EXPECT_EQ(kind_of_error(open), "gone");
  write_bytes(about, before);
  EXPECT_EQ(kind_of_error(open), "none");
  // A snapshot that is whole, but another one.
  const std::string path = f.run_folder + "/snapshot.tsv";
  const std::string mine = read_bytes(path);
  Snapshot other_one = f.run.snapshot();
  other_one.chain ^= 1;
  write_bytes(path, snapshot_to_text(other_one));
  EXPECT_EQ(kind_of_error(open), "damaged");
  write_bytes(path, mine);
  // The run of another store in its place.
  Fixture other{ReceptorCase()};
  write_bytes(about, read_bytes(other.run_folder + "/run.dcf"));
  EXPECT_EQ(kind_of_error(open), "damaged");
}
