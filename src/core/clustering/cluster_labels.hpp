// Cluster numbers that depend on content alone.
#pragma once
#include <cstdint>
#include <vector>

namespace clustcr {

// A clustering as rows: node rows[i] is in cluster cluster[i].
struct ClusterRows {
  std::vector<std::uint32_t> node;
  std::vector<std::uint32_t> cluster;  // from 0, ascending
  std::uint32_t clusters = 0;
};

// Numbers the clusters that `representative` (markov_clustering's result)
// names, of nodes in connected components (connected_components()): by group,
// in a group by the size of the connected component (largest first), then by
// its smallest node, in a component by the size of the cluster, then by its
// smallest node. Rows stand in the order of their clusters, in a cluster in the
// order of the nodes. `group_of` is ascending; a component lies in one group. A
// node without neighbours is left out, or with `singletons` a cluster of its
// own.
ClusterRows number_clusters(const std::vector<std::uint32_t>& component,
                            const std::vector<std::uint32_t>& representative,
                            const std::vector<std::uint32_t>& group_of,
                            bool singletons);

}  // namespace clustcr
