// The Hamming-1 graph's connected components over a whole store, out of core.
// K-means borders cut edges; components are what MCL never joins, so units of
// whole components give the clusters of the whole graph.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/ports.hpp"
#include "store/unique_preclusters.hpp"

namespace clustcr {

struct BorderJoin {
  static constexpr std::uint32_t kAlone = 0xffffffffu;

  // Sequence i of precluster p (UniquePreclusters' order) is number
  // first[p] + i.
  std::vector<std::uint32_t> first;
  // Of each sequence its component, or kAlone.
  std::vector<std::uint32_t> component;
  // Sequences of each component; all 2 or more.
  std::vector<std::uint32_t> component_size;
  std::uint64_t edges = 0;         // of the whole graph
  std::uint64_t edges_within = 0;  // of these, inside a precluster
};

// Joins all masked hashes of the store. Takes about `memory_limit` bytes, of
// which 8 a sequence can't be helped; partitions that do not fit go to files
// in `folder`, which are removed again.
BorderJoin join_borders(UniquePreclusters* preclusters,
                        const std::string& folder, std::uint64_t sequences,
                        std::uint64_t memory_limit, const Execution& execution);

}  // namespace clustcr
