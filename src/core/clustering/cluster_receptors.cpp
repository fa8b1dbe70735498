#include "clustering/cluster_receptors.hpp"

#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "base/free_memory.hpp"
#include "base/hash.hpp"
#include "base/parallel.hpp"
#include "clustering/cluster_labels.hpp"
#include "clustering/cluster_memory.hpp"
#include "graph/neighbour_graph.hpp"
#include "graph/tcrdist.hpp"
#include "mcl/markov_clustering.hpp"

namespace clustcr {
namespace {

using Pairs = std::vector<std::vector<Edge>>;

Pairs pairs_of_groups(const std::vector<ReceptorGroup>& groups,
                      const NeighbourRule& rule, const Execution& execution) {
  Pairs pairs(groups.size());
  const auto find = [&](std::size_t g, const Execution& threads) {
    if (!groups[g].alone)
      pairs[g] = neighbour_pairs(groups[g].receptors, rule, threads);
  };
  if (groups.size() == 1) {
    find(0, execution);
    return pairs;
  }
  parallel_for(groups.size(), 1, execution,
               [&](std::size_t g, std::size_t, int) { find(g, Execution()); });
  return pairs;
}

// 1 for no distance, down to a step's share at the largest.
void append_weights(const ReceptorSet& set, const std::vector<Edge>& pairs,
                    const NeighbourRule& rule, const Execution& execution,
                    std::vector<float>* weights) {
  const auto none = static_cast<float>(rule.max_distance + kTcrdistStep);
  for (const std::uint32_t d : tcr_distances(set, pairs, rule, execution))
    weights->push_back(1 - static_cast<float>(d) / none);
}

ClusterTotals totals_of(const std::vector<ReceptorGroup>& groups,
                        const Pairs& pairs) {
  ClusterTotals totals;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    totals.receptors += groups[g].receptors.size();
    totals.occurrences += groups[g].receptors.occurrences.sample.size();
    totals.edges += pairs[g].size();
    for (const Edge& e : pairs[g])
      totals.edges_within +=
          groups[g].precluster_of(e.first) == groups[g].precluster_of(e.second);
  }
  return totals;
}

// Where a node of the graph of all groups comes from.
struct Origin {
  std::uint32_t group, index;
};

// Appends receptors of several sets to one.
class RowCopier {
 public:
  RowCopier(const std::vector<ReceptorGroup>& groups, ReceptorSet* rows)
      : groups_(groups), rows_(rows) {
    std::unordered_map<std::string, std::uint32_t> number;
    for (const ReceptorGroup& group : groups) {
      gene_number_.emplace_back();
      for (const std::string& genes : group.receptors.genes) {
        const auto at =
            number.emplace(genes, static_cast<std::uint32_t>(number.size()));
        if (at.second) rows_->genes.push_back(genes);
        gene_number_.back().push_back(at.first->second);
      }
    }
  }

  void reserve(std::size_t rows) {
    std::size_t longest = 0;
    for (const ReceptorGroup& group : groups_)
      longest = std::max(longest, group.receptors.sequences.longest());
    rows_->sequences = SequenceSet(longest);
    rows_->sequences.reserve(rows);
    rows_->gene.reserve(rows);
    rows_->occurrences.offsets.reserve(rows + 1);
    rows_->occurrences.sample.reserve(rows);
    rows_->occurrences.duplicate_count.reserve(rows);
  }

  void operator()(const Origin& origin) {
    const ReceptorSet& from = groups_[origin.group].receptors;
    rows_->sequences.push_back(from.sequences[origin.index]);
    if (!from.gene.empty())
      rows_->gene.push_back(
          gene_number_[origin.group][from.gene[origin.index]]);
    if (from.occurrences.empty()) return;
    Occurrences& to = rows_->occurrences;
    for (std::uint64_t k = from.occurrences.offsets[origin.index];
         k < from.occurrences.offsets[origin.index + 1]; ++k) {
      to.sample.push_back(from.occurrences.sample[k]);
      to.duplicate_count.push_back(from.occurrences.duplicate_count[k]);
    }
    to.offsets.push_back(to.sample.size());
  }

