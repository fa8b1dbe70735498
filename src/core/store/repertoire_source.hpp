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
                   std::size_t longest, NamedColumn v_call, NamedColumn j_call,
                   const Execution& execution)
      : rows_(rows),
        rules_(rules),
        longest_(longest),
        v_call_(std::move(v_call)),
        j_call_(std::move(j_call)),
        execution_(execution) {}

  bool next(SequenceBlock* block) override;
  const std::array<std::uint64_t, kSequenceProblems>& counts() const {
    return counts_;
  }

 private:
  struct Looked {
    const TableBlock* table;
    std::size_t row, number;  // in the table, of all rows kept
    std::string_view sequence;
    SequenceProblem problem;
  };

  void look_at_more();
  void put(const Looked& row, std::size_t i, SequenceBlock* block) const;

  const RepertoireRows& rows_;
  const RowRules& rules_;
  std::size_t longest_;
  NamedColumn v_call_, j_call_;
  Execution execution_;
  std::size_t part_ = 0, at_ = 0, number_ = 0;
  std::vector<Looked> looked_at_;
  std::array<std::uint64_t, kSequenceProblems> counts_{};
};

}  // namespace clustcr
