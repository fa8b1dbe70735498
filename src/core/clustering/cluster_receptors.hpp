// Receptors to clusters, in memory: the graph of neighbours, MCL or its
// connected components, numbers.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.hpp"
#include "base/ports.hpp"
#include "clustering/run_settings.hpp"
#include "sequence/receptors.hpp"

namespace clustcr {

// Receptors that are clustered by themselves.
struct ReceptorGroup {
  ReceptorSet receptors;
  std::uint32_t precluster = 0;
  // Of each receptor, where they come from several preclusters.
  std::vector<std::uint32_t> preclusters;
  // None has a neighbor, as was found before: links are not looked for again.
  bool alone = false;

  std::uint32_t precluster_of(std::size_t i) const {
    return preclusters.empty() ? precluster : preclusters[i];
  }
};

// What was looked at, for the audit.
struct ClusterTotals {
  std::uint64_t receptors = 0;
  std::uint64_t occurrences = 0;  // (receptor, sample) pairs
  std::uint64_t edges = 0;
  std::uint64_t edges_within = 0;  // of these, inside a precluster
};

// Clustered receptors, a row each, ordered as number_clusters() orders them.
struct ClusterTable {
  ReceptorSet rows;
  std::vector<std::uint32_t> cluster;     // from 0, ascending
  std::vector<std::uint32_t> precluster;  // from 0
  std::uint32_t clusters = 0;
  ClusterTotals totals;
};

// Clusters the receptors of each group by themselves. What passes the settings'
// memory limit goes to files in `folder`, where that is given. With
// Method::kPreclusters each group is a cluster, numbered as the groups, empty
// ones included; with kEdges there are totals only.
ClusterTable cluster_receptors(std::vector<ReceptorGroup> groups,
                               const RunSettings& settings,
                               const Execution& execution,
                               const std::string& folder = {});

// A name for each cluster of `table` that depends on its members alone: a hash
// of their sequences and genes.
std::vector<std::uint64_t> cluster_ids(const ClusterTable& table);

// What of one different sequence makes a cluster's identity, which is their
// sum: of the sequences alone, in any order, so that it can also be had of a
// table that somebody sorted, or without the genes.
inline std::uint64_t identity_of(std::string_view sequence) {
  return hash64(sequence);
}
std::vector<std::uint64_t> cluster_identities(const ClusterTable& table);

}  // namespace clustcr
