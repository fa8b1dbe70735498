// Several processes at one store and one run.
#ifndef _WIN32
#include <filesystem>
#include <map>

#include "clustering/plan_slices.hpp"
#include "clustering/run_removal.hpp"
#include "processes.hpp"
#include "run_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

namespace {

RunSettings small_units(bool join = true) {
  RunSettings settings;
  settings.join = join;
  settings.singletons = true;
  settings.memory_limit = 40 * 2200;
  return settings;
}

std::map<std::string, std::string> kept_in(const std::string& root,
                                           const std::string& id) {
  std::map<std::string, std::string> kept;
  for (const char* name : {"/clusters/", "/done/"})
    for (const std::string& file : files_below(root + "/" + id + name))
      kept[name + file] = read_bytes(root + "/" + id + name + file);
  return kept;
}

PreclusterStore some_store(const std::string& directory, std::size_t n) {
  Random random(1);
  std::vector<Row> rows;
  for (const std::string& s : random_repertoire(&random, n))
    rows.push_back({s, "", 1, 0});
  auto store = store_of_case(directory, 8, ReceptorCase());
  add_in_batches(&store, &rows, 3);
  return store;
}

}  // namespace

// Four processes that begin the same run at once and do all units, each in an
// order of its own, leave what one leaves.
TEST(RunProcesses, TheSameUnitsAtOnceAreTheSameFiles) {
  const TemporaryFolder folder, work;
  const auto store = some_store(folder / "store", 1500);
  const std::string root = RunFolder::root_of(store, "");
  std::vector<std::unique_ptr<Child>> children;
  for (std::uint64_t k = 0; k < 4; ++k)
    children.push_back(std::make_unique<Child>([&] {
      const PreclusterStore mine(folder / "store", false);
      const auto run = begin_run(mine, small_units());
      std::vector<std::size_t> order(run.plan().units.size());
      for (std::size_t u = 0; u < order.size(); ++u) order[u] = u;
      Random random(k);
      random.shuffle(&order);
      for (const std::size_t u : order) run.unit(mine, u, Execution());
      return 0;
    }));
  for (auto& child : children) EXPECT_EQ(child->wait(), 0);
  const auto run = begin_run(store, small_units());
  ASSERT_GT(run.plan().units.size(), 5u);
  EXPECT_EQ(run.totals().done, run.plan().units.size());
  const auto alone = begin_run(store, small_units(), 1, work.path());
  EXPECT_EQ(all_units(run, store), all_units(alone, store));
  EXPECT_EQ(kept_in(root, run.id()),
            kept_in(RunFolder::root_of(store, work.path()), alone.id()));
}

// The position is of the process that owns the run. Others, a forked child of
// the owner too, read it and do units, but leave it where it is.
TEST(RunProcesses, OthersDoNotMoveThePosition) {
  const TemporaryFolder folder;
  const auto store = some_store(folder / "store", 600);
  const auto run = begin_run(store, small_units());
  ASSERT_TRUE(run.ownership().is_ours());
  run.ownership().write_position({2, 5}, false);
  run.set_current(false);
  EXPECT_EQ(in_child([&] {
              if (run.ownership().is_ours()) return 1;
              run.ownership().write_position({3, 9}, false);
              return 0;
            }),
            0);
  EXPECT_EQ(in_child([&] {
              const PreclusterStore mine(folder / "store", false);
              const auto same = begin_run(mine, small_units());
              if (same.ownership().is_ours() || same.id() != run.id()) return 1;
              if (same.ownership().position().next_unit != 2) return 2;
              same.ownership().write_position({3, 9}, false);
              same.unit(mine, 0, Execution());
              return 0;
            }),
            0);
  EXPECT_EQ(run.ownership().position().next_unit, 2u);
  EXPECT_EQ(run.ownership().position().next_cluster, 5u);
  EXPECT_EQ(run.totals().done, 1u);
}

