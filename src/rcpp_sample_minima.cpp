#include <RcppEigen.h>

#include "core/statistics/sample_minima.hpp"
#include "r_association.hpp"
#include "r_ports.hpp"

// Samples x samples: the sums over the rows of `x` of the smaller value.
// [[Rcpp::export(rng = false)]]
Rcpp::NumericMatrix cpp_sample_minima(Eigen::Map<Eigen::SparseMatrix<double>> x,
                                      int threads) {
  clustcr_r::RHost host;
  return clustcr_r::guarded([&] {
    const std::vector<double> sums = clustcr::sample_minima(
        clustcr_r::columns_of(x), clustcr_r::execution(threads, &host));
    Rcpp::NumericMatrix matrix(static_cast<int>(x.cols()),
                               static_cast<int>(x.cols()));
    std::copy(sums.begin(), sums.end(), matrix.begin());
    return matrix;
  });
}
