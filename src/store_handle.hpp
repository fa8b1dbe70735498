// What R holds of a store: an external pointer to this. Made again from the
// directory whenever it is gone (readRDS, a new session).
#pragma once
#include <Rcpp.h>

#include <memory>

#include "core/base/errors.hpp"
#include "core/clustering/clustering_run.hpp"
#include "core/kmeans/coarse_quantizer.hpp"
#include "core/store/precluster_batch.hpp"
#include "core/store/precluster_store.hpp"
#include "r_ports.hpp"

namespace clustcr_r {

struct StoreHandle {
  explicit StoreHandle(clustcr::PreclusterStore opened)
      : store(std::move(opened)) {}

  clustcr::ChoosePreclusters choose_preclusters(
      const clustcr::Execution& execution) {
    if (!store.manifest().by_centroid)
      return clustcr::by_hash(store.manifest().preclusters);
    return
        [nearest = &quantizer(), execution](const clustcr::SequenceSet& set) {
          return nearest->assign(set, execution);
        };
  }

  clustcr::PreclusterStore store;
  std::unique_ptr<clustcr::ClusteringRun> run;  // once begun or opened
  std::shared_ptr<clustcr::FileLock> busy;      // while workers are at work

 private:
  // Made when it is first needed, for its tables take longer than all else.
  const clustcr::CoarseQuantizer& quantizer() {
    if (!quantizer_) {
      const clustcr::SequenceEncoder encoder(
          store.manifest().max_sequence_size);
      clustcr::StoredCentroids stored = store.centroids();
      quantizer_ = std::make_unique<clustcr::CoarseQuantizer>(
          encoder, std::move(stored.centroids),
          clustcr::CentroidGroups{std::move(stored.middles),
                                  std::move(stored.group_of)});
    }
    return *quantizer_;
  }

  std::unique_ptr<clustcr::CoarseQuantizer> quantizer_;
};

using HandlePointer = Rcpp::XPtr<StoreHandle>;

// What is behind an external pointer; an error in words where it is gone.
inline StoreHandle& handle_of(SEXP pointer) {
  if (TYPEOF(pointer) != EXTPTRSXP || !R_ExternalPtrAddr(pointer))
    throw clustcr::Error("internal", "the store is not open");
  return *static_cast<StoreHandle*>(R_ExternalPtrAddr(pointer));
}

// As guarded(): a file that can't be opened, where the whole store was removed
// meanwhile, is no matter of the file.
template <class Call>
auto guarded(SEXP pointer, Call&& call) {
  return guarded([&] {
    try {
      return call();
    } catch (const clustcr::StoreError& e) {
      if (e.kind() == "io" || e.kind() == "missing")
        handle_of(pointer).store.check_identity();
      throw;
    }
  });
}

inline clustcr::ClusteringRun& run_of(SEXP pointer) {
  StoreHandle& handle = handle_of(pointer);
  if (!handle.run) throw clustcr::Error("internal", "no clustering was begun");
  return *handle.run;
}

}  // namespace clustcr_r
