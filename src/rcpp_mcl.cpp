#include "core/graph/graph.hpp"
#include "core/graph/simple_edges.hpp"
#include "core/mcl/markov_clustering.hpp"
#include "r_ports.hpp"
#include "r_settings.hpp"

// Of each node (from 1) the smallest node of its cluster; NA without edges.
// Loops and repeated edges, in either direction, change nothing.
// [[Rcpp::export(rng = false)]]
Rcpp::IntegerVector cpp_mcl(double nodes, Rcpp::IntegerVector from,
                            Rcpp::IntegerVector to,
                            Rcpp::NumericVector mcl_params, int threads) {
  clustcr_r::RHost host;
  return clustcr_r::guarded([&] {
    std::vector<clustcr::Edge> edges(from.size());
    for (R_xlen_t i = 0; i < from.size(); ++i)
      edges[i] = {static_cast<std::uint32_t>(from[i] - 1),
                  static_cast<std::uint32_t>(to[i] - 1)};
    const std::vector<std::uint32_t> cluster = clustcr::markov_clustering(
        clustcr::graph_from_edges(static_cast<std::size_t>(nodes),
                                  clustcr::simple_edges(std::move(edges))),
        clustcr_r::mcl_options(mcl_params),
        clustcr_r::execution(threads, &host));
    Rcpp::IntegerVector result(cluster.size());
    for (std::size_t i = 0; i < cluster.size(); ++i)
      result[i] = cluster[i] == clustcr::kNoCluster
                      ? NA_INTEGER
                      : static_cast<int>(cluster[i] + 1);
    return result;
  });
}

// The defaults of the core; a test compares R's with them.
// [[Rcpp::export(rng = false)]]
Rcpp::NumericVector cpp_mcl_defaults() {
  const clustcr::MclOptions options;
  return Rcpp::NumericVector::create(Rcpp::_["inflation"] = options.inflation,
                                     Rcpp::_["expansion"] = options.expansion);
}
