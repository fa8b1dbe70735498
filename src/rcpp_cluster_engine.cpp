#include <Rcpp.h>

#include "core/base/system.hpp"

// Whether each of these children of this process has ended. It is left to be
// collected: R's parallel collects its own, and would wait for one that is
// gone when R ends; where a package has taken R's place at SIGCHLD (processx
// does), nobody collects it, and kill() would find it without end.
// [[Rcpp::export(rng = false)]]
Rcpp::LogicalVector cpp_children_ended(Rcpp::IntegerVector pids) {
  Rcpp::LogicalVector ended(pids.size());
  for (R_xlen_t i = 0; i < pids.size(); ++i)
    ended[i] = clustcr::sys::child_has_ended(
        static_cast<std::uint64_t>(static_cast<unsigned>(pids[i])));
  return ended;
}
