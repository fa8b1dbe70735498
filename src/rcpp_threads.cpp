#include <Rcpp.h>

#include "core/base/parallel.hpp"
#include "core/base/quota.hpp"
#include "core/base/thread_team.hpp"

// On Windows a library that is unloaded must have no threads left.
extern "C" void R_unload_clustcr(DllInfo*) { clustcr::end_team(); }

// [[Rcpp::export(rng = false)]]
int cpp_available_threads() { return clustcr::available_threads(); }

// Bytes that the control group grants; 0 where nothing limits them.
// [[Rcpp::export(rng = false)]]
double cpp_memory_quota() {
  return static_cast<double>(clustcr::memory_quota());
}
