// The rows of a text table out of its bytes: the fields that are wanted, and
// what a parser would lose without a word: NUL bytes, rows that are too short
// or too long, quotes that never close, line ends of several kinds.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/table_columns.hpp"

namespace clustcr {

struct TableFormat {
  char separator = '\t';     // 0: one column, the whole line is its field
  bool quoted = false;       // fields in "...", as RFC 4180 has them
  char line_end = '\n';      // '\r' for old Macintosh files
  std::uint64_t start = 0;   // byte of the first row
  std::uint64_t line = 1;    // its line
  std::uint64_t fields = 1;  // of the header
  std::uint64_t needed = 1;  // a row with fewer is malformed
};

// A problem of some rows: how many have it and the line of the first.
struct RowProblem {
  std::uint64_t rows = 0;
  std::uint64_t line = 0;
  std::uint64_t fields = 0;

  void add(std::uint64_t at_line, std::uint64_t with_fields) {
    if (rows++ == 0) {
      line = at_line;
      fields = with_fields;
    }
  }
};

struct TableScan {
  std::uint64_t rows = 0;   // good ones, those that were padded among them
  RowProblem malformed;     // end before a needed field: no part of `rows`
  RowProblem padded;        // trailing fields are missing: empty ones
  RowProblem trimmed;       // empty fields behind the last one
  RowProblem too_long;      // more fields than the header
  RowProblem separators;    // of one column: lines that have several
  RowProblem nul;           // lines with NUL bytes
  RowProblem open_quote;    // a quoted field that does not end as it should
  RowProblem stray_return;  // CR in a row that ends with LF, or LF with CR
  // Lines of the malformed rows, up to 1000.
  std::vector<std::uint64_t> malformed_lines;

  void add_malformed(std::uint64_t at_line, std::uint64_t with_fields);
  // Of the rows that follow these, where lines are counted from `line`.
  void append(const TableScan& behind, std::uint64_t line);
};

// Some rows that follow each other.
struct TableBlock {
  std::vector<TableColumn> columns;      // as wanted
  std::vector<Dictionary> dictionaries;  // of columns of codes, else empty
  TableScan scan;                        // lines are counted from 0
  std::uint64_t lines = 0;
  // Blank lines at the end: malformed rows where others follow, else nothing.
  std::vector<std::uint64_t> blank_lines;
};

// The rows of `bytes`, behind which kMarksSlack more can be read, of which a
// line end is the last one of; returns the bytes that were taken. With `last`
// also what has no line end; then `padded` says whether rows before these were,
// for else a last row that is too short was cut, and its last field may be a
// part only.
std::size_t parse_rows(std::string_view bytes, bool last, bool padded,
                       const TableFormat& format,
                       const std::vector<WantedColumn>& wanted,
                       TableBlock* block);

}  // namespace clustcr
