// A run that is planned: its units, to be made and read. Units need nothing of
// those before: any process may do any of them.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/ports.hpp"
#include "clustering/kept_clusters.hpp"
#include "clustering/run_folder.hpp"
#include "clustering/run_ownership.hpp"
#include "clustering/run_plan.hpp"

namespace clustcr {

// Sums over the units that are done.
struct RunTotals {
  std::uint64_t units = 0, done = 0, rows = 0, clusters = 0;
  ClusterTotals of_units;
};

class ClusteringRun {
 public:
  // Plans the run where that was not done, and is its owner where no other
  // process is. Where another is at work on the plan, waits for it.
  static ClusteringRun open(const PreclusterStore& store, RunFolder folder,
                            const Execution& execution);
  // For what a run has kept: takes no lock and writes nothing, so that the
  // folder may be read-only. Throws StoreError ("not_finished") where there is
  // no plan.
  static ClusteringRun look(RunFolder folder);

  const std::string& id() const { return folder_.id(); }
  const RunSettings& settings() const { return folder_.settings(); }
  const Snapshot& snapshot() const { return folder_.snapshot(); }
  const RunPlan& plan() const { return plan_; }
  const RunOwnership& ownership() const { return ownership_; }
  bool claim() { return ownership_.claim(); }
  // Makes this the run that RunFolder::current_id() tells, where it is ours.
  void set_current(bool durable) const;

  // The clusters of a unit: those kept, or else made and kept.
  ClusterTable unit(const PreclusterStore& store, std::size_t unit,
                    const Execution& execution) const;
  // The same without its clusters: what is kept is not read. Flow matrices that
  // do not fit in memory lie in `scratch` or, where that is empty, in the run's
  // folder. Short units behind it are made beside it, where there are threads
  // for them and no `scratch`, which is of a process that shares them.
  DoneRecord finish_unit(const PreclusterStore& store, std::size_t unit,
                         const Execution& execution,
                         const std::string& scratch = {}) const;
  bool is_kept(std::size_t unit) const;
  // How many rows a unit is made of.
  std::uint64_t rows_of(std::size_t unit) const;
  RunTotals totals() const;

 private:
  ClusteringRun(RunFolder folder, RunPlan plan, std::shared_ptr<FileLock> lock);
  // The unit, and those behind it that are to be made beside it.
  std::vector<std::size_t> units_beside(std::size_t unit, int threads) const;
  int threads_beside(int threads) const;
  ClusterTable make_unit(const PreclusterStore& store, std::size_t unit,
                         const RunSettings& settings,
                         const Execution& execution,
                         const std::string& scratch) const;
  std::vector<ReceptorGroup> groups_of(const PreclusterStore& store,
                                       std::size_t unit,
                                       const Execution& execution) const;

  RunFolder folder_;
  RunPlan plan_;
  RunOwnership ownership_;
};

}  // namespace clustcr
