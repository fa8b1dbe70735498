// The settings of a clustering as R passes them.
#pragma once
#include <Rcpp.h>

#include <cmath>

#include "core/base/errors.hpp"
#include "core/clustering/run_settings.hpp"

namespace clustcr_r {

// c(inflation, expansion), as `mcl_params` was published.
inline clustcr::MclOptions mcl_options(const Rcpp::NumericVector& mcl_params) {
  clustcr::MclOptions options;
  options.inflation = mcl_params[0];
  if (mcl_params[1] != std::floor(mcl_params[1]) || mcl_params[1] > 100)
    throw clustcr::InvalidArgument(
        "`expansion` must be a whole number from 2 to 100");
  options.expansion = static_cast<int>(mcl_params[1]);
  return options;
}

inline clustcr::NeighbourRule neighbour_rule(const Rcpp::List& rule) {
  clustcr::NeighbourRule r;
  r.distance =
      clustcr::distance_of_name(Rcpp::as<std::string>(rule["distance"]));
  r.max_distance = Rcpp::as<int>(rule["max_distance"]);
  r.missing_genes_match = Rcpp::as<bool>(rule["missing_genes_match"]);
  r.ambiguous_genes_match = Rcpp::as<bool>(rule["ambiguous_genes_match"]);
  const std::string v_distance = Rcpp::as<std::string>(rule["v_distance"]);
  if (!v_distance.empty())
    r.v_distance = std::make_shared<clustcr::GeneDistances>(
        clustcr::GeneDistances::from_text(v_distance));
  return r;
}

// list(method, join, mcl_params, distance, max_distance, missing_genes_match,
// ambiguous_genes_match, v_distance, weighted, singletons, memory_limit,
// divide)
inline clustcr::RunSettings run_settings(const Rcpp::List& settings) {
  clustcr::RunSettings s;
  const std::string method = Rcpp::as<std::string>(settings["method"]);
  s.method = method == "components"    ? clustcr::Method::kComponents
             : method == "preclusters" ? clustcr::Method::kPreclusters
             : method == "edges"       ? clustcr::Method::kEdges
                                       : clustcr::Method::kMcl;
  s.join = Rcpp::as<bool>(settings["join"]);
  s.mcl = mcl_options(settings["mcl_params"]);
  s.rule = neighbour_rule(settings);
  s.weighted = Rcpp::as<bool>(settings["weighted"]);
  s.singletons = Rcpp::as<bool>(settings["singletons"]);
  s.divide = Rcpp::as<bool>(settings["divide"]);
  s.memory_limit =
      static_cast<std::uint64_t>(Rcpp::as<double>(settings["memory_limit"]));
  return s;
}

}  // namespace clustcr_r
