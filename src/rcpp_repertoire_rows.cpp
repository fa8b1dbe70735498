#include <algorithm>
#include <cmath>

#include "core/base/parallel.hpp"
#include "core/sequence/sequence_check.hpp"
#include "r_ports.hpp"
#include "r_table.hpp"

namespace {

using clustcr_r::HeldRows;
using clustcr_r::HeldRowsPointer;

// Columns of R count from 1.
std::size_t place(int column) { return static_cast<std::size_t>(column - 1); }

std::vector<std::size_t> places(const Rcpp::IntegerVector& columns) {
  std::vector<std::size_t> found;
  for (const int column : columns) found.push_back(place(column));
  return found;
}

// What R says of coded columns, and `means` beside.
clustcr::MeantColumn meant(SEXP list) {
  clustcr::MeantColumn column;
  if (list == R_NilValue) return column;
  column.source = clustcr_r::coded_columns(list);
  const Rcpp::IntegerVector means = Rcpp::List(list)["means"];
  column.means.assign(means.begin(), means.end());
  return column;
}

clustcr::RowRules rules_of(const Rcpp::List& list) {
  clustcr::RowRules rules;
  rules.cdr3 = place(Rcpp::as<int>(list["cdr3"]));
  rules.other_cdr3 = places(list["other_cdr3"]);
  rules.unquote = Rcpp::as<bool>(list["unquote"]);
  rules.joined = Rcpp::as<bool>(list["joined"]);
  rules.no_cdr3 = Rcpp::as<std::vector<std::string>>(list["no_cdr3"]);
  rules.locus = meant(list["locus"]);
  rules.v_locus = meant(list["v_locus"]);
  rules.j_locus = meant(list["j_locus"]);
  rules.v_either = meant(list["v_either"]);
  rules.either = Rcpp::as<int>(list["either"]);
  rules.chain = Rcpp::as<int>(list["chain"]);
  const Rcpp::LogicalVector wanted = list["wanted"];
  rules.wanted.assign(wanted.begin(), wanted.end());
  rules.not_productive = meant(list["not_productive"]);
  rules.no_cell = meant(list["no_cell"]);
  rules.counts = places(list["counts"]);
  rules.texts = places(list["texts"]);
  const Rcpp::List genes = list["genes"];
  for (R_xlen_t i = 0; i < genes.size(); ++i)
    rules.genes.push_back(clustcr_r::coded_columns(genes[i]));
  return rules;
}

// visit(block, row) for each row that is kept.
template <class Visit>
void each_row(const clustcr::RepertoireRows& rows, Visit&& visit) {
  for (std::size_t part = 0; part < rows.kept.size(); ++part)
    for (const std::uint32_t row : rows.kept[part])
      visit(*rows.parts[part].block, row);
}

// A column of R's: list(what, values) and what coded_columns() takes.
class RowsColumn {
 public:
  explicit RowsColumn(const Rcpp::List& list)
      : what_(Rcpp::as<std::string>(list["what"])),
        source_(clustcr_r::coded_columns(list)),
        values_(list["values"]) {
    if (what_ != "text") return;
    for (R_xlen_t i = 0; i < XLENGTH(values_); ++i)
      words_.emplace_back(CHAR(STRING_ELT(values_, i)));
    for (const std::string& word : words_)
      longest_ = std::max(longest_, word.size());
  }

  SEXPTYPE type(const HeldRows& held) const {
    if (what_ == "count") return held.rows.integers ? INTSXP : REALSXP;
    return what_ == "levels" ? TYPEOF(values_) : STRSXP;
  }

  void fill(const HeldRows& held, SEXP out, clustcr::CancelPoll* poll) const {
    R_xlen_t at = 0;
    if (what_ == "count") {
      for (const double count : held.rows.counts) put(count, out, at++);
      return;
    }
    int* const flags = TYPEOF(out) == LGLSXP ? LOGICAL(out) : nullptr;
    each_row(held.rows, [&](const clustcr::TableBlock& block, std::size_t row) {
      // R takes a second for some million strings.
      if ((at & 0xffff) == 0) poll->check();
      if (flags)
        flags[at++] = LOGICAL_ELT(values_, level(block, row));
      else
        SET_STRING_ELT(out, at++, string(held, block, row));
    });
  }

 private:
  static void put(double count, SEXP out, R_xlen_t at) {
    const bool none = std::isnan(count);
    if (TYPEOF(out) == INTSXP)
      INTEGER(out)[at] = none ? NA_INTEGER : static_cast<int>(count);
    else
      REAL(out)[at] = none ? NA_REAL : count;
  }

  R_xlen_t level(const clustcr::TableBlock& block, std::size_t row) const {
    return static_cast<R_xlen_t>(source_.code(block, row));
  }

