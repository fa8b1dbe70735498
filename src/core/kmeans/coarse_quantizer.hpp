// The coarse quantizer: k-means centroids of encoded sequences (trained by
// Faiss) and the nearest one of each sequence.
#pragma once
#include <cstdint>
#include <vector>

#include "base/ports.hpp"
#include "kmeans/centroid_index.hpp"
#include "sequence/sequence_encoder.hpp"
#include "sequence/sequence_set.hpp"

namespace clustcr {

struct TrainingOptions {
  std::size_t centroids = 1;
  int seed = 42;
  int iterations = 25;                // Faiss's default
  int max_points_per_centroid = 256;  // Faiss's default; more are not used
  // Profiles held at a time. Beyond them training takes some 60 bytes a point
  // and the sample itself; it changes no centroid.
  std::size_t block_bytes = std::size_t{16} << 20;
};

// Immutable once made.
class CoarseQuantizer {
 public:
  // Trains on the distinct sequences of `sample`, so that neither their order
  // nor their multiplicity matters; it is given up as soon as they are drawn
  // (move it in to save its memory). Throws InvalidArgument when there are
  // fewer than options.centroids of them.
  static CoarseQuantizer train(const SequenceEncoder& encoder,
                               SequenceSet sample,
                               const TrainingOptions& options,
                               const Execution& execution);
  // From stored centroids (count * encoder.dimensions() numbers) and their
  // groups; without groups all centroids are searched. Throws InvalidArgument
  // where they do not fit.
  CoarseQuantizer(const SequenceEncoder& encoder, std::vector<float> centroids,
                  CentroidGroups groups);
  // From centroids that were stored without groups (by version 0.1.0), which
  // are made as it did.
  CoarseQuantizer(const SequenceEncoder& encoder, std::vector<float> centroids);
  // The groups of such centroids, to be stored with them: empty for fewer
  // than kGroupedCentroids.
  static CentroidGroups make_groups(const SequenceEncoder& encoder,
                                    const std::vector<float>& centroids,
                                    const Execution& execution);

  std::size_t size() const { return centroids_.size() / encoder_.dimensions(); }
  const SequenceEncoder& encoder() const { return encoder_; }
  const std::vector<float>& centroids() const { return centroids_; }
  const CentroidGroups& groups() const { return groups_; }

  // The nearest centroid of every sequence of `set`: exactly without groups,
  // with them for more than 99 % of sequences.
  std::vector<std::uint32_t> assign(const SequenceSet& set,
                                    const Execution& execution) const;

 private:
  SequenceEncoder encoder_;
  std::vector<float> centroids_;
  CentroidGroups groups_;
  CentroidIndex index_;
};

}  // namespace clustcr
