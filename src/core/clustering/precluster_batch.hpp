// From the rows of a batch to preclusters on disk.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/ports.hpp"
#include "kmeans/coarse_quantizer.hpp"
#include "sequence/sequence_set.hpp"
#include "store/row_sink.hpp"

namespace clustcr {

// Some of a batch's rows; only so many are in memory at a time.
struct SequenceBlock {
  static constexpr std::size_t kRows = 1 << 16;

  SequenceSet sequences;
  // One a row, or none at all.
  std::vector<std::string> v_calls, j_calls;
  std::vector<std::uint64_t> duplicate_counts;

  void clear();
};

// Where a batch comes from. Sequences must be valid (sequence_check.hpp).
class SequenceSource {
 public:
  virtual ~SequenceSource() = default;
  // Fills the empty block; false where nothing is left.
  virtual bool next(SequenceBlock* block) = 0;
};

// Hands each sequence of the source to the precluster of its nearest centroid
// or, without a quantizer, to that of its hash among `preclusters`.
void precluster_batch(SequenceSource* source, const CoarseQuantizer* quantizer,
                      std::size_t preclusters, RowSink* sink,
                      const Execution& execution);

}  // namespace clustcr
