// What R holds of a table that is being read, and of some of its rows.
#pragma once
#include <Rcpp.h>

#include <memory>
#include <vector>

#include "core/base/table_reader.hpp"
#include "core/sequence/repertoire_rows.hpp"

namespace clustcr_r {

struct OpenTable {
  std::unique_ptr<clustcr::TableReader> reader;
  int threads;
};
using TablePointer = Rcpp::XPtr<OpenTable>;

using TablePart = std::vector<clustcr::TableRows>;
using TablePartPointer = Rcpp::XPtr<TablePart>;

// Rows of a repertoire as the core holds them (R/read_in_core.R).
struct HeldRows {
  clustcr::RowRules rules;
  clustcr::RepertoireRows rows;
};
using HeldRowsPointer = Rcpp::XPtr<HeldRows>;

// list(column, offsets, vagueness), of places that count from 1, or NULL.
clustcr::CodedColumns coded_columns(SEXP list);

inline R_xlen_t count(const TablePart& rows) {
  std::size_t n = 0;
  for (const clustcr::TableRows& some : rows) n += some.to - some.from;
  return static_cast<R_xlen_t>(n);
}

}  // namespace clustcr_r
