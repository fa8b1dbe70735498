// Reads a text table once, before a parser does, and says what a parser would
// lose without a word: NUL bytes, rows that are too short or too long, quotes
// that never close, line ends of several kinds. Writes a copy in which every
// row has its fields and ends with LF, where asked to.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/ports.hpp"

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
  std::uint64_t crlf = 0, blank = 0;
  // Where the copy, or the file where there is none, can be cut: the byte of
  // every `chunk_rows`-th good row from the first, and the end of the last.
  std::vector<std::uint64_t> cuts;
  // Lines of the malformed rows, up to 1000: they are left out of the copy.
  std::vector<std::uint64_t> malformed_lines;

  // Whether a parser needs the copy to see the rows as counted here.
  bool uneven() const {
    return malformed.rows || padded.rows || trimmed.rows || blank ||
           (crlf && crlf != rows);
  }
};

// No copy where `copy` is empty. Throws Error("io") and Cancelled.
TableScan scan_table(const std::string& path, const TableFormat& format,
                     std::uint64_t chunk_rows, const std::string& copy,
                     Host* host);

}  // namespace clustcr
