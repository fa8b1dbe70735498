#include <Rcpp.h>

#include "core/base/parallel.hpp"

// [[Rcpp::export(rng = false)]]
int cpp_available_threads() { return clustcr::available_threads(); }
