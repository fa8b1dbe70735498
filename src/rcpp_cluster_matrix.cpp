#include "r_cluster_matrix.hpp"
#include "r_clusters.hpp"
#include "r_ports.hpp"
#include "run_handle.hpp"

// Of a run, the units from `first` to `last` (from 1):
// list(matrix, size, n_samples, identity, samples), a row for each cluster, a
// column for each sample.
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_cluster_matrix(SEXP run, double first, double last,
                              std::string value, int threads) {
  clustcr_r::RHost host;
  return clustcr_r::with_run(run, [&](const clustcr::ClusteringRun& run,
                                      const clustcr::PreclusterStore& store) {
    const clustcr::ClusterMatrix found = clustcr::cluster_matrix(
        run, store, static_cast<std::size_t>(first - 1),
        static_cast<std::size_t>(last), clustcr_r::cell_value_of(value),
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
        Rcpp::_["matrix"] = clustcr_r::as_dgc_matrix(found),
        Rcpp::_["size"] = integers(found.sizes()),
        Rcpp::_["n_samples"] = integers(found.publicity()),
        Rcpp::_["identity"] = clustcr_r::as_identities(found.identities()),
        Rcpp::_["samples"] = samples);
  });
}
