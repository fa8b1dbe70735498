// What R holds of a store: an external pointer to this. Made again from the
// directory whenever it is gone (readRDS, a new session).
#pragma once
#include <Rcpp.h>

#include <memory>

#include "core/base/errors.hpp"
#include "core/kmeans/coarse_quantizer.hpp"
#include "core/store/precluster_batch.hpp"
#include "core/store/precluster_store.hpp"
#include "r_ports.hpp"

namespace clustcr_r {

struct StoreHandle {
  explicit StoreHandle(clustcr::PreclusterStore opened)
      : store(std::move(opened)) {}

  clustcr::ChoosePreclusters choose_preclusters() {
    if (!store.manifest().by_centroid)
      return clustcr::by_hash(store.manifest().preclusters);
    return [nearest = &quantizer()](const clustcr::SequenceSet& set,
                                    const clustcr::Execution& execution) {
      return nearest->assign(set, execution);
    };
  }

  clustcr::PreclusterStore store;

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

inline SEXP store_tag() { return Rf_install("clustcr_store"); }

inline Rcpp::RObject hold_store(clustcr::PreclusterStore opened) {
  const Rcpp::XPtr<StoreHandle> held(new StoreHandle(std::move(opened)), true,
                                     store_tag());
  return Rcpp::RObject(static_cast<SEXP>(held));
}

// What is behind an external pointer; an error in words where it is gone.
inline StoreHandle& handle_of(SEXP pointer) {
  if (TYPEOF(pointer) != EXTPTRSXP ||
      R_ExternalPtrTag(pointer) != store_tag() || !R_ExternalPtrAddr(pointer))
    throw clustcr::Error("internal", "the store is not open");
  return *static_cast<StoreHandle*>(R_ExternalPtrAddr(pointer));
}

// A file that can't be opened, where the whole store was removed meanwhile, is
// no matter of the file.
template <class Call>
auto checked(const StoreHandle& handle, Call&& call) {
  try {
    return call();
  } catch (const clustcr::StoreError& e) {
    if (e.kind() == "io" || e.kind() == "missing")
      handle.store.check_identity();
    throw;
  }
}

template <class Call>
auto guarded(SEXP pointer, Call&& call) {
  return guarded([&] { return checked(handle_of(pointer), call); });
}

}  // namespace clustcr_r
