#include "kmeans/training.hpp"

#include "base/errors.hpp"

#ifdef CLUSTCR_FAISS
#include <faiss/utils/distances.h>

#include <algorithm>

#include "base/parallel.hpp"
#include "kmeans/faiss_kmeans.hpp"
#include "kmeans/training_index.hpp"

namespace clustcr {
namespace {

// Searches vectors one by one: slower than BLAS, but each result depends on
// its own vector alone.
class PlainIndex : public faiss::Index {
 public:
  PlainIndex(int dimensions, const Execution& execution)
      : faiss::Index(dimensions), execution_(execution) {}

  void add(FaissId n, const float* vectors) override {
    vectors_.assign(vectors, vectors + n * d);
    ntotal = n;
  }
  void reset() override { ntotal = 0; }
  void search(FaissId n, const float* x, FaissId, float* distances,
              FaissId* labels,
              const faiss::SearchParameters* = nullptr) const override {
    parallel_for(
        static_cast<std::size_t>(n), 64, execution_,
        [&](std::size_t begin, std::size_t end, int) {
          std::vector<float> all(ntotal);
          for (std::size_t i = begin; i < end; ++i) {
            faiss::fvec_L2sqr_ny(all.data(), x + i * d, vectors_.data(), d,
                                 static_cast<std::size_t>(ntotal));
            const auto least = std::min_element(all.begin(), all.end());
            distances[i] = *least;
            labels[i] = least - all.begin();
          }
        });
  }

 private:
  Execution execution_;
  std::vector<float> vectors_;
};

}  // namespace

std::string faiss_version() {
  return std::to_string(FAISS_VERSION_MAJOR) + "." +
         std::to_string(FAISS_VERSION_MINOR) + "." +
         std::to_string(FAISS_VERSION_PATCH);
}

std::vector<float> train_centroids(const SequenceEncoder& encoder,
                                   const SequenceSet& points,
                                   const KmeansOptions& options,
                                   const Execution& execution) {
  TrainingIndex index(encoder, points, execution);
  return faiss_kmeans(index.codes(), points.size(), index, options, &index);
}

CentroidGroups train_groups(int dimensions, const std::vector<float>& centroids,
                            const KmeansOptions& options,
                            const Execution& execution) {
  CentroidGroups groups;
  const std::size_t count =
      centroids.size() / static_cast<std::size_t>(dimensions);
  PlainIndex index(dimensions, execution);
  groups.middles = faiss_kmeans(centroids.data(), count, options, &index);
  index.add(static_cast<FaissId>(options.centroids), groups.middles.data());
  std::vector<float> distances(count);
  std::vector<FaissId> labels(count);
  index.search(static_cast<FaissId>(count), centroids.data(), 1,
               distances.data(), labels.data());
  groups.group_of.assign(labels.begin(), labels.end());
  return groups;
}

}  // namespace clustcr

#else

namespace clustcr {
namespace {

[[noreturn]] void refuse() {
  throw Error("no_faiss",
              "k-means can't be trained: this build of clustcr has no Faiss");
}

}  // namespace

std::string faiss_version() { return std::string(); }

std::vector<float> train_centroids(const SequenceEncoder&, const SequenceSet&,
                                   const KmeansOptions&, const Execution&) {
  refuse();
}

CentroidGroups train_groups(int, const std::vector<float>&,
                            const KmeansOptions&, const Execution&) {
  refuse();
}

}  // namespace clustcr

#endif
