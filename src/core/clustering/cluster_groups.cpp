#include "clustering/cluster_groups.hpp"

#include <algorithm>

#include "base/parallel.hpp"
#include "clustering/cluster_labels.hpp"
#include "graph/hamming_graph.hpp"

namespace clustcr {

ClusterTable cluster_groups(std::vector<SequenceSet> groups,
                            const MclOptions& options, bool singletons,
                            const Execution& execution) {
  std::vector<std::vector<Edge>> pairs(groups.size());
  if (groups.size() == 1) {
    groups[0] = sorted_unique(groups[0]);
    pairs[0] = hamming_pairs(groups[0], execution);
  } else {
    parallel_for(groups.size(), 1, execution,
                 [&](std::size_t g, std::size_t, int) {
                   groups[g] = sorted_unique(groups[g]);
                   pairs[g] = hamming_pairs(groups[g], Execution());
                 });
  }

  // One graph of them all: components never cross groups, so MCL does not
  // either, and the largest of all components can be taken first.
  std::vector<std::uint32_t> group_of, index_in_group;
  std::vector<Edge> edges;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const auto first = static_cast<std::uint32_t>(group_of.size());
    group_of.resize(first + groups[g].size(), static_cast<std::uint32_t>(g));
    for (std::uint32_t i = 0; i < groups[g].size(); ++i)
      index_in_group.push_back(i);
    for (const Edge& e : pairs[g])
      edges.emplace_back(first + e.first, first + e.second);
    std::vector<Edge>().swap(pairs[g]);
  }
  const Graph graph = graph_from_edges(group_of.size(), edges);
  std::vector<Edge>().swap(edges);
  const ClusterRows rows =
      number_clusters(graph, markov_clustering(graph, options, execution),
                      group_of, singletons);

  ClusterTable table;
  table.clusters = rows.clusters;
  table.cluster = rows.cluster;
  table.group.resize(rows.node.size());
  for (std::size_t i = 0; i < rows.node.size(); ++i) {
    const std::uint32_t node = rows.node[i];
    table.group[i] = group_of[node];
    table.index.push_back(index_in_group[node]);
    table.sequences.push_back(groups[group_of[node]][index_in_group[node]]);
  }
  return table;
}

ClusterTable groups_as_clusters(std::vector<SequenceSet> groups,
                                const Execution& execution) {
  parallel_for(groups.size(), 1, execution,
               [&](std::size_t g, std::size_t, int) {
                 groups[g] = sorted_unique(groups[g]);
               });
  ClusterTable table;
  table.clusters = static_cast<std::uint32_t>(groups.size());
  for (std::size_t g = 0; g < groups.size(); ++g)
    for (std::size_t i = 0; i < groups[g].size(); ++i) {
      table.sequences.push_back(groups[g][i]);
      table.group.push_back(static_cast<std::uint32_t>(g));
      table.index.push_back(static_cast<std::uint32_t>(i));
    }
  table.cluster = table.group;
  return table;
}

ClusterTable cluster_unit(UnitRows rows, bool divided,
                          const MclOptions& options, bool singletons,
                          const Execution& execution) {
  if (!divided) {
    // The places of the rows when sorted, as cluster_groups() will sort them.
    const std::vector<std::uint32_t> order = sorted_order(rows.sequences);
    std::vector<SequenceSet> groups;
    groups.push_back(std::move(rows.sequences));
    ClusterTable table =
        cluster_groups(std::move(groups), options, singletons, execution);
    for (std::size_t i = 0; i < table.index.size(); ++i)
      table.group[i] = rows.precluster[order[table.index[i]]];
    return table;
  }
  std::vector<std::uint32_t> preclusters = rows.precluster;
  std::sort(preclusters.begin(), preclusters.end());
  preclusters.erase(std::unique(preclusters.begin(), preclusters.end()),
                    preclusters.end());
  std::vector<SequenceSet> groups(preclusters.size(),
                                  SequenceSet(rows.sequences.longest()));
  for (std::size_t i = 0; i < rows.precluster.size(); ++i) {
    const auto at = std::lower_bound(preclusters.begin(), preclusters.end(),
                                     rows.precluster[i]);
    groups[at - preclusters.begin()].push_back(rows.sequences[i]);
  }
  rows = UnitRows();
  ClusterTable table =
      cluster_groups(std::move(groups), options, singletons, execution);
  for (std::uint32_t& group : table.group) group = preclusters[group];
  return table;
}

}  // namespace clustcr
