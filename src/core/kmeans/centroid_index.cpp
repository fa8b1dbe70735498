#include "kmeans/centroid_index.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace clustcr {

CentroidIndex::CentroidIndex(const SequenceEncoder& encoder,
                             const std::vector<float>& centroids,
                             const CentroidGroups& groups) {
  const std::size_t dimensions = encoder.dimensions();
  const std::size_t count = centroids.size() / dimensions;
  if (groups.group_of.empty()) {
    tables_.emplace_back(encoder, centroids.data(), count);
    return;
  }
  const std::size_t group_count = groups.middles.size() / dimensions;
  middles_ = std::make_unique<DistanceTable>(encoder, groups.middles.data(),
                                             group_count);
  std::vector<std::vector<std::uint32_t>> members(group_count);
  for (std::uint32_t c = 0; c < count; ++c)
    members[groups.group_of[c]].push_back(c);
  for (std::vector<std::uint32_t>& group : members) {
    std::vector<float> rows;
    for (std::uint32_t c : group)
      rows.insert(rows.end(), centroids.begin() + c * dimensions,
                  centroids.begin() + (c + 1) * dimensions);
    const std::size_t size = group.size();
    tables_.emplace_back(encoder, rows.data(), size, std::move(group));
  }
}

void CentroidIndex::find(const SequenceSet& set, std::size_t begin,
                         std::size_t end, Nearest* nearest) const {
  std::fill(nearest, nearest + (end - begin),
            Nearest{std::numeric_limits<float>::infinity(), 0});
  if (middles_) {
    find_grouped(set, begin, end, nearest);
    return;
  }
  std::vector<std::uint32_t> rows(end - begin);
  std::iota(rows.begin(), rows.end(), 0);
  tables_[0].improve(set, begin, rows.data(), rows.size(), nearest);
}

// Group by group, so that a group's table is in the cache for all the block's
// sequences that want it.
void CentroidIndex::find_grouped(const SequenceSet& set, std::size_t begin,
                                 std::size_t end, Nearest* nearest) const {
  const std::size_t groups = tables_.size();
  const std::size_t probes = std::min(kProbes, groups);
  std::vector<std::vector<std::uint32_t>> wanted(groups);
  std::vector<float> distance(middles_->padded_size());
  std::vector<std::uint32_t> order(groups);
  for (std::size_t row = begin; row < end; ++row) {
    middles_->distances(set, row, distance.data());
    std::iota(order.begin(), order.end(), 0);
    std::nth_element(
        order.begin(), order.begin() + (probes - 1), order.end(),
        [&](std::uint32_t a, std::uint32_t b) {
          return distance[a] != distance[b] ? distance[a] < distance[b] : a < b;
        });
    for (std::size_t p = 0; p < probes; ++p)
      wanted[order[p]].push_back(static_cast<std::uint32_t>(row - begin));
  }
  for (std::size_t g = 0; g < groups; ++g)
    tables_[g].improve(set, begin, wanted[g].data(), wanted[g].size(), nearest);
}

}  // namespace clustcr
