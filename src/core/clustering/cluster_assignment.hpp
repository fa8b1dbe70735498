// Which stored clusters new receptors have neighbours in. The new ones are
// held; what is stored streams by, in blocks of bounded size. Nothing is
// clustered again, and nothing that is stored changes.
#pragma once
#include <cstdint>
#include <vector>

#include "base/ports.hpp"
#include "clustering/clustering_run.hpp"
#include "graph/neighbour_match.hpp"

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
    all_stored_ = true;
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
    match_.add(set, cluster_of, [&](const NeighbourPair& pair) { take(pair); });
  }
  void flush() {
    match_.flush([&](const NeighbourPair& pair) { take(pair); });
  }
  // `pair.other` is the cluster.
  void take(const NeighbourPair& pair);
  void gather_hits(ClusterAssignment* result);

  const ReceptorSet& fresh_;
  NeighbourMatch match_;
  bool clustered_ = true;
  bool all_stored_ = false;  // whether add_stored() has said anything
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
