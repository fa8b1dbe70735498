// What is asked of Faiss: k-means. All else of this room is ours. A build may
// lack Faiss; it finds the nearest of centroids that were trained elsewhere,
// and says of training that it can't.
#pragma once
#include <string>
#include <vector>

#include "base/ports.hpp"
#include "kmeans/centroid_groups.hpp"
#include "sequence/sequence_encoder.hpp"
#include "sequence/sequence_set.hpp"

namespace clustcr {

struct KmeansOptions {
  std::size_t centroids = 1;
  int iterations = 25;
  int seed = 42;
  int threads = 1;
  std::size_t block = 32768;  // codes decoded at a time
};

// "1.7.3"; empty in a build without Faiss.
std::string faiss_version();

// Centroids of the profiles of `points`, a row for each. Throws
// Error("no_faiss") in a build without Faiss, and Error("faiss").
std::vector<float> train_centroids(const SequenceEncoder& encoder,
                                   const SequenceSet& points,
                                   const KmeansOptions& options,
                                   const Execution& execution);

// The middles of groups of centroids, and the nearest middle of each. Throws as
// train_centroids() does.
CentroidGroups train_groups(int dimensions, const std::vector<float>& centroids,
                            const KmeansOptions& options,
                            const Execution& execution);

}  // namespace clustcr
