#include "mcl/mcl_labels.hpp"

#include <algorithm>
#include <numeric>

namespace clustcr {
namespace mcl {
namespace {

constexpr std::uint32_t kNone = 0xffffffffu;
constexpr std::uint32_t kOnPath = kNone - 1;

// Flows that differ by less of themselves are equal: the halves that symmetry
// gives a node's two clusters, told apart by rounding alone.
constexpr double kEqualFlow = 1e-4;

std::uint32_t largest_row(const Column& column) {
  return column
      .rows[std::max_element(column.values, column.values + column.size) -
            column.values];
}

}  // namespace

void ClusterReader::operator()(ColumnReader* columns, std::uint32_t n,
                               std::uint32_t* labels) {
  collect_rows(columns, n);
  merge_equal_rows();
  assign(columns, n);
  follow_largest(columns, n);
  std::vector<std::uint32_t>& smallest = slot_;
  smallest.assign(n, kNone);
  for (std::uint32_t j = 0; j < n; ++j)
    if (smallest[assigned_[j]] == kNone) smallest[assigned_[j]] = j;
  for (std::uint32_t j = 0; j < n; ++j) labels[j] = smallest[assigned_[j]];
}

// The rows of the attractors: which nodes each draws from, ascending.
void ClusterReader::collect_rows(ColumnReader* columns, std::uint32_t n) {
  attractors_.clear();
  slot_.assign(n, kNone);
  columns->visit_all([&](std::uint32_t j, const Column& c) {
    if (!std::binary_search(c.rows, c.rows + c.size, j)) return;
    slot_[j] = static_cast<std::uint32_t>(attractors_.size());
    attractors_.push_back(j);
  });
  offsets_.assign(attractors_.size() + 1, 0);
  columns->visit_all([&](std::uint32_t, const Column& c) {
    for (std::uint32_t i = 0; i < c.size; ++i)
      if (slot_[c.rows[i]] != kNone) ++offsets_[slot_[c.rows[i]] + 1];
  });
  std::partial_sum(offsets_.begin(), offsets_.end(), offsets_.begin());
  members_.resize(offsets_.back());
  order_.assign(offsets_.begin(), offsets_.end() - 1);
  columns->visit_all([&](std::uint32_t j, const Column& c) {
    for (std::uint32_t i = 0; i < c.size; ++i)
      if (slot_[c.rows[i]] != kNone) members_[order_[slot_[c.rows[i]]]++] = j;
  });
}

// Numbers the distinct rows in ascending order, so that a cluster with a
// smaller smallest node has the smaller number.
void ClusterReader::merge_equal_rows() {
  const auto begin = [&](std::uint32_t s) {
    return members_.data() + offsets_[s];
  };
  order_.resize(attractors_.size());
  std::iota(order_.begin(), order_.end(), 0u);
  std::sort(order_.begin(), order_.end(),
            [&](std::uint32_t a, std::uint32_t b) {
              return std::lexicographical_compare(begin(a), begin(a + 1),
                                                  begin(b), begin(b + 1));
            });
  cluster_of_slot_.resize(attractors_.size());
  std::uint32_t cluster = 0;
  for (std::size_t i = 0; i < order_.size(); ++i) {
    if (i > 0 && !std::equal(begin(order_[i - 1]), begin(order_[i - 1] + 1),
                             begin(order_[i]), begin(order_[i] + 1)))
      ++cluster;
    cluster_of_slot_[order_[i]] = cluster;
  }
  flow_.assign(attractors_.size(), 0.0);
}

// The number of the cluster with most of the column's flow; kNone if its flow
// reaches none.
std::uint32_t ClusterReader::strongest_cluster(const Column& column) {
  std::uint32_t best = kNone;
  double most = 0;
  for (std::uint32_t i = 0; i < column.size; ++i) {
    if (slot_[column.rows[i]] == kNone) continue;
    double& flow = flow_[cluster_of_slot_[slot_[column.rows[i]]]];
    flow += column.values[i];
    most = std::max(most, flow);
  }
  for (std::uint32_t i = 0; i < column.size; ++i) {
    if (slot_[column.rows[i]] == kNone) continue;
    const std::uint32_t c = cluster_of_slot_[slot_[column.rows[i]]];
    if (flow_[c] >= most * (1 - kEqualFlow)) best = std::min(best, c);
  }
  for (std::uint32_t i = 0; i < column.size; ++i)
    if (slot_[column.rows[i]] != kNone)
      flow_[cluster_of_slot_[slot_[column.rows[i]]]] = 0;
  return best;
}

void ClusterReader::assign(ColumnReader* columns, std::uint32_t n) {
  std::vector<std::uint32_t>& name = order_;  // a cluster's first attractor
  name.assign(attractors_.size(), kNone);
  for (std::size_t s = 0; s < attractors_.size(); ++s)
    if (name[cluster_of_slot_[s]] == kNone)
      name[cluster_of_slot_[s]] = attractors_[s];
  assigned_.resize(n);
  columns->visit_all([&](std::uint32_t j, const Column& column) {
    const std::uint32_t cluster = strongest_cluster(column);
    assigned_[j] = cluster == kNone ? kNone : name[cluster];
  });
}

// Walks from each unassigned node along the largest flow until a node that is
// assigned, or until the walk meets itself: that cycle is a cluster then.
void ClusterReader::follow_largest(ColumnReader* columns, std::uint32_t n) {
  for (std::uint32_t start = 0; start < n; ++start) {
    path_.clear();
    std::uint32_t j = start;
    while (assigned_[j] == kNone) {
      assigned_[j] = kOnPath;
      path_.push_back(j);
      j = largest_row(columns->read(j));
    }
    const std::uint32_t name = assigned_[j] == kOnPath ? j : assigned_[j];
    for (const std::uint32_t node : path_) assigned_[node] = name;
  }
}

}  // namespace mcl
}  // namespace clustcr
