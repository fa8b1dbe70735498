// The connected components of all receptors of a store, out of core.
// Preclusters cut links; components are what MCL never joins, so units of
// whole components give the clusters of the whole graph.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/ports.hpp"
#include "graph/neighbour_rule.hpp"
#include "store/receptor_parts.hpp"

namespace clustcr {

struct ComponentJoin {
  static constexpr std::uint32_t kAlone = 0xffffffffu;

  // Receptor i of part p (ReceptorParts' order) is number first[p] + i.
  std::vector<std::uint32_t> first;
  // Of each receptor its component, or kAlone.
  std::vector<std::uint32_t> component;
  // Receptors of each component; all 2 or more.
  std::vector<std::uint32_t> component_size;
  std::uint64_t occurrences = 0;  // (receptor, sample) pairs
  // Edges of distance 1, told by keys alone.
  std::uint64_t edges = 0;
};

// Joins the keys of all receptors. Takes about `memory_limit` bytes, of which
// 8 a receptor can't be helped; partitions that do not fit go to files in
// `folder`, which are removed again. `receptors`: about how many there are;
// `longest_possible`: residues of a sequence at most.
ComponentJoin join_components(ReceptorParts* parts, const NeighbourRule& rule,
                              const std::string& folder,
                              std::size_t longest_possible,
                              std::uint64_t receptors,
                              std::uint64_t memory_limit,
                              const Execution& execution);

}  // namespace clustcr
