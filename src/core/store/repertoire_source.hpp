// Rows of a repertoire's table as a batch of the store, straight from where the
// reader has put them.
#pragma once
#include <array>
#include <string>
#include <vector>

#include "sequence/repertoire_rows.hpp"
#include "sequence/sequence_check.hpp"
#include "store/precluster_batch.hpp"

namespace clustcr {

// A column of genes, and the name of each of its levels in the store.
struct NamedColumn {
  CodedColumns source;
  std::vector<std::string> names;
};

class RepertoireSource : public SequenceSource {
 public:
  RepertoireSource(const RepertoireRows& rows, const RowRules& rules,
                   std::size_t longest, NamedColumn v_call, NamedColumn j_call)
      : rows_(rows),
        rules_(rules),
        longest_(longest),
        v_call_(std::move(v_call)),
        j_call_(std::move(j_call)) {}

  bool next(SequenceBlock* block) override;
  const std::array<std::uint64_t, kSequenceProblems>& counts() const {
    return counts_;
  }

 private:
  const RepertoireRows& rows_;
  const RowRules& rules_;
  std::size_t longest_;
  NamedColumn v_call_, j_call_;
  std::size_t part_ = 0, at_ = 0, number_ = 0;
  std::array<std::uint64_t, kSequenceProblems> counts_{};
};

}  // namespace clustcr
