#include "core/clustering/cluster_receptors.hpp"
#include "r_clusters.hpp"
#include "r_ports.hpp"

// What tells `clusters` clusters apart by their members: `junction_aa` has each
// different one of a cluster once, `own` its cluster, from 1.
// [[Rcpp::export(rng = false)]]
Rcpp::NumericVector cpp_cluster_identities(Rcpp::CharacterVector junction_aa,
                                           Rcpp::IntegerVector own,
                                           double clusters) {
  return clustcr_r::guarded([&] {
    std::vector<std::uint64_t> sums(static_cast<std::size_t>(clusters), 0);
    for (R_xlen_t i = 0; i < junction_aa.size(); ++i) {
      const SEXP text = STRING_ELT(junction_aa, i);
      sums.at(static_cast<std::size_t>(own[i] - 1)) += clustcr::identity_of(
          {CHAR(text), static_cast<std::size_t>(LENGTH(text))});
    }
    return clustcr_r::as_identities(sums);
  });
}