// One adds batches without end, checkpoints among them; others open, read and
// cluster. Nobody ever sees anything but a snapshot as it was committed.
TEST(RunProcesses, AddingAndClusteringAtOnce) {
  constexpr std::size_t kPreclusters = 1500, kRows = 1600;
  const TemporaryFolder folder;
  store_of_case(folder / "store", kPreclusters, ReceptorCase());
  Child writer([&] {
    PreclusterStore store(folder / "store", false);
    Random random(1);
    for (int b = 0; b < 30; ++b) {
      std::vector<Row> rows;
      for (std::size_t i = 0; i < kRows; ++i)
        rows.push_back({random_cdr3(&random), "", 1, 0});
      add_rows(&store, std::to_string(b), rows);
    }
    return 0;
  });
  RunSettings settings = small_units();
  settings.method = Method::kComponents;
  settings.memory_limit = 1 << 28;
  int looks = 0;
  std::set<std::size_t> seen;
  PreclusterStore following(folder / "store", false);
  while (writer.is_running()) {
    ++looks;
    following.refresh();
    const PreclusterStore opened(folder / "store", false);
    ASSERT_GE(opened.batches().size(), following.batches().size());
    std::size_t rows = 0;
    for (const auto& part : all_rows(following)) rows += part.size();
    ASSERT_EQ(rows, following.batches().size() * kRows);
    ASSERT_EQ(following.latest().rows(), rows);
    seen.insert(following.batches().size());
    if (looks % 5 == 0) {
      const TemporaryFolder work;
      const auto run = begin_run(opened, settings, 1, work.path());
      std::uint64_t rows_of_run = 0;
      for (std::size_t u = 0; u < run.plan().units.size(); ++u) {
        const ClusterTable table = run.unit(opened, u, Execution());
        for (std::size_t i = 0; i < table.rows.size(); ++i)
          rows_of_run += table.rows.occurrences.total(i);
      }
      ASSERT_EQ(rows_of_run, opened.batches().size() * kRows);
    }
  }
  EXPECT_EQ(writer.wait(), 0);
  following.refresh();
  EXPECT_EQ(following.batches().size(), 30u);
  EXPECT_GT(looks, 5);
  EXPECT_GT(seen.size(), 2u);
}

// Slices of the join by several processes, in any order, one of them twice:
// the plan, and what is kept, are those of one process.
TEST(RunProcesses, ASharedJoinGivesTheSamePlan) {
  const TemporaryFolder folder, work, scratch;
  const auto store = some_store(folder / "store", 1500);
  const RunSettings settings = small_units();
  const auto one = begin_run(store, settings, 2, work.path());
  all_units(one, store);
  for (const std::string& where : {std::string(), scratch.path()}) {
    const TemporaryFolder shared;
    const std::string root = RunFolder::root_of(store, shared.path());
    const std::string id = RunFolder::make(store, settings, root).id();
    std::vector<std::unique_ptr<Child>> children;
    for (std::size_t s = 0; s < 4; ++s)
      children.push_back(std::make_unique<Child>([&, s] {
        const PreclusterStore mine(folder / "store", false);
        const auto run = RunFolder::find(mine, id, root);
        if (is_planned(run.path())) return 1;
        make_slice(mine, run, where, s % 3, 3, Execution());
        return 0;
      }));
    for (auto& child : children) EXPECT_EQ(child->wait(), 0);
    EXPECT_EQ(files_below(root + "/" + id + "/join").size(), 3u);
    // Damaged, it would be told, so these were used.
    const auto run = ClusteringRun::open(
        store, RunFolder::make(store, settings, root), Execution());
    EXPECT_TRUE(is_planned(root + "/" + id));
    EXPECT_FALSE(std::filesystem::exists(root + "/" + id + "/join"));
    all_units(run, store);
    EXPECT_EQ(read_bytes(root + "/" + id + "/plan.tsv"),
              read_bytes(RunFolder::root_of(store, work.path()) + "/" +
                         one.id() + "/plan.tsv"));
    EXPECT_EQ(kept_in(root, id),
              kept_in(RunFolder::root_of(store, work.path()), one.id()));
    EXPECT_TRUE(files_below(scratch.path()).empty());
  }
}

// A slice that is missing, or damaged, is not taken for one.
TEST(RunProcesses, SlicesCountWhenAllAreThere) {
  const TemporaryFolder folder;
  const auto store = some_store(folder / "store", 400);
  const RunSettings settings = small_units();
  const std::string root = RunFolder::root_of(store, "");
  auto run = RunFolder::make(store, settings, root);
  make_slice(store, run, "", 0, 2, Execution());
  const std::string first = root + "/" + run.id() + "/join/0001-of-0002";
  const std::string text = read_bytes(first);
  write_bytes(first, "damaged");
  EXPECT_GT(begin_run(store, settings).plan().units.size(), 3u);
  EXPECT_FALSE(std::filesystem::exists(first)) << "it is of no use any more";

  RunSettings others = settings;
  others.rule.max_distance = 2;
  run = RunFolder::make(store, others, root);
  for (std::size_t s = 0; s < 2; ++s)
    make_slice(store, run, "", s, 2, Execution());
  const std::string second = root + "/" + run.id() + "/join/0002-of-0002";
  const std::string whole = read_bytes(second);
  for (std::size_t at = 0; at < whole.size(); at += 7) {
    std::string other = whole;
    other[at] = static_cast<char>(other[at] ^ 8);
    write_bytes(second, other);
    ASSERT_EQ(kind_of_error([&] { begin_run(store, others); }), "damaged");
  }
  write_bytes(second, whole);
  begin_run(store, others);
  remove_runs(root);
  EXPECT_FALSE(std::filesystem::exists(root));
}
#endif
