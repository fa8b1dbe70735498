// Matrices of rows and samples as R's.
#pragma once
#include <RcppEigen.h>

#include <limits>
#include <string>

#include "core/base/errors.hpp"
#include "core/clustering/cluster_matrix.hpp"

namespace clustcr_r {

inline clustcr::CellValue cell_value_of(const std::string& name) {
  if (name == "presence") return clustcr::CellValue::kPresence;
  if (name == "duplicate_count") return clustcr::CellValue::kDuplicateCount;
  return clustcr::CellValue::kReceptors;
}

// A dgCMatrix whose arrays the core writes into as they are.
inline Rcpp::S4 as_dgc_matrix(const clustcr::ClusterMatrix& found) {
  constexpr auto most =
      static_cast<std::uint64_t>(std::numeric_limits<int>::max());
  if (found.clusters() > most || found.cells() > most)
    throw clustcr::Error(
        "too_many",
        "the cluster matrix has more rows or values than R's integers count: " +
            std::to_string(found.clusters()) + " clusters, " +
            std::to_string(found.cells()) + " values");
  const auto rows = static_cast<int>(found.clusters());
  const auto columns = static_cast<int>(found.samples());
  const auto cells = static_cast<int>(found.cells());
  Rcpp::IntegerVector starts(Rcpp::no_init(columns + 1));
  Rcpp::IntegerVector row_of(Rcpp::no_init(cells));
  Rcpp::NumericVector values(Rcpp::no_init(cells));
  clustcr::ClusterMatrix::Map matrix(rows, columns, cells, starts.begin(),
                                     row_of.begin(), values.begin());
  found.fill(&matrix);
  Rcpp::S4 made("dgCMatrix");
  made.slot("p") = starts;
  made.slot("i") = row_of;
  made.slot("x") = values;
  made.slot("Dim") = Rcpp::IntegerVector::create(rows, columns);
  return made;
}

}  // namespace clustcr_r
