#include "store/precluster_batch.hpp"

#include "base/hash.hpp"
#include "base/parallel.hpp"

namespace clustcr {

ChoosePreclusters by_hash(std::size_t preclusters) {
  return [preclusters](const SequenceSet& set, const Execution&) {
    std::vector<std::uint32_t> precluster(set.size());
    for (std::size_t i = 0; i < set.size(); ++i)
      precluster[i] = static_cast<std::uint32_t>(hash64(set[i]) % preclusters);
    return precluster;
  };
}

StoredRow SequenceBlock::row(std::size_t i) const {
  StoredRow row;
  row.sequence = sequences[i];
  if (!v_calls.empty()) row.v_call = v_calls[i];
  if (!j_calls.empty()) row.j_call = j_calls[i];
  if (!duplicate_counts.empty()) row.duplicate_count = duplicate_counts[i];
  return row;
}

void SequenceBlock::clear() {
  sequences.clear();
  v_calls.clear();
  j_calls.clear();
  duplicate_counts.clear();
}

void precluster_batch(SequenceSource* source, const ChoosePreclusters& choose,
                      RowSink* sink, const Execution& execution) {
  CancelPoll poll(execution.host);
  SequenceBlock block;
  std::size_t done = 0;
  while (source->next(&block)) {
    poll.check();
    const std::vector<std::uint32_t> precluster =
        choose(block.sequences, execution);
    sink->add_all(
        precluster, [&](std::size_t i) { return block.row(i); }, execution);
    done += precluster.size();
    if (execution.host) execution.host->progress(done, 0);
    block.clear();
  }
}

}  // namespace clustcr
