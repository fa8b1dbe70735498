// A run: the clustering of one snapshot of a store with one set of settings. It
// has a work folder of its own, in which plan and finished units' clusters are
// kept; runs of other snapshots or settings have others and never meet.
//
//   runs/<id>/run.dcf        of which store, snapshot and settings it is
//   runs/<id>/snapshot.tsv   the snapshot
//   runs/<id>/join/          slices of the join, where several processes share
//                            it (plan_slices.hpp)
//   runs/<id>/plan.tsv, units/, clusters/, done/
//   runs/<id>/position, lock, busy             see run_ownership.hpp
//   runs/current             the run that was last begun
//
// This is what a run is of. What is done with it is a ClusteringRun's matter.
#pragma once
#include <string>
#include <vector>

#include "clustering/run_settings.hpp"
#include "store/precluster_store.hpp"

namespace clustcr {

class RunFolder {
 public:
  // Where runs of a store lie: in its directory, or in a folder of its own
  // below `work_directory` where that is not empty.
  static std::string root_of(const PreclusterStore& store,
                             const std::string& work_directory);
  static std::string id_of(const PreclusterStore& store,
                           const Snapshot& snapshot,
                           const RunSettings& settings);
  // The run that was last begun below `root`, of whatever snapshot; empty where
  // there is none.
  static std::string current_id(const std::string& root);
  // The paths of all runs below `root`, which must be there.
  static std::vector<std::string> list(const std::string& root);
  // These remove the files that this class writes: run_removal.hpp.
  static void remove_current(const std::string& root);
  static void remove(const std::string& path);

  // Finds or makes the folder of the run of the store's latest snapshot.
  static RunFolder make(const PreclusterStore& store,
                        const RunSettings& settings, const std::string& root);
  // Throws StoreError ("gone") where it is gone.
  static RunFolder find(const PreclusterStore& store, const std::string& id,
                        const std::string& root);

  const std::string& id() const { return id_; }
  const std::string& path() const { return path_; }
  const RunSettings& settings() const { return settings_; }
  const Snapshot& snapshot() const { return snapshot_; }
  // Makes this the run that current_id() tells.
  void set_current(bool durable) const;

 private:
  RunFolder(const std::string& root, const std::string& id);

  std::string root_, id_, path_;
  RunSettings settings_;
  Snapshot snapshot_;
};

}  // namespace clustcr
