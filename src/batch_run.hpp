// What R holds of a store: an external pointer to this. Made again from the
// directory whenever it is gone (readRDS, a new session).
#pragma once
#include <Rcpp.h>

#include "core/base/errors.hpp"
#include "core/clustering/cluster_plan.hpp"
#include "core/kmeans/coarse_quantizer.hpp"
#include "core/store/precluster_store.hpp"

namespace clustcr_r {

struct BatchRun {
  explicit BatchRun(clustcr::PreclusterStore opened)
      : store(std::move(opened)),
        quantizer(clustcr::SequenceEncoder(store.manifest().max_sequence_size),
                  store.centroids()) {}

  clustcr::PreclusterStore store;
  clustcr::CoarseQuantizer quantizer;
  clustcr::ClusterPlan plan;  // of a clustering across borders, once made
};

using RunPointer = Rcpp::XPtr<BatchRun>;

// The run behind an external pointer; an error in words where it is gone.
inline BatchRun& run_of(SEXP pointer) {
  if (TYPEOF(pointer) != EXTPTRSXP || !R_ExternalPtrAddr(pointer))
    throw clustcr::Error("internal", "the store is not open");
  return *static_cast<BatchRun*>(R_ExternalPtrAddr(pointer));
}

}  // namespace clustcr_r
