// What a clustering is done with.
#pragma once
#include <cstdint>
#include <string>

#include "graph/neighbour_rule.hpp"
#include "mcl/mcl_options.hpp"

namespace clustcr {

enum class Method {
  kMcl,          // Markov clustering of the graph
  kComponents,   // its connected components
  kPreclusters,  // each precluster is a cluster (k-means alone)
  kEdges         // no clusters: the graph's edges are counted
};

struct RunSettings {
  Method method = Method::kMcl;
  // Whether links across preclusters count; else each is clustered by itself.
  bool join = false;
  NeighbourRule rule;
  MclOptions mcl;
  // Whether near neighbours count more in MCL; by TCRdist.
  bool weighted = false;
  bool singletons = false;  // whether receptors without neighbours are rows
  std::uint64_t memory_limit = std::uint64_t{1} << 31;
  // Whether a component that needs more is divided along preclusters; else its
  // flow matrices go to files, and it stays whole.
  bool divide = false;
};

// As lines "key <tab> value", each setting once; and back, throwing
// std::invalid_argument on anything else.
std::string settings_to_text(const RunSettings& settings);
RunSettings settings_from_text(std::string_view text);

}  // namespace clustcr
