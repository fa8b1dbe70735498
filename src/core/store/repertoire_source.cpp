#include "store/repertoire_source.hpp"

#include <cmath>

namespace clustcr {

bool RepertoireSource::next(SequenceBlock* block) {
  std::size_t taken = 0;
  for (; part_ < rows_.kept.size(); ++part_, at_ = 0) {
    const std::vector<std::uint32_t>& kept = rows_.kept[part_];
    const TableBlock& table = *rows_.parts[part_].block;
    for (; at_ < kept.size(); ++at_, ++number_) {
      if (taken++ == SequenceBlock::kRows) return true;
      const std::size_t row = kept[at_];
      const std::string_view sequence = cdr3_of(table, row, rules_);
      const SequenceProblem problem = check_sequence(sequence, longest_);
      ++counts_[static_cast<std::size_t>(problem)];
      if (problem != SequenceProblem::kNone) continue;
      block->sequences.push_back(sequence);
      if (v_call_.source.there())
        block->v_calls.push_back(
            v_call_.names[v_call_.source.code(table, row)]);
      if (j_call_.source.there())
        block->j_calls.push_back(
            j_call_.names[j_call_.source.code(table, row)]);
      if (!rules_.counts.empty()) {
        const double count = rows_.counts[number_];
        block->duplicate_counts.push_back(
            std::isnan(count) ? 1 : static_cast<std::uint64_t>(count));
      }
    }
  }
  return taken > 0;
}

}  // namespace clustcr
