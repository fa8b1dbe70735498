// Undirected graphs, whatever their edges mean.
#pragma once
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace clustcr {

// An undirected graph as compressed rows: the neighbours of node i, ascending,
// without i itself, are neighbours[offsets[i] .. offsets[i + 1]).
struct Graph {
  std::vector<std::uint64_t> offsets{0};
  std::vector<std::uint32_t> neighbours;
  // How much each counts, above 0; nothing where all count 1.
  std::vector<float> weights;

  std::size_t size() const { return offsets.size() - 1; }
  std::size_t degree(std::size_t i) const {
    return offsets[i + 1] - offsets[i];
  }
  const std::uint32_t* begin(std::size_t i) const {
    return neighbours.data() + offsets[i];
  }
  const float* weights_begin(std::size_t i) const {
    return weights.data() + offsets[i];
  }
  const std::uint32_t* end(std::size_t i) const {
    return neighbours.data() + offsets[i + 1];
  }
};

using Edge = std::pair<std::uint32_t, std::uint32_t>;

// n nodes and each edge once, in either direction, with the edges' weights if
// they have any.
Graph graph_from_edges(std::size_t n, const std::vector<Edge>& edges,
                       const std::vector<float>& weights = {});

// The number of each node's connected component, numbered by smallest node.
std::vector<std::uint32_t> connected_components(const Graph& graph,
                                                std::uint32_t* count);

}  // namespace clustcr
