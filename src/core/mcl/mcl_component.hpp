// What the engines of Markov clustering share: a connected component with its
// nodes numbered from 0, and the columns of its flow matrix.
#pragma once
#include <cstdint>
#include <vector>

namespace clustcr {
namespace mcl {

// The numbers of a flow matrix. Single precision takes two thirds of the time
// of double, and the clusters come out the same: all of the golden results and
// of hip07754's 123,301 sequences, and all but 10 of a million.
using Flow = float;

// A component as compressed rows, its nodes in the order of the whole graph.
// Views, so that tens of thousands of tiny components cost no allocation.
struct Component {
  std::uint32_t size = 0;
  const std::uint32_t* offsets = nullptr;     // size + 1
  const std::uint32_t* neighbours = nullptr;  // ascending, without the node
  const float* weights = nullptr;  // of the neighbours; null where all are 1

  std::uint32_t degree(std::uint32_t i) const {
    return offsets[i + 1] - offsets[i];
  }
  const std::uint32_t* begin(std::uint32_t i) const {
    return neighbours + offsets[i];
  }
  const std::uint32_t* end(std::uint32_t i) const {
    return neighbours + offsets[i + 1];
  }
};

// A sparse column: where a node's flow goes, rows ascending.
struct Column {
  const std::uint32_t* rows = nullptr;
  const Flow* values = nullptr;
  std::uint32_t size = 0;
};

}  // namespace mcl
}  // namespace clustcr
