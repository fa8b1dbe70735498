#include "markov_clustering.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "errors.hpp"
#include "mcl_component.hpp"
#include "mcl_engine.hpp"
#include "parallel.hpp"

namespace clustcr {

std::vector<std::uint32_t> markov_clustering(const Graph& graph,
                                             const MclOptions& options,
                                             const Execution& execution) {
  std::vector<std::uint32_t> label(graph.size(), kNoCluster);
  std::uint32_t count = 0;
  const auto component = connected_components(graph, &count);
  std::vector<std::vector<std::uint32_t>> nodes(count);
  std::vector<std::uint32_t> local(graph.size());
  for (std::uint32_t i = 0; i < graph.size(); ++i) {
    local[i] = nodes[component[i]].size();
    nodes[component[i]].push_back(i);
  }
  std::vector<std::uint32_t> offsets, neighbours, labels;
  std::vector<mcl::Worker> workers(execution.threads);
  mcl::Engine engine;
  for (auto& c : nodes) {
    if (c.size() < 2) continue;
    offsets.assign(1, 0);
    neighbours.clear();
    for (auto i : c) {
      for (auto* j = graph.begin(i); j != graph.end(i); ++j)
        neighbours.push_back(local[*j]);
      offsets.push_back(neighbours.size());
    }
    labels.resize(c.size());
    engine({(std::uint32_t)c.size(), offsets.data(), neighbours.data()}, options, execution, workers.data(), labels.data());
    for (std::size_t j = 0; j < c.size(); ++j) label[c[j]] = c[labels[j]];
  }
  return label;
}

}  // namespace clustcr
