// Squared Euclidean distances from sequences to centroids, by table look-up.
#pragma once
#include <cstdint>
#include <vector>

#include "sequence_encoder.hpp"
#include "sequence_set.hpp"

namespace clustcr {

// The profile of a sequence is a
// sum over its positions, so is its product with a centroid:
//   |x - c|^2 = |x|^2 + |c|^2 - 2 sum over positions of  x_p . c_p
// and the term of (position, residue) is the same for every sequence. With
// these terms in a table, a distance costs one addition a residue instead of
// one multiply-add a dimension (128 for max_sequence_size 32), and it does
// not depend on which other sequences share the block, as it does with BLAS.
class DistanceTable {
 public:
  DistanceTable(const SequenceEncoder& encoder, const float* centroids,
                std::size_t count);

  // The nearest centroid of rows [begin, end); the lowest of equal ones.
  // `distances`, where given, receives the squared distances.
  void nearest(const SequenceSet& set, std::size_t begin, std::size_t end,
               std::uint32_t* centroid, float* distances = nullptr) const;

  static constexpr std::size_t kTile = 64;  // centroids done at a time

 private:
  SequenceEncoder encoder_;
  std::size_t tiles_;
  // Of each tile: kTile squared norms, then kTile terms for each
  // (cell, residue); what pads the last tile is infinitely far away.
  std::vector<float> terms_;
  std::size_t tile_size_;
};

}  // namespace clustcr
