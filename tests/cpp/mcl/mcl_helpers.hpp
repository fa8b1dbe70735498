// What the tests of Markov clustering share.
#pragma once
#include <cstdint>
#include <random>
#include <vector>

#include "graph/graph.hpp"
#include "mcl/mcl_options.hpp"

namespace clustcr {

using Labels = std::vector<std::uint32_t>;

inline MclOptions with(double inflation, int expansion) {
  MclOptions options;
  options.inflation = inflation;
  options.expansion = expansion;
  return options;
}

// Groups of nodes that are dense inside and thinly joined: what MCL is for.
inline Graph planted_graph(std::size_t groups, std::size_t size,
                           std::mt19937* random) {
  std::uniform_real_distribution<double> uniform;
  std::vector<Edge> edges;
  const std::uint32_t n = static_cast<std::uint32_t>(groups * size);
  for (std::uint32_t i = 0; i < n; ++i)
    for (std::uint32_t j = i + 1; j < n; ++j)
      if (uniform(*random) < (i / size == j / size ? 0.5 : 1.5 / n))
        edges.emplace_back(i, j);
  return graph_from_edges(n, edges);
}

}  // namespace clustcr
