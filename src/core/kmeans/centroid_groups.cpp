#include "kmeans/centroid_groups.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/errors.hpp"
#include "kmeans/training.hpp"

namespace clustcr {

CentroidGroups group_centroids(const SequenceEncoder& encoder,
                               const std::vector<float>& centroids,
                               const Execution& execution) {
  const std::size_t count =
      centroids.size() / static_cast<std::size_t>(encoder.dimensions());
  if (count < kGroupedCentroids) return CentroidGroups();
  KmeansOptions options;
  // A little more than the square root, which balances the two searches: so
  // most groups of the smallest index fit one tile.
  options.centroids = static_cast<std::size_t>(1.25 * std::sqrt(count));
  options.iterations = 10;
  options.seed = 1;
  options.threads = execution.threads;
  return train_groups(encoder.dimensions(), centroids, options, execution);
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
