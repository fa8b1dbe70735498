// Edges as users give them, made into those of a simple graph.
#pragma once
#include <algorithm>
#include <utility>
#include <vector>

#include "graph/graph.hpp"

namespace clustcr {

// Without loops, each edge once, the smaller node first; ascending.
inline std::vector<Edge> simple_edges(std::vector<Edge> edges) {
  edges.erase(std::remove_if(edges.begin(), edges.end(),
                             [](const Edge& e) { return e.first == e.second; }),
              edges.end());
  for (Edge& e : edges)
    if (e.first > e.second) std::swap(e.first, e.second);
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  return edges;
}

}  // namespace clustcr