 private:
  const std::vector<ReceptorGroup>& groups_;
  ReceptorSet* rows_;
  std::vector<std::vector<std::uint32_t>> gene_number_;  // by group
};

void append_row(const std::vector<ReceptorGroup>& groups, const Origin& origin,
                std::uint32_t cluster, RowCopier* copy, ClusterTable* table) {
  (*copy)(origin);
  table->cluster.push_back(cluster);
  table->precluster.push_back(groups[origin.group].precluster_of(origin.index));
}

ClusterTable groups_as_clusters(const std::vector<ReceptorGroup>& groups) {
  ClusterTable table;
  table.clusters = static_cast<std::uint32_t>(groups.size());
  RowCopier copy(groups, &table.rows);
  for (std::uint32_t g = 0; g < groups.size(); ++g)
    for (std::uint32_t i = 0; i < groups[g].receptors.size(); ++i)
      append_row(groups, {g, i}, g, &copy, &table);
  return table;
}

bool is_alone(const std::vector<ReceptorGroup>& groups) {
  return groups.size() == 1 && groups.front().alone;
}

ClusterTable singletons(ReceptorGroup&& group, const RunSettings& settings) {
  ClusterTable table;
  const std::size_t n = group.receptors.size();
  table.totals.receptors = n;
  table.totals.occurrences = group.receptors.occurrences.sample.size();
  if (settings.method == Method::kEdges || !settings.singletons) return table;
  table.clusters = static_cast<std::uint32_t>(n);
  table.cluster.resize(n);
  std::iota(table.cluster.begin(), table.cluster.end(), 0);
  table.precluster = std::move(group.preclusters);
  table.precluster.resize(n, group.precluster);
  table.rows = std::move(group.receptors);
  return table;
}

// For each node the smallest node of its component, as markov_clustering()
// has it for clusters.
std::vector<std::uint32_t> component_representatives(
    const Graph& graph, const std::vector<std::uint32_t>& component) {
  std::vector<std::uint32_t> smallest;
  std::vector<std::uint32_t> representative(graph.size(), kNoCluster);
  for (std::uint32_t i = 0; i < graph.size(); ++i) {
    if (component[i] == smallest.size()) smallest.push_back(i);
    if (graph.degree(i) > 0) representative[i] = smallest[component[i]];
  }
  return representative;
}

// What the memory limit leaves for MCL. A thirty-second is for what lies unused
// between things in memory: six million at 512MB grew by 538.
MclMemory memory_beside(const std::vector<ReceptorGroup>& groups,
                        const Graph& graph, const RunSettings& settings,
                        const std::string& folder) {
  if (folder.empty()) return {};
  std::uint64_t taken =
      4 * (graph.neighbours.size() + graph.weights.size()) + 24 * graph.size();
  for (const ReceptorGroup& group : groups)
    taken +=
        group.receptors.size() * (group.receptors.sequences.stride() + 12) +
        12 * group.receptors.occurrences.sample.size();
  const std::uint64_t limit =
      settings.memory_limit - settings.memory_limit / 32;
  return {limit > 2 * taken ? limit - taken : limit / 2, folder};
}

}  // namespace

ClusterTable cluster_receptors(std::vector<ReceptorGroup> groups,
                               const RunSettings& settings,
                               const Execution& execution,
                               const std::string& folder) {
  if (is_alone(groups)) return singletons(std::move(groups.front()), settings);
  if (settings.method == Method::kPreclusters) {
    ClusterTable table = groups_as_clusters(groups);
    table.totals = totals_of(groups, Pairs(groups.size()));
    return table;
  }
  Pairs pairs = pairs_of_groups(groups, settings.rule, execution);
  ClusterTable table;
  table.totals = totals_of(groups, pairs);
  if (settings.method == Method::kEdges) return table;

  // One graph of them all: components never cross groups, so MCL does not
  // either, and the largest of all components can be taken first.
  std::vector<std::uint32_t> group_of;
  std::vector<Origin> origins;
  std::vector<Edge> edges;
  std::vector<float> weights;
  for (std::uint32_t g = 0; g < groups.size(); ++g) {
    const auto first = static_cast<std::uint32_t>(group_of.size());
    const auto size = static_cast<std::uint32_t>(groups[g].receptors.size());
    group_of.resize(first + size, g);
    for (std::uint32_t i = 0; i < size; ++i) origins.push_back({g, i});
    if (settings.weighted)
      append_weights(groups[g].receptors, pairs[g], settings.rule, execution,
                     &weights);
    for (const Edge& e : pairs[g])
      edges.emplace_back(first + e.first, first + e.second);
    std::vector<Edge>().swap(pairs[g]);
  }
  const Graph graph = graph_from_edges(group_of.size(), edges, weights);
  std::vector<Edge>().swap(edges);
  std::vector<float>().swap(weights);
  // Of short units the next one would only ask for it again.
  if (!folder.empty() && group_of.size() > kGiantRows) return_free_memory();
  const std::vector<std::uint32_t> component =
      connected_components(graph, nullptr);
  const std::vector<std::uint32_t> representative =
      settings.method == Method::kComponents
          ? component_representatives(graph, component)
          : markov_clustering(graph, settings.mcl, execution,
                              memory_beside(groups, graph, settings, folder));
  const ClusterRows rows =
      number_clusters(component, representative, group_of, settings.singletons);

  table.clusters = rows.clusters;
  table.cluster.reserve(rows.node.size());
  table.precluster.reserve(rows.node.size());
  RowCopier copy(groups, &table.rows);
  copy.reserve(rows.node.size());
  for (std::size_t i = 0; i < rows.node.size(); ++i)
    append_row(groups, origins[rows.node[i]], rows.cluster[i], &copy, &table);
  return table;
}

// Members stand in ascending order in each cluster, so their hash can be
// continued from one to the next.
std::vector<std::uint64_t> cluster_ids(const ClusterTable& table) {
  std::vector<std::uint64_t> ids(table.clusters, 0);
  for (std::size_t i = 0; i < table.cluster.size(); ++i) {
    std::uint64_t& id = ids[table.cluster[i]];
    id = hash64(table.rows.genes_of(i), hash64(table.rows.sequences[i], id));
  }
  return ids;
}

// Receptors of one sequence but other genes stand one after the other.
std::vector<std::uint64_t> cluster_identities(const ClusterTable& table) {
  std::vector<std::uint64_t> sums(table.clusters, 0);
  const SequenceSet& sequences = table.rows.sequences;
  for (std::size_t i = 0; i < table.cluster.size(); ++i) {
    const bool is_next = i > 0 && table.cluster[i] == table.cluster[i - 1];
    if (is_next && sequences[i] == sequences[i - 1]) continue;
    sums[table.cluster[i]] += identity_of(sequences[i]);
  }
  return sums;
}

}  // namespace clustcr
