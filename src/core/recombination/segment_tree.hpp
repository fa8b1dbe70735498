// What V (or J) genes of a set may leave in a CDR3, as a tree of letters: genes
// that begin alike share the way. A sequence walks down as far as it fits.
#pragma once
#include <cstdint>
#include <vector>

#include "recombination/nucleotides.hpp"

namespace clustcr {

class SegmentTree {
 public:
  struct Node {
    std::uint8_t letter;
    std::uint16_t depth;  // letters so far, this one too
    std::uint32_t after;  // the first node that is not below this one
  };

  // Each segment has `columns` weights.
  explicit SegmentTree(std::size_t columns) : columns_(columns) {}

  // `remain[k]`: the probability that the first k letters remain.
  void add(const Nucleotides& letters, const std::vector<double>& remain,
           const std::vector<double>& weights);
  // Once all are added: lays the nodes out in the order of a walk, without
  // those at and below which all weights are 0.
  void finish();

  std::size_t columns() const { return columns_; }
  const std::vector<Node>& nodes() const { return nodes_; }
  const double* weights(std::size_t node) const {
    return &weights_[node * columns_];
  }
  std::size_t deepest() const { return deepest_; }

 private:
  struct Draft {
    std::array<std::int32_t, 4> below{-1, -1, -1, -1};
    std::vector<double> weights;
  };
  bool lay_out(std::size_t draft, std::uint8_t letter, std::uint16_t depth);

  std::size_t columns_, deepest_ = 0;
  std::vector<Draft> drafts_{1};
  std::vector<Node> nodes_;
  std::vector<double> weights_;
};

}  // namespace clustcr
