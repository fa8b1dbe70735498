// Markov clustering (MCL; van Dongen 2000): flow on a graph is expanded
// (matrix power) and inflated (entrywise power) by turns until it no longer
// changes; the rows of the attractors are the clusters.
#pragma once
#include <cstdint>
#include <vector>

#include "hamming_graph.hpp"
#include "ports.hpp"

namespace clustcr {

// The defaults of the method; R's formals are compared with them in a test.
struct MclOptions {
  double inflation = 1.2;  // > 1; larger gives finer clusters
  int expansion = 2;       // >= 2; the matrix power
  double prune = 0.001;    // entries below are dropped, but a column's largest
  int max_iterations = 100;
  double tolerance = 1e-8;           // stop when max(|a-b| - relative * |b|)
  double relative_tolerance = 1e-5;  // is at most `tolerance`
};

constexpr std::uint32_t kNoCluster = 0xffffffffu;

// For each node the smallest node of its cluster, or kNoCluster for a node
// without neighbours. Each connected component is clustered by itself, so the
// result of a component depends on nothing but its own nodes and their order.
// A node in the rows of several attractors goes to the one with most of its
// flow (of equal ones, the one whose cluster holds the smallest node).
// Throws InvalidArgument on bad options, Cancelled when the host says so.
std::vector<std::uint32_t> markov_clustering(const Graph& graph,
                                             const MclOptions& options,
                                             const Execution& execution);

}  // namespace clustcr
