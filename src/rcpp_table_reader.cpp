#include <algorithm>
#include <memory>

#include "core/base/parallel.hpp"
#include "core/base/spool.hpp"
#include "r_ports.hpp"
#include "r_table.hpp"

namespace {

using clustcr::ColumnKind;
using clustcr::TableRows;
using clustcr_r::OpenTable;
using clustcr_r::TablePart;
using clustcr_r::TablePartPointer;
using clustcr_r::TablePointer;
using Rows = std::vector<TableRows>;

clustcr::TableFormat format_of(const Rcpp::List& layout) {
  const auto text = [&](const char* name) {
    const std::string value = Rcpp::as<std::string>(layout[name]);
    return value.empty() ? '\0' : value[0];
  };
  const auto number = [&](const char* name) {
    return static_cast<std::uint64_t>(Rcpp::as<double>(layout[name]));
  };
  clustcr::TableFormat format;
  format.separator = text("separator");
  format.line_end = text("line_end");
  format.quoted = Rcpp::as<bool>(layout["quoted"]);
  format.start = number("start");
  format.line = number("line");
  format.fields = number("fields");
  format.needed = number("needed");
  return format;
}

Rcpp::NumericVector problem(const clustcr::RowProblem& p) {
  return Rcpp::NumericVector::create(
      Rcpp::Named("rows") = static_cast<double>(p.rows),
      Rcpp::Named("line") = static_cast<double>(p.line),
      Rcpp::Named("fields") = static_cast<double>(p.fields));
}

Rcpp::List wrap_scan(const clustcr::TableScan& scan) {
  return Rcpp::List::create(
      Rcpp::Named("rows") = static_cast<double>(scan.rows),
      Rcpp::Named("malformed") = problem(scan.malformed),
      Rcpp::Named("padded") = problem(scan.padded),
      Rcpp::Named("trimmed") = problem(scan.trimmed),
      Rcpp::Named("too_long") = problem(scan.too_long),
      Rcpp::Named("separators") = problem(scan.separators),
      Rcpp::Named("nul") = problem(scan.nul),
      Rcpp::Named("open_quote") = problem(scan.open_quote),
      Rcpp::Named("stray_return") = problem(scan.stray_return),
      Rcpp::Named("malformed_lines") = Rcpp::NumericVector(
          scan.malformed_lines.begin(), scan.malformed_lines.end()));
}

SEXP wrap_text(const Rows& rows,
               const clustcr::TextColumn& (*column)(const TableRows&,
                                                    std::size_t),
               std::size_t c) {
  clustcr_r::RHost host;
  clustcr::CancelPoll poll(&host);
  Rcpp::CharacterVector out(clustcr_r::count(rows));
  R_xlen_t at = 0;
  for (const TableRows& some : rows) {
    const clustcr::TextColumn& text = column(some, c);
    // A block has a megabyte; R takes a second for some million strings.
    poll.check();
    for (std::size_t i = some.from; i < some.to; ++i)
      SET_STRING_ELT(out, at++, clustcr_r::utf8(text[i]));
  }
  return out;
}

// A factor of the values that these rows have, in the order of the C locale.
SEXP wrap_codes(const Rows& rows, std::size_t c,
                const clustcr::TextColumn& levels) {
  std::vector<int> place(levels.size(), 0);
  for (const TableRows& some : rows)
    for (std::size_t i = some.from; i < some.to; ++i)
      place[some.block->columns[c].codes[i]] = 1;
  std::vector<std::size_t> there;
  for (std::size_t i = 0; i < place.size(); ++i)
    if (place[i]) there.push_back(i);
  std::sort(there.begin(), there.end(), [&](std::size_t a, std::size_t b) {
    return levels[a] < levels[b];
  });
  Rcpp::CharacterVector names(static_cast<R_xlen_t>(there.size()));
  for (std::size_t i = 0; i < there.size(); ++i) {
    place[there[i]] = static_cast<int>(i) + 1;
    names[static_cast<R_xlen_t>(i)] = clustcr_r::utf8(levels[there[i]]);
  }
  Rcpp::IntegerVector out(Rcpp::no_init(clustcr_r::count(rows)));
  int* at = out.begin();
  for (const TableRows& some : rows)
    for (std::size_t i = some.from; i < some.to; ++i)
      *at++ = place[some.block->columns[c].codes[i]];
  out.attr("levels") = names;
  out.attr("class") = "factor";
  return out;
}

// Integers where all are, else numbers; text where one is neither number nor
// blank.
SEXP wrap_numbers(const Rows& rows, std::size_t c) {
  bool numbers = true, integers = true;
  for (const TableRows& some : rows) {
    const clustcr::NumberColumn& whole = some.block->columns[c].number;
    const bool part = some.to - some.from < whole.values.size();
    const auto look = [&](const clustcr::NumberColumn& column) {
      numbers = numbers && column.numbers;
      integers = integers && column.integers;
    };
    if (part && !(whole.numbers && whole.integers))
      look(whole.part(some.from, some.to));
    else
      look(whole);
  }
  if (!numbers) {
    return wrap_text(
        rows,
        [](const TableRows& some,
           std::size_t column) -> const clustcr::TextColumn& {
          return some.block->columns[column].number.text;
        },
        c);
  }
  Rcpp::NumericVector out(Rcpp::no_init(clustcr_r::count(rows)));
  double* at = out.begin();
  bool blank = true;
  for (const TableRows& some : rows) {
    const std::vector<double>& values = some.block->columns[c].number.values;
    for (std::size_t i = some.from; i < some.to; ++i) {
      const bool none = values[i] != values[i];
      blank = blank && none;
      *at++ = none ? NA_REAL : values[i];
    }
  }
  if (integers && !blank) return Rf_coerceVector(out, INTSXP);
  return out;
}

}  // namespace

