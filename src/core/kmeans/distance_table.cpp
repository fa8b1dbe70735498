#include "kmeans/distance_table.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "base/simd.hpp"

namespace clustcr {
namespace {

// 16 floats: one AVX-512 register, two of AVX2, four of SSE2. Explicit
// vectors, because -O2 leaves the sums in memory instead of in registers.
typedef float Lanes __attribute__((vector_size(64), aligned(4)));

// The sums of `count` term rows on top of `norms`, and the smallest of them.
CLUSTCR_SIMD_CLONES float sum_terms(const float* norms,
                                    const float* const* terms,
                                    std::size_t count, float* sums) {
  Lanes a, b, c, d;
  const Lanes* n = reinterpret_cast<const Lanes*>(norms);
  a = n[0], b = n[1], c = n[2], d = n[3];
  for (std::size_t i = 0; i < count; ++i) {
    const Lanes* t = reinterpret_cast<const Lanes*>(terms[i]);
    a += t[0], b += t[1], c += t[2], d += t[3];
  }
  Lanes* out = reinterpret_cast<Lanes*>(sums);
  out[0] = a, out[1] = b, out[2] = c, out[3] = d;
  a = a < b ? a : b;
  c = c < d ? c : d;
  a = a < c ? a : c;
  float least = a[0];
  for (int lane = 1; lane < 16; ++lane)
    least = a[lane] < least ? a[lane] : least;
  return least;
}

}  // namespace

DistanceTable::DistanceTable(const SequenceEncoder& encoder,
                             const float* centroids, std::size_t count,
                             std::vector<std::uint32_t> numbers)
    : encoder_(encoder),
      tiles_((count + kTile - 1) / kTile),
      tile_size_(kTile *
                 (1 + static_cast<std::size_t>(encoder.max_sequence_size()) *
                          kResidueCount)),
      numbers_(std::move(numbers)) {
  if (numbers_.empty()) {
    numbers_.resize(count);
    std::iota(numbers_.begin(), numbers_.end(), 0);
  }
  const int cells = encoder.max_sequence_size();
  const int dimensions = encoder.dimensions();
  terms_.assign(tiles_ * tile_size_, 0.0f);
  for (std::size_t k = 0; k < tiles_ * kTile; ++k) {
    float* tile = terms_.data() + k / kTile * tile_size_;
    const std::size_t lane = k % kTile;
    if (k >= count) {
      tile[lane] = std::numeric_limits<float>::infinity();
      continue;
    }
    const float* centroid = centroids + k * dimensions;
    float norm = 0;
    for (int d = 0; d < dimensions; ++d) norm += centroid[d] * centroid[d];
    tile[lane] = norm;
    for (int cell = 0; cell < cells; ++cell)
      for (int r = 0; r < kResidueCount; ++r) {
        float product = 0;
        for (int p = 0; p < kProperties; ++p)
          product += property_value(p, r) * centroid[p * cells + cell];
        tile[kTile * (1 + cell * kResidueCount + r) + lane] = -2 * product;
      }
  }
}

// Where the terms of a row's residues lie in a tile; returns their number.
std::size_t DistanceTable::find_terms(const SequenceSet& set, std::size_t row,
                                      const float* tile,
                                      const float** terms) const {
  const std::string_view sequence = set[row];
  std::size_t cell = encoder_.first_cell(sequence.size());
  for (std::size_t p = 0; p < sequence.size(); ++p, ++cell)
    terms[p] =
        tile + kTile * (1 + cell * kResidueCount + residue_index(sequence[p]));
  return sequence.size();
}

// Tile by tile over the block, so that a tile's table stays in the cache
// while it serves all sequences of the block.
void DistanceTable::improve(const SequenceSet& set, std::size_t first,
                            const std::uint32_t* rows, std::size_t n,
                            Nearest* nearest) const {
  std::vector<const float*> terms(encoder_.max_sequence_size());
  alignas(64) float sums[kTile];
  for (std::size_t t = 0; t < tiles_; ++t) {
    const float* tile = terms_.data() + t * tile_size_;
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t count =
          find_terms(set, first + rows[i], tile, terms.data());
      const float least = sum_terms(tile, terms.data(), count, sums);
      Nearest& best = nearest[rows[i]];
      if (!(least <= best.distance)) continue;  // NaN is never nearest
      const std::size_t which =
          t * kTile + (std::find(sums, sums + kTile, least) - sums);
      if (which < numbers_.size()) best.improve(least, numbers_[which]);
    }
  }
}

void DistanceTable::distances(const SequenceSet& set, std::size_t row,
                              float* distances) const {
  std::vector<const float*> terms(encoder_.max_sequence_size());
  for (std::size_t t = 0; t < tiles_; ++t) {
    const float* tile = terms_.data() + t * tile_size_;
    const std::size_t count = find_terms(set, row, tile, terms.data());
    sum_terms(tile, terms.data(), count, distances + t * kTile);
  }
}

}  // namespace clustcr
