// A run: the clustering of one snapshot of a store with one set of settings. It
// has a work folder of its own, in which plan and finished units' clusters are
// kept; runs of other snapshots or settings have others and never meet.
//
//   runs/<id>/run.dcf        of which store, snapshot and settings it is
//   runs/<id>/snapshot.tsv   the snapshot
//   runs/<id>/join/          slices of the join, where several processes share
//                            it
//   runs/<id>/plan.tsv, units/, clusters/, done/
//   runs/<id>/position       where the caller stands
//   runs/<id>/lock           held by the process that plans, and owns the
//                            position; its time is that of the last unit
//   runs/<id>/busy           held while a unit is made
//
// Units need nothing of those before: any process may do any of them.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "base/file_lock.hpp"
#include "base/ports.hpp"
#include "clustering/kept_clusters.hpp"
#include "clustering/run_plan.hpp"
#include "clustering/run_settings.hpp"
#include "store/precluster_store.hpp"

namespace clustcr {

// Where a caller who takes unit after unit stands.
struct RunPosition {
  std::uint64_t next_unit = 0;     // the first that was not handed out
  std::uint64_t next_cluster = 1;  // the number of its first cluster
};

// Sums over the units that are done.
struct RunTotals {
  std::uint64_t units = 0, done = 0, rows = 0, clusters = 0;
  ClusterTotals of_units;
};

class ClusteringRun {
 public:
  // Where runs of a store lie: in its directory, or in a folder of its own
  // below `work_directory` where that is not empty.
  static std::string root_of(const PreclusterStore& store,
                             const std::string& work_directory);
  static std::string id_of(const PreclusterStore& store,
                           const Snapshot& snapshot,
                           const RunSettings& settings);
  // Finds or makes the run of the store's latest snapshot. Where another
  // process is at work on its plan, waits for it.
  static ClusteringRun begin(const PreclusterStore& store,
                             const RunSettings& settings,
                             const std::string& root,
                             const Execution& execution);
  // As begin(), but leaves the plan for later: workers may make slices of its
  // join first.
  static ClusteringRun prepare(const PreclusterStore& store,
                               const RunSettings& settings,
                               const std::string& root);
  // Opens a run that was prepared or begun, without its plan and any lock, as a
  // worker does. Throws StoreError ("gone") where it is gone.
  static ClusteringRun find(const PreclusterStore& store, const std::string& id,
                            const std::string& root);
  // Opens a run that was begun. Throws StoreError ("gone") where it is gone.
  static ClusteringRun open(const PreclusterStore& store, const std::string& id,
                            const std::string& root,
                            const Execution& execution);
  // Opens a run for what it has kept: takes no lock and writes nothing, so that
  // the folder may be read-only. Throws StoreError ("gone", "not_finished").
  static ClusteringRun look(const PreclusterStore& store, const std::string& id,
                            const std::string& root);
  // The run that was last begun below `root`, of whatever snapshot; empty where
  // there is none.
  static std::string current_id(const std::string& root);

  const std::string& id() const { return id_; }
  const RunSettings& settings() const { return settings_; }
  const Snapshot& snapshot() const { return snapshot_; }
  const RunPlan& plan() const { return plan_; }
  // Whether there is a plan on disk.
  bool is_planned() const;
  // Where files lie that end with a call: keys and flow matrices that do not
  // fit in memory. Else in the run's folder.
  void use_scratch(const std::string& folder) { scratch_ = folder; }
  // Makes one slice of the join of all receptors: see plan_slices.hpp.
  void join_slice(const PreclusterStore& store, std::size_t slice,
                  std::size_t slices, const Execution& execution) const;
  // Held while workers are busy for the owner.
  std::shared_ptr<FileLock> busy() const;
  // Whether this process may say where the run stands: it holds the run's lock,
  // or has claimed it.
  bool is_owner() const { return (lock_ && lock_->is_ours()) || claimed_; }
  // Takes over where whoever holds the lock is idle: he takes no unit while
  // this looks, for a second and a half. An R session keeps objects long after
  // they were left, so a lock alone does not say that somebody is at work.
  bool claim();

  // The clusters of a unit: those kept, or else made and kept.
  ClusterTable unit(const PreclusterStore& store, std::size_t unit,
                    const Execution& execution) const;
  // The same without its clusters: what is kept is not read.
  DoneRecord finish_unit(const PreclusterStore& store, std::size_t unit,
                         const Execution& execution) const;
  bool is_kept(std::size_t unit) const;
  // How many rows a unit is made of.
  std::uint64_t rows_of(std::size_t unit) const;
  RunTotals totals() const;

  // Makes this the run that current_id() tells.
  void set_current(bool durable) const;
  RunPosition position() const;
  // Does nothing where another process owns it.
  void write_position(const RunPosition& position, bool durable) const;

 private:
  ClusteringRun() = default;
  void show_life() const;
  ClusterTable make_unit(const PreclusterStore& store, std::size_t unit,
                         const Execution& execution) const;
  void make_plan(const PreclusterStore& store, const Execution& execution);
  std::vector<ReceptorGroup> groups_of(const PreclusterStore& store,
                                       std::size_t unit,
                                       const Execution& execution) const;

  std::string root_, id_, folder_, scratch_;
  RunSettings settings_;
  Snapshot snapshot_;
  RunPlan plan_;
  std::shared_ptr<FileLock> lock_;
  bool claimed_ = false;
};

// Removes all runs below `root`, and nothing else. Throws StoreError ("locked")
// where another process works on one.
void remove_runs(const std::string& root);

// Removes a store, its runs and what workers staged for it.
void remove_store(PreclusterStore* store, const std::string& root, double wait,
                  Host* host);

}  // namespace clustcr
