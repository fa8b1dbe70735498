// Which stored clusters new receptors have neighbours in. The new ones are
// held; what is stored streams by, in blocks of bounded size. Nothing is
// clustered again, and nothing that is stored changes.
#pragma once
#include <cstdint>
#include <functional>
#include <vector>

#include "base/ports.hpp"
#include "clustering/clustering_run.hpp"
#include "graph/neighbour_join.hpp"

namespace clustcr {

// A cluster and how many of its members are neighbours. Clusters count from 1.
struct NeighbourCluster {
  std::uint32_t cluster = 0;
  std::uint32_t neighbours = 0;
};

struct ClusterAssignment {
  // Of each new receptor whether it is stored, and the cluster it is in; 0
  // where that is none.
  std::vector<char> stored;
  std::vector<std::uint32_t> own_cluster;
  // The clusters with neighbours of receptor i are [offsets[i],
  // offsets[i + 1]): most neighbours first, of equal ones the first cluster.
  std::vector<std::uint64_t> offsets{0};
  std::vector<NeighbourCluster> clusters;
  // Neighbours in no cluster.
  std::vector<std::uint32_t> unclustered;
  // Of a run, of all its clusters: see cluster_identities().
  std::vector<std::uint64_t> identities;
};

class ClusterAssigner {
 public:
  // `fresh`: distinct receptors; must outlive this. Stored ones are looked at
  // `block_rows` at a time.
  ClusterAssigner(const ReceptorSet& fresh, const NeighbourRule& rule,
                  std::size_t block_rows, const Execution& execution);

  // Receptors that are stored; cluster_of(i) from 1.
  template <class ClusterOf>
  void add_clustered(const ReceptorSet& set, ClusterOf&& cluster_of) {
    add(set, cluster_of, true);
  }
  // Receptors that are stored, whether they are in a cluster or not: those of
  // add_clustered() among them.
  void add_stored(const ReceptorSet& set) {
    add(
        set, [](std::size_t) { return 0u; }, false);
  }

  ClusterAssignment finish();

 private:
  struct Hit {
    std::uint32_t receptor, cluster, neighbours;
  };
  template <class ClusterOf>
  void add(const ReceptorSet& set, ClusterOf&& cluster_of, bool clustered) {
    if (clustered != clustered_) flush();
    clustered_ = clustered;
    const std::vector<std::uint32_t> gene = genes_of_fresh(set);
    for (std::size_t i = 0; i < set.size(); ++i) {
      const std::uint32_t own = set.gene.empty() ? 0 : gene[set.gene[i]];
      if (own == kNone || set.sequences.length(i) > join_.longest()) continue;
      block_.sequences.push_back(set.sequences[i]);
      if (!set.gene.empty()) block_.gene.push_back(own);
      if (clustered) block_clusters_.push_back(cluster_of(i));
      if (block_.size() >= block_rows_) flush();
    }
  }
  std::vector<std::uint32_t> genes_of_fresh(const ReceptorSet& set) const;
  void flush();
  void find_identical();
  void find_neighbours();
  void gather_hits(ClusterAssignment* result);

  static constexpr std::uint32_t kNone = 0xffffffffu;

  const ReceptorSet& fresh_;
  std::size_t block_rows_;
  Execution execution_;
  NeighbourJoin join_;
  std::vector<std::uint32_t> slots_;  // of the new receptors by their hash
  std::vector<std::uint64_t> gene_hash_;
  bool clustered_ = true;
  bool all_stored_ = false;  // whether add_stored() has said anything
  ReceptorSet block_;
  std::vector<std::uint32_t> block_clusters_;
  std::vector<Hit> hits_;
  std::vector<std::uint32_t> stored_neighbours_;  // wherever they are
  std::vector<char> stored_;
  std::vector<std::uint32_t> own_cluster_;
};

// How many new receptors a call should have at most, to stay within
// `memory_limit` bytes; about.
std::size_t assignment_rows(const NeighbourRule& rule, std::size_t longest,
                            std::uint64_t memory_limit);

// Against all that a run has kept. Throws StoreError ("not_finished") where
// some of its clusters are not.
ClusterAssignment assign_to_run(const ReceptorSet& fresh,
                                const PreclusterStore& store,
                                const ClusteringRun& run,
                                std::uint64_t memory_limit,
                                const Execution& execution);

}  // namespace clustcr
