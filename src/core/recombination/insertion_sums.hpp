// Sums over all that may be inserted between two genes. What begins at
// different places is kept apart, in lanes, because how long it may get depends
// on where it began; lanes take each step together.
#pragma once
#include <cstdint>
#include <vector>

#include "recombination/codon_states.hpp"
#include "recombination/recombination_model.hpp"

namespace clustcr {

// A sequence by the states of its residues.
struct CodonPath {
  std::vector<const CodonStates*> residues;
  std::size_t letters() const { return 3 * residues.size(); }
  const CodonLayer& layer(std::size_t letter) const {
    return residues[letter / 3]->layers[letter % 3];
  }
};

// Sums by place (before letter p, p from 0 to the number of letters).
using PlaceSums = std::vector<StateVector>;

// The places where a gene ends (or begins): sums at `first` and the places that
// follow, for each of `blocks` apart.
struct GeneEnds {
  std::size_t first = 0, count = 0, blocks = 1;
  std::vector<StateVector> sums;  // at block * count + place - first

  bool any() const { return count > 0; }
  const StateVector& at(std::size_t block, std::size_t place) const {
    return sums[block * count + place - first];
  }
  // From sums of all places, a block after the other, without places that are
  // nothing.
  void gather(const PlaceSums* of_blocks, std::size_t number,
              std::size_t places);
};

class InsertionSums {
 public:
  struct Scratch {
    std::vector<double> now, next, totals;
    std::size_t stride = 0;
  };

  // `most_lanes`: the most letters that a gene leaves.
  InsertionSums(const Insertion& insertion, std::size_t most_lanes);

  // From where V ends to the right: adds to `sums` (of blocks, one after the
  // other) what ends at each place.
  void forward(const CodonPath& path, const GeneEnds& starts,
               PlaceSums* of_blocks, Scratch* scratch) const;
  // The same with each lane apart, of one block or more: of lane i (block *
  // lane_stride + place - first) at place p and state s at
  // (p * kStateSlots + s) * lanes + i.
  void forward_lanes(const CodonPath& path, const GeneEnds& starts,
                     std::vector<double>* lanes, Scratch* scratch) const;
  static std::size_t lane_stride(const GeneEnds& starts) {
    return (starts.count + 3) / 4 * 4;
  }

  // From where J begins to the left, with letters that depend on the one to
  // their right.
  void backward(const CodonPath& path, const GeneEnds& starts,
                PlaceSums* of_blocks, Scratch* scratch) const;

 private:
  template <class Sink>
  void walk_right(const CodonPath& path, const GeneEnds& starts,
                  Scratch* scratch, Sink&& sink) const;
  void prepare(const GeneEnds& starts, Scratch* scratch) const;
  std::size_t longest() const { return length_.size() - 1; }

  std::vector<double> length_;  // P(n letters)
  std::array<double, 4> first_;
  std::array<double, 16> to_right_, to_left_;  // at 4 * the left letter + right
  std::size_t margin_;
  // P(n) by lanes: falling and rising n, with zeros around.
  std::vector<double> falling_, rising_;
};

}  // namespace clustcr
