// Sequences to clusters, in memory: Hamming-1 graph, MCL, numbers.
#pragma once
#include <cstdint>
#include <vector>

#include "base/ports.hpp"
#include "clustering/cluster_plan.hpp"
#include "mcl/markov_clustering.hpp"
#include "sequence/sequence_set.hpp"

namespace clustcr {

// Clustered sequences, ordered as number_clusters() orders them.
struct ClusterTable {
  SequenceSet sequences;
  std::vector<std::uint32_t> cluster;  // from 0, in the order of the rows
  std::vector<std::uint32_t> group;    // whose sequence: precluster, from 0
  std::vector<std::uint32_t> index;    // its place in that sorted group
  std::uint32_t clusters = 0;
};

// Clusters the sequences of each group by themselves: their Hamming-1 graph,
// MCL on its components. Groups need be neither sorted nor unique.
ClusterTable cluster_groups(std::vector<SequenceSet> groups,
                            const MclOptions& options, bool singletons,
                            const Execution& execution);

// The other way to cluster groups: each is a cluster ("faiss", k-means alone).
// Clusters are numbered as the groups, empty ones included.
ClusterTable groups_as_clusters(std::vector<SequenceSet> groups,
                                const Execution& execution);

// Clusters a unit of a plan as one group, or by precluster where it is divided.
// `group` of the result is the precluster.
ClusterTable cluster_unit(UnitRows rows, bool divided,
                          const MclOptions& options, bool singletons,
                          const Execution& execution);

}  // namespace clustcr
