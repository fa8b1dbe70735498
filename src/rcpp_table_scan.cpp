#include "core/base/spool.hpp"
#include "core/base/table_scan.hpp"
#include "r_ports.hpp"

namespace {

Rcpp::NumericVector problem(const clustcr::RowProblem& p) {
  return Rcpp::NumericVector::create(
      Rcpp::Named("rows") = static_cast<double>(p.rows),
      Rcpp::Named("line") = static_cast<double>(p.line),
      Rcpp::Named("fields") = static_cast<double>(p.fields));
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
void cpp_copy_range(const std::string& path, double from, double end,
                    const std::string& header, const std::string& to) {
  clustcr_r::guarded([&] {
    clustcr_r::RHost host;
    clustcr::copy_range(path, static_cast<std::uint64_t>(from),
                        static_cast<std::uint64_t>(end), header, to, &host);
  });
}

// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_scan_table(const std::string& path, Rcpp::List layout,
                          double chunk_rows, const std::string& copy) {
  return clustcr_r::guarded([&] {
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
    clustcr_r::RHost host;
    const clustcr::TableScan scan = clustcr::scan_table(
        path, format, static_cast<std::uint64_t>(chunk_rows), copy, &host);
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
        Rcpp::Named("uneven") = scan.uneven(),
        Rcpp::Named("cuts") =
            Rcpp::NumericVector(scan.cuts.begin(), scan.cuts.end()),
        Rcpp::Named("malformed_lines") = Rcpp::NumericVector(
            scan.malformed_lines.begin(), scan.malformed_lines.end()));
  });
}
