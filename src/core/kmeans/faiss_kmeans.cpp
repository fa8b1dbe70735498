#ifdef CLUSTCR_FAISS
#include "kmeans/faiss_kmeans.hpp"

#include <faiss/Clustering.h>
#include <faiss/impl/FaissException.h>

#include <string>

#ifdef _OPENMP
#include <omp.h>
#endif

#include "base/errors.hpp"
#include "base/parallel.hpp"

namespace clustcr {
namespace {

// Faiss's own loops ask OpenMP for the number of threads; this grants ours.
#ifdef _OPENMP
class FaissThreads {
 public:
  explicit FaissThreads(int threads) : before_(omp_get_max_threads()) {
    omp_set_num_threads(usable_threads(threads));
  }
  ~FaissThreads() { omp_set_num_threads(before_); }

 private:
  int before_;
};
#else
struct FaissThreads {
  explicit FaissThreads(int) {}
};
#endif

faiss::ClusteringParameters parameters_for(const KmeansOptions& options,
                                           std::size_t count) {
  faiss::ClusteringParameters parameters;
  parameters.niter = options.iterations;
  parameters.seed = options.seed;
  parameters.min_points_per_centroid = 1;  // else Faiss prints a warning
  parameters.max_points_per_centroid =
      static_cast<int>(count / options.centroids) + 1;  // it must not draw
  parameters.decode_block_size = options.block;
  return parameters;
}

std::vector<float> run_kmeans(const std::uint8_t* codes, std::size_t count,
                              const faiss::Index* codec,
                              const KmeansOptions& options,
                              faiss::Index* index) {
  faiss::Clustering kmeans(static_cast<int>(index->d),
                           static_cast<int>(options.centroids),
                           parameters_for(options, count));
  const FaissThreads scope(options.threads);
  try {
    kmeans.train_encoded(static_cast<FaissId>(count), codes, codec, *index);
  } catch (const faiss::FaissException& e) {
    throw Error("faiss", std::string("Faiss k-means failed: ") + e.what());
  }
  return std::move(kmeans.centroids);
}

}  // namespace

std::vector<float> faiss_kmeans(const float* points, std::size_t count,
                                const KmeansOptions& options,
                                faiss::Index* index) {
  return run_kmeans(reinterpret_cast<const std::uint8_t*>(points), count,
                    nullptr, options, index);
}

std::vector<float> faiss_kmeans(const std::uint8_t* codes, std::size_t count,
                                const faiss::Index& codec,
                                const KmeansOptions& options,
                                faiss::Index* index) {
  return run_kmeans(codes, count, &codec, options, index);
}

}  // namespace clustcr
#endif
