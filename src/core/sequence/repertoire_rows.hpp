// Rows of a repertoire's table that are receptors of those asked for, and how
// many are none, by reason. What words mean, the host says, once for each level
// of a column: no row's gene, locus or flag is looked at as text.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/table_reader.hpp"

namespace clustcr {

// In the order of which the first that holds counts.
enum class RowReason { kKept, kOtherLocus, kNonProductive, kNoCell, kNoCdr3 };
constexpr std::size_t kRowReasons = 5;

// Columns of codes for one of ours: that of the least vague level counts for a
// row, the first of equal ones, if it says anything.
struct CodedColumns {
  // Levels from this vagueness on name nothing.
  static constexpr int kNothing = 2;

  std::vector<std::size_t> columns;         // none: ours is not there
  std::vector<std::uint32_t> offsets;       // their levels follow each other
  std::vector<std::vector<int>> vagueness;  // by level, where there are several

  bool there() const { return !columns.empty(); }
  std::size_t which(const TableBlock& block, std::size_t row) const {
    std::size_t best = 0;
    for (std::size_t i = 1; i < columns.size(); ++i) {
      const int own = vague(block, row, i);
      if (own < kNothing && own < vague(block, row, best)) best = i;
    }
    return best;
  }
  std::uint32_t code(const TableBlock& block, std::size_t row) const {
    const std::size_t i = which(block, row);
    return offsets[i] + block.columns[columns[i]].codes[row];
  }

 private:
  int vague(const TableBlock& block, std::size_t row, std::size_t i) const {
    return vagueness[i][block.columns[columns[i]].codes[row]];
  }
};

// What each level of them means.
struct MeantColumn {
  CodedColumns source;
  std::vector<int> means;

  int of(const TableBlock& block, std::size_t row) const {
    return source.there() ? means[source.code(block, row)] : 0;
  }
};

struct RowRules {
  std::size_t cdr3 = 0;
  std::vector<std::size_t> other_cdr3;  // what fills a blank is the host's
  bool unquote = false;                 // some fields may be in quotes
  bool joined = false;  // a CDR3 with ";" or "|" is several chains in one
  std::vector<std::string> no_cdr3;  // words for none
  // Numbers of loci, 0 where none is told. The row's own goes first, then that
  // of its J gene, then of V, which may serve TRA and TRD (`v_either`): it is
  // `either`, then, without a J gene. A row that none of them tells is of
  // `chain`.
  MeantColumn locus, v_locus, j_locus, v_either;
  int either = 0, chain = 0;
  std::vector<char> wanted;  // by the number of a locus; none: all are
  MeantColumn not_productive, no_cell;  // 1: such rows are left out
  std::vector<std::size_t>
      counts;  // where one is blank, the next one's is taken
  std::vector<std::size_t> texts;   // columns that must be ASCII, as cdr3 must
  std::vector<CodedColumns> genes;  // whose levels are looked for
};

struct RepertoireRows {
  std::vector<TableRows> parts;
  std::vector<std::vector<std::uint32_t>> kept;  // rows of each part's block
  // Where something is there that only the host's own words can tell: an error,
  // or text that is no ASCII. Nothing else is filled then.
  bool odd = false;

  std::uint64_t rows = 0;  // kept ones
  std::array<std::uint64_t, kRowReasons> reasons{};
  std::uint64_t bare = 0;      // kept, with neither of the conserved ends
  std::uint64_t rounded = 0;   // kept, with a count that is no whole number
  bool integers = false;       // the counts are
  std::vector<double> counts;  // of kept rows; NaN where there is none
  std::vector<double> filled;  // rows that got theirs from each of the columns
  // Of `genes`: the row that a level is first there, from 0, or -1; and rows
  // that got theirs from each of the columns but the first.
  std::vector<std::vector<double>> first;
  std::vector<std::vector<double>> chosen;
};

// Throws Cancelled.
RepertoireRows tidy_rows(std::vector<TableRows> parts, const RowRules& rules,
                         Host* host = nullptr);

// The CDR3 of a row, without quotes of a list and without spaces around it.
std::string_view cdr3_of(const TableBlock& block, std::size_t row,
                         const RowRules& rules);

}  // namespace clustcr
