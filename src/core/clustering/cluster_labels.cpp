#include "clustering/cluster_labels.hpp"

#include <algorithm>
#include <tuple>

#include "mcl/markov_clustering.hpp"

namespace clustcr {

ClusterRows number_clusters(const std::vector<std::uint32_t>& component,
                            const std::vector<std::uint32_t>& representative,
                            const std::vector<std::uint32_t>& group_of,
                            bool singletons) {
  const std::size_t n = component.size();
  std::vector<std::uint32_t> component_size;
  for (std::uint32_t c : component) {
    if (c >= component_size.size()) component_size.resize(c + 1, 0);
    ++component_size[c];
  }

  std::vector<std::uint32_t> cluster_of(n, kNoCluster);
  std::vector<std::uint32_t> size(n, 0);
  std::vector<std::uint32_t> clusters;  // by their smallest nodes
  for (std::uint32_t i = 0; i < n; ++i) {
    const bool alone = representative[i] == kNoCluster;
    if (alone && !singletons) continue;
    const std::uint32_t r = alone ? i : representative[i];
    cluster_of[i] = r;
    if (size[r]++ == 0) clusters.push_back(r);
  }
  auto rank = [&](std::uint32_t r) {
    return std::make_tuple(group_of[r], ~component_size[component[r]],
                           component[r], ~size[r], r);
  };
  std::sort(
      clusters.begin(), clusters.end(),
      [&](std::uint32_t a, std::uint32_t b) { return rank(a) < rank(b); });

  ClusterRows rows;
  rows.clusters = static_cast<std::uint32_t>(clusters.size());
  std::vector<std::uint32_t> number(n, 0), place(n, 0);
  std::uint32_t at = 0;
  for (std::uint32_t c = 0; c < rows.clusters; ++c) {
    number[clusters[c]] = c;
    place[clusters[c]] = at;
    at += size[clusters[c]];
  }
  rows.node.resize(at);
  rows.cluster.resize(at);
  for (std::uint32_t i = 0; i < n; ++i) {
    if (cluster_of[i] == kNoCluster) continue;
    const std::uint32_t row = place[cluster_of[i]]++;
    rows.node[row] = i;
    rows.cluster[row] = number[cluster_of[i]];
  }
  return rows;
}

}  // namespace clustcr
