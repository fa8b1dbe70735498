#include "clustering/clustering_run.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "base/checked_text.hpp"
#include "base/errors.hpp"
#include "base/free_memory.hpp"
#include "base/parallel.hpp"
#include "clustering/cluster_memory.hpp"
#include "clustering/plan_builder.hpp"
#include "clustering/plan_slices.hpp"
#include "store/receptor_parts.hpp"

namespace clustcr {
namespace {

// What the host may hold of the file it has read last.
constexpr std::uint64_t kHostBytes = 96 << 20;

// Whether room must be made for the join. That takes a tenth of a second.
bool fills(const RunFolder& run) {
  std::uint64_t rows = 0;
  for (const PreclusterEnd& end : run.snapshot().ends) rows += end.rows;
  return kHostBytes + rows * kPartBytesPerRow > run.settings().memory_limit / 2;
}

// Reads or makes the plan of a run; returns its lock, null where another
// process has it. One process plans; others wait until it has, or has ended.
std::shared_ptr<FileLock> plan_run(const PreclusterStore& store,
                                   const RunFolder& run, RunPlan* plan,
                                   const Execution& execution) {
  CancelPoll poll(execution.host);
  std::shared_ptr<FileLock> lock;
  for (;;) {
    lock = RunOwnership::try_lock(run.path());
    if (read_plan(run.path(), plan)) return lock;
    if (lock) break;
    poll.check();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  const bool fills_memory = fills(run);
  if (fills_memory) make_room(execution.host);
  *plan =
      build_plan(store, run.snapshot(), run.settings(), run.path(), execution);
  if (fills_memory) return_free_memory();
  write_plan(run.path(), *plan, store.durable());
  remove_slices(run.path());
  return lock;
}

}  // namespace

ClusteringRun::ClusteringRun(RunFolder folder, RunPlan plan,
                             std::shared_ptr<FileLock> lock)
    : folder_(std::move(folder)),
      plan_(std::move(plan)),
      ownership_(folder_.path(), plan_.units.size(), std::move(lock)) {}

ClusteringRun ClusteringRun::open(const PreclusterStore& store,
                                  RunFolder folder,
                                  const Execution& execution) {
  RunPlan plan;
  std::shared_ptr<FileLock> lock = plan_run(store, folder, &plan, execution);
  return ClusteringRun(std::move(folder), std::move(plan), std::move(lock));
}

ClusteringRun ClusteringRun::look(RunFolder folder) {
  RunPlan plan;
  if (!read_plan(folder.path(), &plan))
    throw StoreError("the clustering in '" + folder.path() +
                         "' must have ended to be looked at",
                     "not_finished");
  return ClusteringRun(std::move(folder), std::move(plan), nullptr);
}

void ClusteringRun::set_current(bool durable) const {
  if (ownership_.is_ours()) folder_.set_current(durable);
}

std::vector<ReceptorGroup> ClusteringRun::groups_of(
    const PreclusterStore& store, std::size_t unit,
    const Execution& execution) const {
  const PlanUnit& about = plan_.units[unit];
  if (about.first >= about.end)
    return read_unit(folder_.path(), store.manifest(), about, unit);
  if (about.end > snapshot().ends.size())
    damaged(plan_path(folder_.path()),
            "a unit has preclusters that are not there");
  std::vector<ReceptorGroup> groups(about.end - about.first);
  parallel_for(groups.size(), 1, execution,
               [&](std::size_t g, std::size_t, int) {
                 const std::size_t p = about.first + g;
                 groups[g].precluster = static_cast<std::uint32_t>(p);
                 groups[g].receptors = load_receptors(store, snapshot(), p);
               });
  return groups;
}

ClusterTable ClusteringRun::make_unit(const PreclusterStore& store,
                                      std::size_t unit,
                                      const RunSettings& settings,
                                      const Execution& execution,
                                      const std::string& scratch) const {
  if (plan_.units[unit].rows > kGiantRows) make_room(execution.host);
  ClusterTable table =
      cluster_receptors(groups_of(store, unit, execution), settings, execution,
                        scratch.empty() ? folder_.path() : scratch);
  keep_clusters(folder_.path(), unit, store.manifest(), table, store.durable());
  return table;
}

ClusterTable ClusteringRun::unit(const PreclusterStore& store, std::size_t unit,
                                 const Execution& execution) const {
  if (is_kept(unit)) {
    ownership_.show_life();
    return read_clusters(folder_.path(), unit, store.manifest());
  }
  const std::shared_ptr<FileLock> at_work = ownership_.busy();
  return make_unit(store, unit, settings(), execution, {});
}

DoneRecord ClusteringRun::finish_unit(const PreclusterStore& store,
                                      std::size_t unit,
                                      const Execution& execution,
                                      const std::string& scratch) const {
  if (is_kept(unit)) {
    ownership_.show_life();
  } else {
    const std::shared_ptr<FileLock> at_work = ownership_.busy();
    Execution beside = execution;
    beside.threads = scratch.empty() ? threads_beside(execution.threads) : 1;
    const std::vector<std::size_t> units = units_beside(unit, beside.threads);
    RunSettings share = settings();
    if (units.size() == 1) {
      make_unit(store, unit, share, execution, scratch);
    } else {
      share.memory_limit /= beside.threads;
      parallel_tasks(
          units.size(), 1, beside,
          [&](std::size_t u, std::size_t, int, const Execution& alone) {
            make_unit(store, units[u], share, alone, scratch);
          });
    }
  }
  return read_done_record(folder_.path(), unit);
}

// As many as fit into memory.
int ClusteringRun::threads_beside(int threads) const {
  const std::uint64_t limit = settings().memory_limit;
  const std::uint64_t rows =
      std::max<std::uint64_t>(1, std::min(kUnitRows, limit / unit_bytes(1)));
  const std::uint64_t bytes = settings().method == Method::kComponents
                                  ? rows * kClusterBytesPerRow
                                  : unit_bytes(rows);
  return static_cast<int>(std::max<std::uint64_t>(
      1, std::min<std::uint64_t>(limit / bytes, usable_threads(threads))));
}

// Short ones that follow, for as many threads.
std::vector<std::size_t> ClusteringRun::units_beside(std::size_t unit,
                                                     int threads) const {
  constexpr std::size_t kUnitsPerThread = 4;
  const auto is_short = [&](std::size_t u) {
    return plan_.join && plan_.units[u].rows <= kUnitRows;
  };
  std::vector<std::size_t> units{unit};
  if (threads == 1 || !is_short(unit)) return units;
  while (++unit < plan_.units.size() && is_short(unit) &&
         units.size() < kUnitsPerThread * threads)
    if (!is_kept(unit)) units.push_back(unit);
  return units;
}

bool ClusteringRun::is_kept(std::size_t unit) const {
  if (unit >= plan_.units.size())
    throw Error("internal", "the plan has no such unit");
  return is_done(folder_.path(), unit);
}

std::uint64_t ClusteringRun::rows_of(std::size_t unit) const {
  const PlanUnit& about = plan_.units[unit];
  std::uint64_t rows = about.rows;
  for (std::uint64_t p = about.first; p < about.end; ++p)
    rows += snapshot().ends[p].rows;
  return rows;
}

RunTotals ClusteringRun::totals() const {
  RunTotals totals;
  totals.units = plan_.units.size();
  for (std::size_t u = 0; u < plan_.units.size(); ++u) {
    if (!is_done(folder_.path(), u)) continue;
    const DoneRecord record = read_done_record(folder_.path(), u);
    ++totals.done;
    totals.rows += record.rows;
    totals.clusters += record.clusters;
    totals.of_units.receptors += record.totals.receptors;
    totals.of_units.occurrences += record.totals.occurrences;
    totals.of_units.edges += record.totals.edges;
    totals.of_units.edges_within += record.totals.edges_within;
  }
  return totals;
}

}  // namespace clustcr
