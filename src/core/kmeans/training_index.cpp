#ifdef CLUSTCR_FAISS
#include "kmeans/training_index.hpp"

#include <faiss/utils/distances.h>

#include <cstring>

#include "base/errors.hpp"
#include "base/parallel.hpp"

namespace clustcr {
namespace {

constexpr std::size_t kBlock = 1024;  // sequences a worker takes at a time

}  // namespace

TrainingIndex::TrainingIndex(const SequenceEncoder& encoder,
                             const SequenceSet& points,
                             const Execution& execution)
    : faiss::Index(encoder.dimensions()),
      encoder_(encoder),
      points_(points),
      execution_(execution) {}

const std::uint8_t* TrainingIndex::codes() const {
  return reinterpret_cast<const std::uint8_t*>(points_.row(0));
}

void TrainingIndex::sa_decode(FaissId n, const std::uint8_t* codes,
                              float* profiles) const {
  const std::size_t size = points_.stride();
  // Without the host: R may be asked by the main thread only.
  const Execution decoding{execution_.threads, nullptr};
  parallel_for(static_cast<std::size_t>(n), kBlock, decoding,
               [&](std::size_t begin, std::size_t end, int) {
                 for (std::size_t i = begin; i < end; ++i) {
                   const char* row =
                       reinterpret_cast<const char*>(codes + i * size);
                   encoder_.encode({row, strnlen(row, size)}, profiles + i * d);
                 }
               });
}

void TrainingIndex::add(FaissId n, const float* centroids) {
  const std::vector<float> rows(centroids, centroids + n * d);
  index_ = std::make_unique<CentroidIndex>(
      encoder_, rows, group_centroids(encoder_, rows, execution_));
  ntotal = n;
  next_ = 0;
}

void TrainingIndex::reset() {
  index_.reset();
  ntotal = 0;
}

// A Faiss that asks in another order would else train on mixed-up points.
void TrainingIndex::expect_profile(std::size_t point,
                                   const float* profile) const {
  std::vector<float> expected(static_cast<std::size_t>(d));
  encoder_.encode(points_[point], expected.data());
  if (std::memcmp(profile, expected.data(), expected.size() * sizeof(float)))
    throw Error("internal", "Faiss asked for other points than the next ones");
}

void TrainingIndex::search(FaissId n, const float* profiles, FaissId k,
                           float* distances, FaissId* labels,
                           const faiss::SearchParameters*) const {
  const std::size_t first = next_, count = static_cast<std::size_t>(n);
  if (k != 1 || count == 0 || count > points_.size() - first)
    throw Error("internal", "Faiss asked for points it was not trained on");
  expect_profile(first, profiles);
  expect_profile(first + count - 1, profiles + (count - 1) * d);
  nearest_.resize(count);
  Nearest* const nearest = nearest_.data();
  parallel_for(
      count, kBlock, execution_, [&](std::size_t begin, std::size_t end, int) {
        index_->find(points_, first + begin, first + end, nearest + begin);
        for (std::size_t i = begin; i < end; ++i) {
          distances[i] =  // ours lack the square of the profile
              nearest[i].distance + faiss::fvec_norm_L2sqr(profiles + i * d, d);
          labels[i] = nearest[i].centroid;
        }
      });
  next_ += count;
}

}  // namespace clustcr
#endif
