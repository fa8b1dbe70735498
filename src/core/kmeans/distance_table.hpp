// Squared Euclidean distances from sequences to centroids, by table look-up.
//
// The profile of a sequence is a sum over its positions, so is its product
// with a centroid:
//   |x - c|^2 = |x|^2 + |c|^2 - 2 sum over positions of  x_p . c_p
// and the term of (position, residue) is the same for every sequence. With
// these terms in a table, a distance costs one addition a residue instead of
// one multiply-add a dimension (128 for max_sequence_size 32), and it does
// not depend on which other sequences share the block, as it does with BLAS.
// All distances here lack |x|^2, which does not decide which is the nearest.
#pragma once
#include <cstdint>
#include <vector>

#include "sequence/sequence_encoder.hpp"
#include "sequence/sequence_set.hpp"

namespace clustcr {

// The nearest centroid so far.
struct Nearest {
  float distance;
  std::uint32_t centroid;

  // Equal distances go to the lower number, so that the order in which
  // centroids are looked at does not matter.
  void improve(float other, std::uint32_t number) {
    if (other < distance || (other == distance && number < centroid))
      *this = {other, number};
  }
};

class DistanceTable {
 public:
  static constexpr std::size_t kTile = 64;  // centroids done at a time

  // `numbers`: what the centroids are called; 0, 1, ... where it is empty.
  DistanceTable(const SequenceEncoder& encoder, const float* centroids,
                std::size_t count, std::vector<std::uint32_t> numbers = {});

  // Improves nearest[row] for `n` rows, counted from row `first` of `set`.
  void improve(const SequenceSet& set, std::size_t first,
               const std::uint32_t* rows, std::size_t n,
               Nearest* nearest) const;

  // The distances of one row to all centroids; `distances` has room for
  // padded_size() numbers.
  void distances(const SequenceSet& set, std::size_t row,
                 float* distances) const;
  std::size_t padded_size() const { return tiles_ * kTile; }

 private:
  std::size_t find_terms(const SequenceSet& set, std::size_t row,
                         const float* tile, const float** terms) const;

  SequenceEncoder encoder_;
  std::size_t tiles_;
  // Of each tile: kTile squared norms, then kTile terms for each
  // (cell, residue); what pads the last tile is infinitely far away.
  std::size_t tile_size_;
  std::vector<float> terms_;
  std::vector<std::uint32_t> numbers_;
};

}  // namespace clustcr
