// Groups of centroids of a kind, which make the search among many centroids
// short (see centroid_index.hpp). They decide which centroid is found for a
// sequence, so they are made once, when the centroids are trained, and stored
// with them: made anew by another build of Faiss they could differ, and one
// sequence would go to two preclusters.
#pragma once
#include <cstdint>
#include <vector>

#include "base/ports.hpp"
#include "sequence/sequence_encoder.hpp"

namespace clustcr {

// From so many centroids on, groups pay.
constexpr std::size_t kGroupedCentroids = 4096;

struct CentroidGroups {
  std::vector<float> middles;           // a row of dimensions for each group
  std::vector<std::uint32_t> group_of;  // of each centroid, from 0

  bool empty() const { return middles.empty() && group_of.empty(); }
};

// K-means of the centroids, the same for any number of threads; no groups for
// fewer than kGroupedCentroids.
CentroidGroups group_centroids(const SequenceEncoder& encoder,
                               const std::vector<float>& centroids,
                               const Execution& execution);

// Groups that come from a file: throws InvalidArgument unless they are empty
// or give each of `centroids` centroids a group that has a finite middle.
void check_groups(const SequenceEncoder& encoder, const CentroidGroups& groups,
                  std::size_t centroids);

}  // namespace clustcr
