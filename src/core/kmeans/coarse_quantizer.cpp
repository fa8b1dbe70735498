#include "kmeans/coarse_quantizer.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <string>

#include "base/errors.hpp"
#include "base/parallel.hpp"
#include "kmeans/training.hpp"

namespace clustcr {
namespace {

constexpr std::size_t kBlock = 1024;  // sequences a worker takes at a time

std::vector<Nearest> find_all(const CentroidIndex& index,
                              const SequenceSet& set,
                              const Execution& execution) {
  std::vector<Nearest> nearest(set.size());
  parallel_for(set.size(), kBlock, execution,
               [&](std::size_t begin, std::size_t end, int) {
                 index.find(set, begin, end, nearest.data() + begin);
               });
  return nearest;
}

// At most `most` of the sequences, drawn by `seed`. Faiss would draw by
// itself, but then the points it searches could not be told.
SequenceSet draw_points(SequenceSet unique, std::size_t most, int seed) {
  if (unique.size() <= most) return unique;
  std::vector<std::uint32_t> order(unique.size());
  std::iota(order.begin(), order.end(), 0);
  // Fisher-Yates by hand: what std::shuffle draws differs between libraries.
  std::mt19937_64 random(static_cast<std::uint64_t>(seed));
  for (std::size_t i = 0; i < most; ++i)
    std::swap(order[i], order[i + random() % (order.size() - i)]);
  SequenceSet points(unique.longest());
  points.reserve(most);
  for (std::size_t i = 0; i < most; ++i) points.push_back(unique[order[i]]);
  return points;
}

// The points to train on: distinct ones, as many as Faiss uses. What they were
// taken from is gone when this returns.
SequenceSet training_points(SequenceSet sample, const TrainingOptions& options,
                            Host* host) {
  if (options.centroids == 0)
    throw InvalidArgument("the number of centroids must be at least 1, not 0");
  SequenceSet unique = sorted_unique(sample, nullptr, host);
  sample = SequenceSet();
  if (unique.size() < options.centroids)
    throw InvalidArgument(
        "`faiss_training_data` must have at least as many distinct valid "
        "sequences as there are centroids: " +
        std::to_string(options.centroids) + " are needed, " +
        std::to_string(unique.size()) + " given");
  return draw_points(std::move(unique),
                     options.centroids * options.max_points_per_centroid,
                     options.seed);
}

std::vector<float> checked_centroids(std::vector<float> centroids,
                                     std::size_t dimensions) {
  if (centroids.empty() || centroids.size() % dimensions != 0)
    throw InvalidArgument("centroids must be rows of " +
                          std::to_string(dimensions) + " numbers, not " +
                          std::to_string(centroids.size()) + " numbers in all");
  if (!std::all_of(centroids.begin(), centroids.end(),
                   [](float x) { return std::isfinite(x); }))
    throw InvalidArgument("centroids must be finite numbers");
  return centroids;
}

CentroidGroups checked_groups(const SequenceEncoder& encoder,
                              CentroidGroups groups, std::size_t centroids) {
  check_groups(encoder, groups, centroids);
  return groups;
}

}  // namespace

CoarseQuantizer::CoarseQuantizer(const SequenceEncoder& encoder,
                                 std::vector<float> centroids,
                                 CentroidGroups groups)
    : encoder_(encoder),
      centroids_(checked_centroids(std::move(centroids), encoder.dimensions())),
      groups_(checked_groups(encoder, std::move(groups), size())),
      index_(encoder, centroids_, groups_) {}

CoarseQuantizer::CoarseQuantizer(const SequenceEncoder& encoder,
                                 std::vector<float> centroids)
    : encoder_(encoder),
      centroids_(checked_centroids(std::move(centroids), encoder.dimensions())),
      groups_(make_groups(encoder, centroids_, Execution())),
      index_(encoder, centroids_, groups_) {}

CentroidGroups CoarseQuantizer::make_groups(const SequenceEncoder& encoder,
                                            const std::vector<float>& centroids,
                                            const Execution& execution) {
  return group_centroids(encoder, centroids, execution);
}

CoarseQuantizer CoarseQuantizer::train(const SequenceEncoder& encoder,
                                       SequenceSet sample,
                                       const TrainingOptions& options,
                                       const Execution& execution) {
  const SequenceSet points =
      training_points(std::move(sample), options, execution.host);
  KmeansOptions kmeans;
  kmeans.centroids = options.centroids;
  kmeans.iterations = options.iterations;
  kmeans.seed = options.seed;
  kmeans.threads = execution.threads;
  kmeans.block = std::max<std::size_t>(
      1, options.block_bytes / (sizeof(float) * encoder.dimensions()));
  std::vector<float> centroids =
      train_centroids(encoder, points, kmeans, execution);
  CentroidGroups groups = make_groups(encoder, centroids, execution);
  return CoarseQuantizer(encoder, std::move(centroids), std::move(groups));
}

std::vector<std::uint32_t> CoarseQuantizer::assign(
    const SequenceSet& set, const Execution& execution) const {
  const std::vector<Nearest> nearest = find_all(index_, set, execution);
  std::vector<std::uint32_t> centroid(set.size());
  for (std::size_t i = 0; i < nearest.size(); ++i)
    centroid[i] = nearest[i].centroid;
  return centroid;
}

}  // namespace clustcr
