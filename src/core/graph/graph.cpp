#include "graph/graph.hpp"

#include <algorithm>

namespace clustcr {

Graph graph_from_edges(std::size_t n, const std::vector<Edge>& edges,
                       const std::vector<float>& weights) {
  Graph graph;
  graph.offsets.assign(n + 1, 0);
  for (const Edge& e : edges) {
    ++graph.offsets[e.first + 1];
    ++graph.offsets[e.second + 1];
  }
  for (std::size_t i = 0; i < n; ++i) graph.offsets[i + 1] += graph.offsets[i];
  graph.neighbours.resize(2 * edges.size());
  std::vector<std::uint64_t> next(graph.offsets.begin(),
                                  graph.offsets.end() - 1);
  for (const Edge& e : edges) {
    graph.neighbours[next[e.first]++] = e.second;
    graph.neighbours[next[e.second]++] = e.first;
  }
  for (std::size_t i = 0; i < n; ++i)
    std::sort(graph.neighbours.begin() + graph.offsets[i],
              graph.neighbours.begin() + graph.offsets[i + 1]);
  if (weights.empty()) return graph;
  graph.weights.resize(graph.neighbours.size());
  const auto weigh = [&](std::uint32_t from, std::uint32_t to, float weight) {
    const std::uint32_t* at =
        std::lower_bound(graph.begin(from), graph.end(from), to);
    graph.weights[at - graph.neighbours.data()] = weight;
  };
  for (std::size_t k = 0; k < edges.size(); ++k) {
    weigh(edges[k].first, edges[k].second, weights[k]);
    weigh(edges[k].second, edges[k].first, weights[k]);
  }
  return graph;
}

std::vector<std::uint32_t> connected_components(const Graph& graph,
                                                std::uint32_t* count) {
  const std::size_t n = graph.size();
  constexpr std::uint32_t kUnseen = 0xffffffffu;
  std::vector<std::uint32_t> component(n, kUnseen);
  std::vector<std::uint32_t> queue;
  std::uint32_t components = 0;
  for (std::size_t start = 0; start < n; ++start) {
    if (component[start] != kUnseen) continue;
    component[start] = components;
    if (graph.degree(start) == 0) {
      ++components;
      continue;
    }
    queue.assign(1, static_cast<std::uint32_t>(start));
    while (!queue.empty()) {
      const std::uint32_t node = queue.back();
      queue.pop_back();
      for (const std::uint32_t* j = graph.begin(node); j != graph.end(node);
           ++j) {
        if (component[*j] != kUnseen) continue;
        component[*j] = components;
        queue.push_back(*j);
      }
    }
    ++components;
  }
  if (count) *count = components;
  return component;
}

}  // namespace clustcr