  SEXP string(const HeldRows& held, const clustcr::TableBlock& block,
              std::size_t row) const {
    if (what_ == "levels") return STRING_ELT(values_, level(block, row));
    if (what_ == "cdr3")
      return clustcr_r::utf8(clustcr::cdr3_of(block, row, held.rules));
    const std::string_view text = block.columns[source_.columns[0]].text[row];
    if (text.size() <= longest_ &&
        std::find(words_.begin(), words_.end(), text) != words_.end())
      return R_BlankString;
    return clustcr_r::utf8(text);
  }

  std::string what_;
  clustcr::CodedColumns source_;
  SEXP values_;  // of a list that R holds
  std::vector<std::string> words_;
  std::size_t longest_ = 0;
};

}  // namespace

clustcr::CodedColumns clustcr_r::coded_columns(SEXP list) {
  clustcr::CodedColumns found;
  if (list == R_NilValue) return found;
  const Rcpp::List fields(list);
  found.columns = places(fields["column"]);
  const Rcpp::IntegerVector offsets = fields["offsets"];
  found.offsets.assign(offsets.begin(), offsets.end());
  const Rcpp::List vagueness = fields["vagueness"];
  for (R_xlen_t i = 0; i < vagueness.size(); ++i)
    found.vagueness.push_back(Rcpp::as<std::vector<int>>(vagueness[i]));
  return found;
}

// NULL where something is there that only R can tell.
// [[Rcpp::export(rng = false)]]
SEXP cpp_part_tidy(SEXP part, const Rcpp::List& rules) {
  return clustcr_r::guarded([&]() -> SEXP {
    clustcr_r::RHost host;
    auto held = std::make_unique<HeldRows>();
    held->rules = rules_of(rules);
    held->rows = clustcr::tidy_rows(*clustcr_r::TablePartPointer(part),
                                    held->rules, &host);
    const clustcr::RepertoireRows& rows = held->rows;
    if (rows.odd) return R_NilValue;
    const Rcpp::List first(rows.first.begin(), rows.first.end());
    const Rcpp::List chosen(rows.chosen.begin(), rows.chosen.end());
    const Rcpp::NumericVector reasons(rows.reasons.begin(), rows.reasons.end());
    const Rcpp::NumericVector filled(rows.filled.begin(), rows.filled.end());
    const double n = static_cast<double>(rows.rows);
    const double rounded = static_cast<double>(rows.rounded);
    const double bare = static_cast<double>(rows.bare);
    return Rcpp::List::create(
        Rcpp::Named("pointer") = HeldRowsPointer(held.release()),
        Rcpp::Named("rows") = n, Rcpp::Named("reasons") = reasons,
        Rcpp::Named("rounded") = rounded, Rcpp::Named("bare") = bare,
        Rcpp::Named("filled") = filled, Rcpp::Named("first") = first,
        Rcpp::Named("chosen") = chosen);
  });
}

// [[Rcpp::export(rng = false)]]
void cpp_rows_forget(SEXP pointer) { HeldRowsPointer(pointer).release(); }

// The rows as a vector for each of `columns`: a list of level values for a
// column of codes, of words that are none for one of text; "cdr3" and "count"
// name what they are. All vectors are made before the first string: each that
// is made behind a million strings may have R's collector look at them all.
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_rows_columns(SEXP pointer, const Rcpp::List& columns) {
  return clustcr_r::guarded([&] {
    const HeldRowsPointer held(pointer);
    const auto n = static_cast<R_xlen_t>(held->rows.rows);
    clustcr_r::RHost host;
    clustcr::CancelPoll poll(&host);
    std::vector<RowsColumn> wanted;
    Rcpp::List out(columns.size());
    for (R_xlen_t i = 0; i < columns.size(); ++i) {
      wanted.emplace_back(columns[i]);
      out[i] = Rf_allocVector(wanted.back().type(*held), n);
    }
    for (R_xlen_t i = 0; i < columns.size(); ++i)
      wanted[static_cast<std::size_t>(i)].fill(*held, out[i], &poll);
    return out;
  });
}

// How many rows that may be clustered have none of these genes; `blank`: which
// levels are none.
// [[Rcpp::export(rng = false)]]
double cpp_rows_without(SEXP pointer, SEXP columns, double longest,
                        const Rcpp::LogicalVector& blank) {
  const HeldRowsPointer held(pointer);
  const clustcr::CodedColumns source = clustcr_r::coded_columns(columns);
  double n = 0;
  each_row(held->rows, [&](const clustcr::TableBlock& block, std::size_t row) {
    if (source.there() &&
        !blank[static_cast<R_xlen_t>(source.code(block, row))])
      return;
    n += clustcr::check_sequence(clustcr::cdr3_of(block, row, held->rules),
                                 static_cast<std::size_t>(longest)) ==
         clustcr::SequenceProblem::kNone;
  });
  return n;
}
