// The V (or J) genes that a receptor may have, made ready for many sequences:
// what they leave of a CDR3's ends.
#pragma once
#include <cstdint>
#include <vector>

#include "recombination/insertion_sums.hpp"
#include "recombination/recombination_model.hpp"
#include "recombination/segment_tree.hpp"

namespace clustcr {

// With D, one tree of all alleles, weighed by P(V). Without, a tree of each
// allele by itself: how V and J go together is told at the end.
class VSide {
 public:
  VSide(const RecombinationModel& model,
        const std::vector<std::uint32_t>& alleles);

  const std::vector<SegmentTree>& trees() const { return trees_; }
  const std::vector<std::uint32_t>& alleles() const { return alleles_; }

 private:
  std::vector<std::uint32_t> alleles_;
  std::vector<SegmentTree> trees_;
};

// With D, one tree with a column for each D; or, of one J, a column for all
// that shares() divides among them.
class JSide {
 public:
  JSide(const RecombinationModel& model,
        const std::vector<std::uint32_t>& alleles);

  const std::vector<SegmentTree>& trees() const { return trees_; }
  const std::vector<std::uint32_t>& alleles() const { return alleles_; }
  // P(D | J) of each D, where there is one column; else empty.
  const std::vector<double>& shares() const { return shares_; }

 private:
  std::vector<std::uint32_t> alleles_;
  std::vector<SegmentTree> trees_;
  std::vector<double> shares_;
};

// visit(node, place, sums by state) for each segment of the tree that fits the
// beginning of the sequence; `place` is where it ends.
template <class Visit>
void walk_from_left(const SegmentTree& tree, const CodonPath& path,
                    std::vector<StateVector>* stack, Visit&& visit) {
  stack->resize(tree.deepest() + 1);
  (*stack)[0] = {};
  (*stack)[0][kSame] = 1;
  const std::vector<SegmentTree::Node>& nodes = tree.nodes();
  for (std::size_t i = 0; i < nodes.size();) {
    const SegmentTree::Node& node = nodes[i];
    bool fits = false;
    if (node.depth <= path.letters()) {
      const StateVector& from = (*stack)[node.depth - 1u];
      StateVector& to = (*stack)[node.depth];
      to = {};
      for (const CodonLayer::Step& step :
           path.layer(node.depth - 1u).steps[node.letter]) {
        to[step.to] += from[step.from];
        fits |= from[step.from] != 0;
      }
      if (fits) visit(i, std::size_t{node.depth}, to);
    }
    i = fits ? i + 1 : node.after;
  }
}

// The same for the end of the sequence; `place` is where the segment begins,
// and the sums are what each state there comes to.
template <class Visit>
void walk_from_right(const SegmentTree& tree, const CodonPath& path,
                     const StateVector& accepted,
                     std::vector<StateVector>* stack, Visit&& visit) {
  stack->resize(tree.deepest() + 1);
  (*stack)[0] = accepted;
  const std::vector<SegmentTree::Node>& nodes = tree.nodes();
  for (std::size_t i = 0; i < nodes.size();) {
    const SegmentTree::Node& node = nodes[i];
    bool fits = false;
    if (node.depth <= path.letters()) {
      const std::size_t place = path.letters() - node.depth;
      const StateVector& from = (*stack)[node.depth - 1u];
      StateVector& to = (*stack)[node.depth];
      to = {};
      for (const CodonLayer::Step& step :
           path.layer(place).steps[node.letter]) {
        to[step.from] += from[step.to];
        fits |= from[step.to] != 0;
      }
      if (fits) visit(i, place, to);
    }
    i = fits ? i + 1 : node.after;
  }
}

}  // namespace clustcr
