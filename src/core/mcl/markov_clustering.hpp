// Markov clustering (MCL; van Dongen 2000): flow on a graph is expanded
// (matrix power) and inflated (entrywise power) by turns until it no longer
// changes; the rows of the attractors are the clusters.
#pragma once
#include <cstdint>
#include <vector>

#include "base/ports.hpp"
#include "graph/graph.hpp"
#include "mcl/mcl_memory.hpp"
#include "mcl/mcl_options.hpp"

namespace clustcr {

constexpr std::uint32_t kNoCluster = 0xffffffffu;

// For each node the smallest node of its cluster, or kNoCluster for a node
// without neighbours. Each connected component is clustered by itself, so the
// result of a component depends on nothing but its own nodes and their order.
// A node in the rows of several attractors goes to the one with most of its
// flow (of equal ones, the one whose cluster holds the smallest node).
// Throws InvalidArgument on bad options, Cancelled when the host says so,
// StoreError where a file of `memory` can't be written ("disk_full" or "io").
std::vector<std::uint32_t> markov_clustering(const Graph& graph,
                                             const MclOptions& options,
                                             const Execution& execution,
                                             const MclMemory& memory = {});

}  // namespace clustcr
