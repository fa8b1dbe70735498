// The graph of receptors that are neighbours, in memory.
#pragma once
#include <vector>

#include "base/ports.hpp"
#include "graph/graph.hpp"
#include "graph/neighbour_rule.hpp"
#include "sequence/receptors.hpp"

namespace clustcr {

// All pairs (i < j) of neighbours among distinct receptors, in ascending
// order.
std::vector<Edge> neighbour_pairs(const ReceptorSet& set,
                                  const NeighbourRule& rule,
                                  const Execution& execution);

// Of each pair how far its receptors are apart by TCRdist, genes included.
std::vector<std::uint32_t> tcr_distances(const ReceptorSet& set,
                                         const std::vector<Edge>& pairs,
                                         const NeighbourRule& rule,
                                         const Execution& execution);

Graph neighbour_graph(const ReceptorSet& set, const NeighbourRule& rule,
                      const Execution& execution);

}  // namespace clustcr
