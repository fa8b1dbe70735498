// The two halves of batch clustering as far as they touch the disk: sequences
// to preclusters, and preclusters to groups that are clustered.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/ports.hpp"
#include "kmeans/coarse_quantizer.hpp"
#include "sequence/sequence_set.hpp"
#include "store/batch_writer.hpp"
#include "store/precluster_store.hpp"

namespace clustcr {

// Some of a batch's rows; only so many are in memory at a time.
struct SequenceBlock {
  static constexpr std::size_t kRows = 1 << 16;

  SequenceSet sequences;
  std::vector<std::string> v_calls;             // one a row, or none at all
  std::vector<std::uint64_t> duplicate_counts;  // one a row, or none at all

  void clear();
};

// Where a batch comes from. Sequences must be valid (sequence_check.hpp).
class SequenceSource {
 public:
  virtual ~SequenceSource() = default;
  // Fills the empty block; false where nothing is left.
  virtual bool next(SequenceBlock* block) = 0;
};

// Hands each sequence of the source to the precluster of its nearest centroid.
void precluster_batch(SequenceSource* source, const CoarseQuantizer& quantizer,
                      BatchWriter* writer, const Execution& execution);

// One past the last of the preclusters that are clustered together when
// `first` is the first: as many as fit `memory_limit` bytes, but at least one,
// and no more than keep the threads busy.
std::size_t end_of_cluster_batch(const PreclusterStore& store,
                                 std::size_t first, std::uint64_t memory_limit);

// The sequences of a precluster, in order of arrival.
SequenceSet load_precluster(const PreclusterStore& store,
                            std::size_t precluster);

// The sequences of the preclusters [first, end) of the store.
std::vector<SequenceSet> load_preclusters(const PreclusterStore& store,
                                          std::size_t first, std::size_t end,
                                          const Execution& execution);

// Removes all that a run has written to its directory: the store, the plan and
// the progress of its clustering. Nothing else in the directory is touched.
void remove_run(PreclusterStore* store);

}  // namespace clustcr