// [[Rcpp::export(rng = false)]]
std::string cpp_file_kind(const std::string& path) {
  return clustcr::file_kind(path);
}

// [[Rcpp::export(rng = false)]]
void cpp_spool_pipe(const std::string& path, const std::string& to,
                    int seconds) {
  clustcr_r::guarded([&] {
    clustcr_r::RHost host;
    clustcr::spool_pipe(path, to, seconds, &host);
  });
}

// [[Rcpp::export(rng = false)]]
void cpp_append_file(const std::string& path, double from,
                     const std::string& before, const std::string& to) {
  clustcr_r::guarded([&] {
    clustcr_r::RHost host;
    clustcr::append_file(path, static_cast<std::uint64_t>(from), before, to,
                         &host);
  });
}

// [[Rcpp::export(rng = false)]]
bool cpp_unpacks_gzip() { return clustcr::kUnpacksGzip; }

// The first `most` bytes of a file, unpacked.
// [[Rcpp::export(rng = false)]]
Rcpp::RawVector cpp_first_bytes(const std::string& path, double most) {
  return clustcr_r::guarded([&] {
    const std::string bytes =
        clustcr::first_bytes(path, static_cast<std::size_t>(most));
    return Rcpp::RawVector(bytes.begin(), bytes.end());
  });
}

// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_scan_table(const std::string& path, const Rcpp::List& layout,
                          int threads) {
  return clustcr_r::guarded([&] {
    clustcr_r::RHost host;
    return wrap_scan(clustcr::scan_table(path, format_of(layout),
                                         clustcr_r::execution(threads, &host)));
  });
}

// `places` of columns from 1; `kinds` as in core/base/table_columns.hpp.
// [[Rcpp::export(rng = false)]]
SEXP cpp_table_open(const std::string& path, const Rcpp::List& layout,
                    const Rcpp::IntegerVector& places,
                    const Rcpp::IntegerVector& kinds, int threads) {
  return clustcr_r::guarded([&] {
    std::vector<clustcr::WantedColumn> wanted;
    for (R_xlen_t i = 0; i < places.size(); ++i)
      wanted.push_back({static_cast<std::size_t>(places[i] - 1),
                        static_cast<ColumnKind>(kinds[i])});
    auto table = std::make_unique<OpenTable>();
    table->reader =
        std::make_unique<clustcr::TableReader>(path, format_of(layout), wanted);
    table->threads = threads;
    return static_cast<SEXP>(TablePointer(table.release()));
  });
}

// The next `rows`; fewer where there are no more.
// [[Rcpp::export(rng = false)]]
SEXP cpp_table_take(SEXP table, double rows) {
  return clustcr_r::guarded([&] {
    TablePointer open(table);
    clustcr_r::RHost host;
    auto part = std::make_unique<TablePart>(
        open->reader->read(static_cast<std::uint64_t>(rows),
                           clustcr_r::execution(open->threads, &host)));
    return static_cast<SEXP>(TablePartPointer(part.release()));
  });
}

// Whether all rows were taken.
// [[Rcpp::export(rng = false)]]
bool cpp_table_ended(SEXP table) {
  return clustcr_r::guarded([&] {
    TablePointer open(table);
    clustcr_r::RHost host;
    return open->reader->ended(clustcr_r::execution(open->threads, &host));
  });
}

// [[Rcpp::export(rng = false)]]
double cpp_part_rows(SEXP part) {
  return static_cast<double>(clustcr_r::count(*TablePartPointer(part)));
}

// [[Rcpp::export(rng = false)]]
void cpp_part_forget(SEXP part) { TablePartPointer(part).release(); }

// The levels of a column of codes (from 1) behind the first `from`.
// [[Rcpp::export(rng = false)]]
Rcpp::CharacterVector cpp_table_levels(SEXP table, int column, double from) {
  const clustcr::TextColumn& levels =
      TablePointer(table)
          ->reader->dictionary(static_cast<std::size_t>(column - 1))
          .levels();
  const auto first = static_cast<std::size_t>(from);
  Rcpp::CharacterVector found(static_cast<R_xlen_t>(levels.size() - first));
  for (std::size_t i = first; i < levels.size(); ++i)
    found[static_cast<R_xlen_t>(i - first)] = clustcr_r::utf8(levels[i]);
  return found;
}

// A vector for each column of some rows.
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_part_columns(SEXP table, SEXP part) {
  return clustcr_r::guarded([&] {
    const clustcr::TableReader& reader = *TablePointer(table)->reader;
    const Rows& found = *TablePartPointer(part);
    const auto& wanted = reader.wanted();
    Rcpp::List columns(static_cast<R_xlen_t>(wanted.size()));
    for (std::size_t c = 0; c < wanted.size(); ++c) {
      SEXP column = R_NilValue;
      switch (wanted[c].kind) {
        case ColumnKind::kText:
          column = wrap_text(
              found,
              [](const TableRows& some,
                 std::size_t i) -> const clustcr::TextColumn& {
                return some.block->columns[i].text;
              },
              c);
          break;
        case ColumnKind::kCode:
          column = wrap_codes(found, c, reader.dictionary(c).levels());
          break;
        case ColumnKind::kNumber:
          column = wrap_numbers(found, c);
          break;
      }
      columns[static_cast<R_xlen_t>(c)] = column;
    }
    return columns;
  });
}

// What there was in all rows that were read.
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_table_seen(SEXP table) {
  return wrap_scan(TablePointer(table)->reader->scan());
}

// [[Rcpp::export(rng = false)]]
void cpp_table_close(SEXP table) { TablePointer(table).release(); }
