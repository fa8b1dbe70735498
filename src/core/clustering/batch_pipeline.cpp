#include "clustering/batch_pipeline.hpp"

#include "base/parallel.hpp"
#include "clustering/cluster_memory.hpp"
#include "clustering/cluster_plan.hpp"
#include "clustering/clustering_progress.hpp"

namespace clustcr {
namespace {

// More preclusters at a time no longer help the threads, but make the caller
// wait longer for each data frame.
constexpr std::size_t kMostPreclusters = 64;

}  // namespace

void SequenceBlock::clear() {
  sequences.clear();
  v_calls.clear();
  duplicate_counts.clear();
}

void precluster_batch(SequenceSource* source, const CoarseQuantizer& quantizer,
                      BatchWriter* writer, const Execution& execution) {
  CancelPoll poll(execution.host);
  SequenceBlock block;
  std::size_t done = 0;
  while (source->next(&block)) {
    poll.check();
    const std::vector<std::uint32_t> nearest =
        quantizer.assign(block.sequences, execution);
    for (std::size_t i = 0; i < nearest.size(); ++i) {
      StoredRow row;
      row.sequence = block.sequences[i];
      if (!block.v_calls.empty()) row.v_call = block.v_calls[i];
      if (!block.duplicate_counts.empty())
        row.duplicate_count = block.duplicate_counts[i];
      writer->add(nearest[i], row);
    }
    done += nearest.size();
    if (execution.host) execution.host->progress(done, 0);
    block.clear();
  }
}

std::size_t end_of_cluster_batch(const PreclusterStore& store,
                                 std::size_t first,
                                 std::uint64_t memory_limit) {
  const std::size_t preclusters = store.manifest().preclusters;
  std::uint64_t rows = 0;
  std::size_t end = first;
  while (end < preclusters && end - first < kMostPreclusters) {
    rows += store.end_of(end).rows;
    if (end > first && rows * kClusterBytesPerRow > memory_limit) break;
    ++end;
  }
  return end;
}

SequenceSet load_precluster(const PreclusterStore& store,
                            std::size_t precluster) {
  SequenceSet set(static_cast<std::size_t>(store.manifest().max_sequence_size));
  store.read(precluster, [&](const StoredRow& row) {
    // Not before: by now the file is known to be as large as its record says.
    if (set.empty()) set.reserve(store.end_of(precluster).rows);
    set.push_back(row.sequence);
  });
  return set;
}

std::vector<SequenceSet> load_preclusters(const PreclusterStore& store,
                                          std::size_t first, std::size_t end,
                                          const Execution& execution) {
  std::vector<SequenceSet> groups(end - first);
  parallel_for(groups.size(), 1, execution,
               [&](std::size_t g, std::size_t, int) {
                 groups[g] = load_precluster(store, first + g);
               });
  return groups;
}

void remove_run(PreclusterStore* store) {
  remove_plan(*store);
  remove_progress(*store);
  store->remove();
}

}  // namespace clustcr
