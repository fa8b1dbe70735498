#include <RcppEigen.h>

#include <limits>

#include "core/base/errors.hpp"
#include "core/clustering/cluster_matrix.hpp"
#include "r_clusters.hpp"
#include "r_ports.hpp"
#include "run_handle.hpp"

namespace {

clustcr::CellValue value_of(const std::string& name) {
  if (name == "presence") return clustcr::CellValue::kPresence;
  if (name == "duplicate_count") return clustcr::CellValue::kDuplicateCount;
  return clustcr::CellValue::kReceptors;
}

// A dgCMatrix whose arrays the core writes into as they are.
Rcpp::S4 as_dgc_matrix(const clustcr::ClusterMatrix& found) {
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

}  // namespace

// Of a run, the units from `first` to `last` (from 1):
// list(matrix, size, n_samples, identity, samples), a row for each cluster, a
// column for each sample.
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_cluster_matrix(SEXP run, double first, double last,
                              std::string value, int threads) {
  clustcr_r::RHost host;
  return clustcr_r::with_run(run, [&](const clustcr::ClusteringRun& run,
                                      const clustcr::PreclusterStore& store) {
    const clustcr::ClusterMatrix found =
        clustcr::cluster_matrix(run, store, static_cast<std::size_t>(first - 1),
                                static_cast<std::size_t>(last), value_of(value),
                                clustcr_r::execution(threads, &host));
    std::vector<std::string> names;
    run.snapshot().samples(&names);
    Rcpp::CharacterVector samples(static_cast<R_xlen_t>(names.size()));
    for (std::size_t s = 0; s < names.size(); ++s)
      SET_STRING_ELT(samples, static_cast<R_xlen_t>(s),
                     clustcr_r::utf8(names[s]));
    const auto integers = [](const std::vector<std::uint32_t>& x) {
      return Rcpp::IntegerVector(x.begin(), x.end());
    };
    return Rcpp::List::create(
        Rcpp::_["matrix"] = as_dgc_matrix(found),
        Rcpp::_["size"] = integers(found.sizes()),
        Rcpp::_["n_samples"] = integers(found.publicity()),
        Rcpp::_["identity"] = clustcr_r::as_identities(found.identities()),
        Rcpp::_["samples"] = samples);
  });
}
