// The nearest of many centroids without looking at all of them: centroids of
// a kind stand in a group, and only the groups whose middles are nearest to a
// sequence are searched (an inverted file, as Faiss's IndexIVF). Few centroids
// are searched one and all, which is exact.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "kmeans/centroid_groups.hpp"
#include "kmeans/distance_table.hpp"
#include "sequence/sequence_set.hpp"

namespace clustcr {

// Groups searched for a sequence: the true nearest centroid is found for more
// than 99 % of real CDR3s, and what is found for the others is hardly farther.
constexpr std::size_t kProbes = 10;

class CentroidIndex {
 public:
  // Without groups: an exact search.
  CentroidIndex(const SequenceEncoder& encoder,
                const std::vector<float>& centroids,
                const CentroidGroups& groups);

  // The nearest centroid of rows [begin, end), to nearest[0] and on.
  void find(const SequenceSet& set, std::size_t begin, std::size_t end,
            Nearest* nearest) const;

 private:
  void find_grouped(const SequenceSet& set, std::size_t begin, std::size_t end,
                    Nearest* nearest) const;

  std::unique_ptr<DistanceTable> middles_;  // null without groups
  std::vector<DistanceTable> tables_;       // one a group, or one of all
};

}  // namespace clustcr
