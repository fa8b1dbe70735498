// What R holds of a run: an external pointer to this, which keeps that of the
// store alive. Runs that are open at once do not know of each other.
#pragma once
#include <memory>
#include <utility>

#include "core/clustering/clustering_run.hpp"
#include "store_handle.hpp"

namespace clustcr_r {

struct RunHandle {
  clustcr::ClusteringRun run;
  std::shared_ptr<clustcr::FileLock> busy;  // while workers are at work
};

inline SEXP run_tag() { return Rf_install("clustcr_run"); }

inline Rcpp::RObject hold_run(clustcr::ClusteringRun run, SEXP store) {
  run.ownership().position();  // one that is damaged is told here
  const Rcpp::XPtr<RunHandle> held(new RunHandle{std::move(run), nullptr}, true,
                                   run_tag(), store);
  return Rcpp::RObject(static_cast<SEXP>(held));
}

// A store's pointer here would be read as a run: the tag tells them apart.
inline RunHandle& run_handle_of(SEXP pointer) {
  if (TYPEOF(pointer) != EXTPTRSXP || R_ExternalPtrTag(pointer) != run_tag() ||
      !R_ExternalPtrAddr(pointer))
    throw clustcr::Error("internal", "the clustering is not open");
  return *static_cast<RunHandle*>(R_ExternalPtrAddr(pointer));
}

// The store of a run, as R's pointer.
inline SEXP store_of(SEXP pointer) {
  run_handle_of(pointer);
  return R_ExternalPtrProtected(pointer);
}

// As guarded(), where `call` takes the run and its store.
template <class Call>
auto with_run(SEXP pointer, Call&& call) {
  return guarded([&] {
    RunHandle& handle = run_handle_of(pointer);
    StoreHandle& store = handle_of(R_ExternalPtrProtected(pointer));
    return checked(store, [&] { return call(handle.run, store.store); });
  });
}

}  // namespace clustcr_r
