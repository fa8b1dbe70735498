// MCL's parameters as R passes them.
#pragma once
#include <Rcpp.h>

#include <cmath>

#include "core/base/errors.hpp"
#include "core/mcl/markov_clustering.hpp"

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

}  // namespace clustcr_r
