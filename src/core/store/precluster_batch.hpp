// From the rows of a batch to preclusters on disk.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/ports.hpp"
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

  StoredRow row(std::size_t i) const;
  void clear();
};

// Where a batch comes from. Sequences must be valid (sequence_check.hpp).
class SequenceSource {
 public:
  virtual ~SequenceSource() = default;
  // Fills the empty block; false where nothing is left.
  virtual bool next(SequenceBlock* block) = 0;
};

// The precluster of each of some sequences: that of the nearest centroid, which
// a store knows nothing of, or ...
using ChoosePreclusters = std::function<std::vector<std::uint32_t>(
    const SequenceSet&, const Execution&)>;
// ... that of a sequence's hash among `preclusters`.
ChoosePreclusters by_hash(std::size_t preclusters);

// Hands each row of the source to the precluster that its sequence has.
void precluster_batch(SequenceSource* source, const ChoosePreclusters& choose,
                      RowSink* sink, const Execution& execution);

}  // namespace clustcr
