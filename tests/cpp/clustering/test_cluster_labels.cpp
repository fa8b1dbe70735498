#include <algorithm>
#include <map>
#include <tuple>

#include "clustering/cluster_labels.hpp"
#include "mcl/markov_clustering.hpp"
#include "test_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

namespace {

// A random graph whose edges stay in their groups, and a random clustering of
// each of its components. Clusters need not hang together.
struct Case {
  Graph graph;
  std::vector<std::uint32_t> group_of, representative;
};

Case random_case(Random* random) {
  Case made;
  const std::size_t n = random->below(60);
  std::uint32_t group = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (random->chance(10))
      group += static_cast<std::uint32_t>(1 + random->below(3));
    made.group_of.push_back(group);
  }
  std::vector<Edge> edges;
  for (std::uint32_t i = 0; i < n; ++i)
    for (std::uint32_t j = i + 1; j < n; ++j)
      if (made.group_of[i] == made.group_of[j] && random->chance(7))
        edges.emplace_back(i, j);
  made.graph = graph_from_edges(n, edges);
  const auto component = connected_components(made.graph, nullptr);
  std::map<std::pair<std::uint32_t, std::size_t>, std::uint32_t> smallest;
  for (std::uint32_t i = 0; i < n; ++i)
    made.representative.push_back(
        made.graph.degree(i) == 0
            ? kNoCluster
            : smallest
                  .emplace(std::make_pair(component[i], random->below(4)), i)
                  .first->second);
  return made;
}

// The documented order, spelled out: clusters as lists of nodes, sorted by
// keys; rows are these lists one after the other.
ClusterRows naive_rows(const Case& c, bool singletons) {
  const auto component = connected_components(c.graph, nullptr);
  std::map<std::uint32_t, std::vector<std::uint32_t>> clusters, components;
  for (std::uint32_t i = 0; i < c.graph.size(); ++i) {
    components[component[i]].push_back(i);
    if (c.representative[i] != kNoCluster)
      clusters[c.representative[i]].push_back(i);
    else if (singletons)
      clusters[i].push_back(i);
  }
  using Key =
      std::tuple<std::uint32_t, long, std::uint32_t, long, std::uint32_t>;
  std::map<Key, std::vector<std::uint32_t>> sorted;
  for (const auto& [r, nodes] : clusters) {
    const auto& whole = components[component[nodes[0]]];
    sorted[{c.group_of[nodes[0]], -static_cast<long>(whole.size()), whole[0],
            -static_cast<long>(nodes.size()), nodes[0]}] = nodes;
  }
  ClusterRows rows;
  for (const auto& [key, nodes] : sorted) {
    for (std::uint32_t node : nodes) {
      rows.node.push_back(node);
      rows.cluster.push_back(rows.clusters);
    }
    ++rows.clusters;
  }
  return rows;
}

}  // namespace

TEST(ClusterLabels, AgreeWithTheDocumentedOrder) {
  Random random(1);
  std::uint32_t clusters = 0;
  for (int round = 0; round < 500; ++round) {
    const Case c = random_case(&random);
    for (bool singletons : {false, true}) {
      const ClusterRows rows =
          number_clusters(connected_components(c.graph, nullptr),
                          c.representative, c.group_of, singletons);
      const ClusterRows expected = naive_rows(c, singletons);
      ASSERT_EQ(rows.node, expected.node) << "round " << round;
      ASSERT_EQ(rows.cluster, expected.cluster) << "round " << round;
      ASSERT_EQ(rows.clusters, expected.clusters);
      clusters += rows.clusters;
    }
  }
  EXPECT_GT(clusters, 5000u);
}

// By hand: two components in group 0, of 2 and 3 nodes, one in group 1.
TEST(ClusterLabels, Example) {
  const Graph graph = graph_from_edges(9, {{0, 3}, {1, 2}, {2, 4}, {7, 8}});
  const std::vector<std::uint32_t> representative{
      0, 1, 2, 0, 2, kNoCluster, kNoCluster, 7, 7};
  const std::vector<std::uint32_t> group_of{0, 0, 0, 0, 0, 0, 1, 1, 1};
  const std::vector<std::uint32_t> component =
      connected_components(graph, nullptr);
  const ClusterRows rows =
      number_clusters(component, representative, group_of, false);
  EXPECT_EQ(rows.node, (std::vector<std::uint32_t>{2, 4, 1, 0, 3, 7, 8}));
  EXPECT_EQ(rows.cluster, (std::vector<std::uint32_t>{0, 0, 1, 2, 2, 3, 3}));
  EXPECT_EQ(rows.clusters, 4u);
  const ClusterRows all =
      number_clusters(component, representative, group_of, true);
  EXPECT_EQ(all.node, (std::vector<std::uint32_t>{2, 4, 1, 0, 3, 5, 7, 8, 6}));
  EXPECT_EQ(all.cluster,
            (std::vector<std::uint32_t>{0, 0, 1, 2, 2, 3, 4, 4, 5}));
  EXPECT_EQ(all.clusters, 6u);
}

TEST(ClusterLabels, NothingToNumber) {
  const ClusterRows rows = number_clusters({}, {}, {}, true);
  EXPECT_TRUE(rows.node.empty());
  EXPECT_EQ(rows.clusters, 0u);
}
