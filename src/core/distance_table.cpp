#include "distance_table.hpp"

#include <algorithm>
#include <limits>

#include "simd.hpp"

namespace clustcr {
namespace {

constexpr std::size_t kTile = DistanceTable::kTile;

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
  for (int lane = 1; lane < 16; ++lane) least = a[lane] < least ? a[lane] : least;
  return least;
}

}  // namespace

DistanceTable::DistanceTable(const SequenceEncoder& encoder,
                             const float* centroids, std::size_t count)
    : encoder_(encoder),
      tiles_((count + kTile - 1) / kTile),
      tile_size_(kTile * (1 + static_cast<std::size_t>(
                                  encoder.max_sequence_size()) *
                                  kResidueCount)) {
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

// Tile by tile over the block, so that a tile's table stays in the cache
// while it serves all sequences of the block.
void DistanceTable::nearest(const SequenceSet& set, std::size_t begin,
                            std::size_t end, std::uint32_t* centroid,
                            float* distances) const {
  const std::size_t n = end - begin;
  std::vector<float> best(n, std::numeric_limits<float>::infinity());
  std::vector<const float*> terms(encoder_.max_sequence_size());
  alignas(64) float sums[kTile];
  std::fill(centroid, centroid + n, 0);
  for (std::size_t t = 0; t < tiles_; ++t) {
    const float* norms = terms_.data() + t * tile_size_;
    for (std::size_t i = 0; i < n; ++i) {
      const std::string_view sequence = set[begin + i];
      std::size_t cell = encoder_.first_cell(sequence.size());
      for (std::size_t p = 0; p < sequence.size(); ++p, ++cell)
        terms[p] = norms + kTile * (1 + cell * kResidueCount +
                                    residue_index(sequence[p]));
      const float least = sum_terms(norms, terms.data(), sequence.size(), sums);
      if (!(least < best[i])) continue;  // so that NaN is never nearest
      best[i] = least;
      centroid[i] = static_cast<std::uint32_t>(
          t * kTile + (std::find(sums, sums + kTile, least) - sums));
    }
  }
  if (!distances) return;
  for (std::size_t i = 0; i < n; ++i) {
    float norm = 0;
    for (char letter : set[begin + i])
      for (int p = 0; p < kProperties; ++p) {
        const float v = property_value(p, residue_index(letter));
        norm += v * v;
      }
    distances[i] = std::max(0.0f, best[i] + norm);
  }
}

}  // namespace clustcr
