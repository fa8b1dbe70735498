#include <stdexcept>

#include "core/base/errors.hpp"
#include "core/graph/gene_distances.hpp"
#include "core/graph/tcrdist.hpp"
#include "r_ports.hpp"
#include "r_sequences.hpp"

// Of each two; NA where one is NA or lacks a chain of the other.
// [[Rcpp::export(rng = false)]]
Rcpp::IntegerVector cpp_tcr_distances(Rcpp::CharacterVector a,
                                      Rcpp::CharacterVector b) {
  clustcr_r::RHost host;
  return clustcr_r::guarded([&] {
    Rcpp::IntegerVector found(a.size(), NA_INTEGER);
    for (R_xlen_t i = 0; i < a.size(); ++i) {
      if (i % 65536 == 0 && host.cancelled()) throw clustcr::Cancelled();
      const SEXP x = STRING_ELT(a, i), y = STRING_ELT(b, i);
      if (x == NA_STRING || y == NA_STRING) continue;
      const std::uint32_t distance =
          clustcr::tcr_distance(clustcr_r::view(x), clustcr_r::view(y));
      if (distance != clustcr::kTcrdistNever)
        found[i] = static_cast<int>(distance);
    }
    return found;
  });
}

// The text of a table of V genes' distances, as settings have it, row by row.
// [[Rcpp::export(rng = false)]]
std::string cpp_gene_distances_text(std::vector<std::string> genes,
                                    Rcpp::IntegerVector distances) {
  return clustcr_r::guarded([&] {
    return clustcr::GeneDistances(
               std::move(genes),
               std::vector<std::uint32_t>(distances.begin(), distances.end()))
        .to_text();
  });
}

// The same of such a text, if it is one.
// [[Rcpp::export(rng = false)]]
std::string cpp_gene_distances_again(std::string text) {
  return clustcr_r::guarded([&] {
    try {
      return clustcr::GeneDistances::from_text(text).to_text();
    } catch (const std::invalid_argument& e) {
      throw clustcr::InvalidArgument(
          std::string("`v_distance` must be a matrix of V genes, or the text "
                      "of one: ") +
          e.what());
    }
  });
}
