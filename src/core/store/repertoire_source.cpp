#include "store/repertoire_source.hpp"

#include <algorithm>
#include <cmath>

#include "base/parallel.hpp"

namespace clustcr {

bool RepertoireSource::next(SequenceBlock* block) {
  constexpr std::size_t kGrain = 1 << 13;
  look_at_more();
  parallel_for(looked_at_.size(), kGrain, execution_,
               [&](std::size_t begin, std::size_t end, int) {
                 for (std::size_t i = begin; i < end; ++i) {
                   Looked& row = looked_at_[i];
                   row.sequence = cdr3_of(*row.table, row.row, rules_);
                   row.problem = check_sequence(row.sequence, longest_);
                 }
               });
  const bool any = !looked_at_.empty();
  std::size_t n = 0;
  for (const Looked& row : looked_at_) {
    ++counts_[static_cast<std::size_t>(row.problem)];
    if (row.problem == SequenceProblem::kNone) looked_at_[n++] = row;
  }
  looked_at_.resize(n);
  std::size_t longest = 0;
  for (const Looked& row : looked_at_)
    longest = std::max(longest, row.sequence.size());
  block->sequences = SequenceSet(longest, n);
  if (v_call_.source.there()) block->v_calls.resize(n);
  if (j_call_.source.there()) block->j_calls.resize(n);
  if (!rules_.counts.empty()) block->duplicate_counts.resize(n);
  parallel_for(n, kGrain, execution_,
               [&](std::size_t begin, std::size_t end, int) {
                 for (std::size_t i = begin; i < end; ++i)
                   put(looked_at_[i], i, block);
               });
  return any;
}

void RepertoireSource::look_at_more() {
  looked_at_.clear();
  for (; part_ < rows_.kept.size(); ++part_, at_ = 0) {
    const std::vector<std::uint32_t>& kept = rows_.kept[part_];
    for (; at_ < kept.size(); ++at_, ++number_) {
      if (looked_at_.size() == SequenceBlock::kRows) return;
      looked_at_.push_back({rows_.parts[part_].block.get(),
                            kept[at_],
                            number_,
                            {},
                            SequenceProblem::kNone});
    }
  }
}

void RepertoireSource::put(const Looked& row, std::size_t i,
                           SequenceBlock* block) const {
  block->sequences.put(i, row.sequence);
  if (v_call_.source.there())
    block->v_calls[i] = v_call_.names[v_call_.source.code(*row.table, row.row)];
  if (j_call_.source.there())
    block->j_calls[i] = j_call_.names[j_call_.source.code(*row.table, row.row)];
  if (rules_.counts.empty()) return;
  const double count = rows_.counts[row.number];
  block->duplicate_counts[i] =
      std::isnan(count) ? 1 : static_cast<std::uint64_t>(count);
}

}  // namespace clustcr
