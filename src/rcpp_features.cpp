#include <Rcpp.h>

#include "core/base/byte_stream.hpp"
#include "core/kmeans/training.hpp"
#include "core/mcl/mcl_kernels.hpp"

// What this build has, and what of it this processor lets it use.
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_features() {
  return Rcpp::List::create(
      Rcpp::_["faiss"] = clustcr::faiss_version(),
#ifdef _OPENMP
      Rcpp::_["openmp"] = true,
#else
      Rcpp::_["openmp"] = false,
#endif
      Rcpp::_["kernels"] = std::string(clustcr::mcl::best_kernels().name),
      Rcpp::_["zlib"] = clustcr::kUnpacksGzip);
}
