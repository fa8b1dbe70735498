#include "mcl_grouping.hpp"

#include <algorithm>

#include "mcl_kernels.hpp"

namespace clustcr {
namespace mcl {
namespace {

// Below so many entries a column, finding groups costs more than it saves.
constexpr std::size_t kThin = 8;

// Nodes that follow the seed in the given order and are looked at, too.
constexpr std::uint32_t kFollowing = 32;

}  // namespace

void PanelGrouper::reserve(std::uint32_t n) {
  if (free_.size() >= n) return;
  free_.resize(n, 0);
  cost_.resize(n);
  share_.resize(n, 0);
}

void PanelGrouper::operator()(const Column* columns, std::uint32_t* nodes,
                              std::uint32_t count) {
  std::size_t entries = 0;
  for (std::uint32_t i = 0; i < count; ++i) entries += columns[nodes[i]].size;
  if (count <= kLanes || entries < kThin * count) return;
  for (std::uint32_t i = 0; i < count; ++i) {
    const Column& column = columns[nodes[i]];
    free_[nodes[i]] = 1;
    cost_[nodes[i]] = 0;
    for (std::uint32_t k = 0; k < column.size; ++k)
      cost_[nodes[i]] += columns[column.rows[k]].size;
  }
  grouped_.clear();
  for (std::uint32_t i = 0; i < count; ++i)
    if (free_[nodes[i]]) take_similar(columns, nodes, i, count);
  std::copy(grouped_.begin(), grouped_.end(), nodes);
}

// A panel of node number `seed` and those that share most work with it.
void PanelGrouper::take_similar(const Column* columns,
                                const std::uint32_t* nodes, std::uint32_t seed,
                                std::uint32_t count) {
  const std::uint32_t node = nodes[seed];
  const Column& column = columns[node];
  for (std::uint32_t k = 0; k < column.size; ++k)
    share_[column.rows[k]] = columns[column.rows[k]].size;
  candidates_.clear();
  free_[node] = 0;
  for (std::uint32_t k = 0; k < column.size; ++k)
    consider(columns, node, column.rows[k]);
  std::uint32_t left = kFollowing;
  for (std::uint32_t i = seed + 1; i < count && left > 0; ++i) {
    if (!free_[nodes[i]]) continue;
    consider(columns, node, nodes[i]);
    --left;
  }
  const std::size_t taken =
      std::min<std::size_t>(kLanes - 1, candidates_.size());
  std::partial_sort(candidates_.begin(), candidates_.begin() + taken,
                    candidates_.end());
  grouped_.push_back(node);
  for (std::size_t i = 0; i < candidates_.size(); ++i) {
    if (i < taken)
      grouped_.push_back(candidates_[i].second);
    else
      free_[candidates_[i].second] = 1;
  }
  for (std::uint32_t k = 0; k < column.size; ++k) share_[column.rows[k]] = 0;
}

void PanelGrouper::consider(const Column* columns, std::uint32_t seed,
                            std::uint32_t node) {
  if (!free_[node]) return;
  free_[node] = 0;  // considered once
  const Column& column = columns[node];
  std::uint32_t shared = 0;
  for (std::uint32_t k = 0; k < column.size; ++k)
    shared += share_[column.rows[k]];
  const float both = static_cast<float>(cost_[node]) +
                     static_cast<float>(cost_[seed]) -
                     static_cast<float>(shared);
  candidates_.emplace_back(-static_cast<float>(shared) / both, node);
}

}  // namespace mcl
}  // namespace clustcr
