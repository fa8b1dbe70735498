#include "kmeans/centroid_groups.hpp"

#include <faiss/utils/distances.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "base/errors.hpp"
#include "base/parallel.hpp"
#include "kmeans/faiss_kmeans.hpp"

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

CentroidGroups group_centroids(const SequenceEncoder& encoder,
                               const std::vector<float>& centroids,
                               const Execution& execution) {
  CentroidGroups groups;
  const std::size_t count =
      centroids.size() / static_cast<std::size_t>(encoder.dimensions());
  if (count < kGroupedCentroids) return groups;
  PlainIndex index(encoder.dimensions(), execution);
  KmeansOptions options;
  // A little more than the square root, which balances the two searches: so
  // most groups of the smallest index fit one tile.
  options.centroids = static_cast<std::size_t>(1.25 * std::sqrt(count));
  options.iterations = 10;
  options.seed = 1;
  options.threads = execution.threads;
  groups.middles = faiss_kmeans(centroids.data(), count, options, &index);
  index.add(static_cast<FaissId>(options.centroids), groups.middles.data());
  std::vector<float> distances(count);
  std::vector<FaissId> labels(count);
  index.search(static_cast<FaissId>(count), centroids.data(), 1,
               distances.data(), labels.data());
  groups.group_of.assign(labels.begin(), labels.end());
  return groups;
}

void check_groups(const SequenceEncoder& encoder, const CentroidGroups& groups,
                  std::size_t centroids) {
  if (groups.empty()) return;
  const auto dimensions = static_cast<std::size_t>(encoder.dimensions());
  if (groups.middles.empty() || groups.middles.size() % dimensions != 0)
    throw InvalidArgument("middles of centroid groups must be rows of " +
                          std::to_string(dimensions) + " numbers, not " +
                          std::to_string(groups.middles.size()) +
                          " numbers in all");
  if (!std::all_of(groups.middles.begin(), groups.middles.end(),
                   [](float x) { return std::isfinite(x); }))
    throw InvalidArgument("middles of centroid groups must be finite numbers");
  if (groups.group_of.size() != centroids)
    throw InvalidArgument("each of the " + std::to_string(centroids) +
                          " centroids must have a group, but there are " +
                          std::to_string(groups.group_of.size()) + " numbers");
  const std::size_t count = groups.middles.size() / dimensions;
  for (std::uint32_t group : groups.group_of)
    if (group >= count)
      throw InvalidArgument("groups of centroids must be numbered from 0 to " +
                            std::to_string(count - 1) + ", not " +
                            std::to_string(group));
}

}  // namespace clustcr
