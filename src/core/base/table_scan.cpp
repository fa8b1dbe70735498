#include "base/table_scan.hpp"

#include <cstring>

#include "base/errors.hpp"
#include "base/record_reader.hpp"

namespace clustcr {
namespace {

bool has(std::string_view text, char what) {
  return !text.empty() && std::memchr(text.data(), what, text.size());
}

class Scanner {
 public:
  Scanner(const TableFormat& format, std::uint64_t chunk_rows,
          const std::string& copy)
      : format_(format), chunk_rows_(chunk_rows) {
    if (!copy.empty()) copy_ = open_stream(copy, "wb");
  }

  void take(Record* record) {
    end_lines(record);
    std::string_view text = record->text;
    if (has(text, '\0')) scan_.nul.add(record->line, record->fields);
    if (record->bad_quote) scan_.open_quote.add(record->line, record->fields);
    if (format_.separator == 0) return take_line(*record);
    if (text.empty()) {
      // Known only later whether rows follow, or the file ends here.
      ++scan_.blank;
      blank_lines_.push_back(record->line);
      return;
    }
    flush_blank_lines();
    if (record->fields > format_.fields) {
      const std::size_t kept = end_of_fields(text);
      for (std::size_t i = kept; i < text.size(); ++i)
        if (text[i] != format_.separator)
          return scan_.too_long.add(record->line, record->fields);
      scan_.trimmed.add(record->line, record->fields);
      return keep(*record, text.substr(0, kept), 0);
    }
    const std::uint64_t missing = format_.fields - record->fields;
    // A row that a broken transfer cut: its last field may be a part only.
    const bool cut = missing && !record->terminated && !scan_.padded.rows;
    if (record->fields < format_.needed || cut)
      return malformed(record->line, record->fields);
    if (missing) scan_.padded.add(record->line, record->fields);
    keep(*record, text, missing);
  }

  TableScan finish() {
    scan_.cuts.push_back(end_);
    if (copy_ && std::fflush(copy_.get()) != 0) disk_full();
    return std::move(scan_);
  }

 private:
  // CR of CRLF is no part of the row; another end of lines within a row is a
  // sign of a file put together of two.
  void end_lines(Record* record) {
    std::string_view& text = record->text;
    const bool feeds = format_.line_end == '\n';
    if (feeds && !text.empty() && text.back() == '\r') {
      text.remove_suffix(1);
      if (!text.empty() || format_.separator == 0) ++scan_.crlf;
    }
    if (record->stray_end) scan_.stray_return.add(record->line, record->fields);
  }

  // One column: the line is the field, and none is malformed. Spaces around
  // it are no separators.
  void take_line(const Record& record) {
    const std::string_view text = record.text;
    const std::size_t first = text.find_first_not_of(' ');
    const std::size_t last = text.find_last_not_of(' ');
    if (first != text.npos &&
        text.substr(first, last - first + 1).find_first_of("\t,;| ") !=
            text.npos)
      scan_.separators.add(record.line, 2);
    keep(record, text, 0);
  }

  void flush_blank_lines() {
    for (const std::uint64_t line : blank_lines_) malformed(line, 0);
    blank_lines_.clear();
  }

  void malformed(std::uint64_t line, std::uint64_t fields) {
    scan_.malformed.add(line, fields);
    if (scan_.malformed_lines.size() < 1000)
      scan_.malformed_lines.push_back(line);
  }

  // Where the last field of the header ends in a row that has more.
  std::size_t end_of_fields(std::string_view text) const {
    std::uint64_t fields = 1;
    bool inside = false, starts = true;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '"' && format_.quoted && (starts || inside)) {
        inside = !inside;
        starts = inside ? false : true;  // a doubled quote opens again
        continue;
      }
      starts = false;
      if (text[i] != format_.separator || inside) continue;
      if (fields++ == format_.fields) return i;
      starts = true;
    }
    return text.size();
  }

  void keep(const Record& record, std::string_view text,
            std::uint64_t missing) {
    if (chunk_rows_ && scan_.rows % chunk_rows_ == 0)
      scan_.cuts.push_back(copy_ ? end_ : record.offset);
    ++scan_.rows;
    if (!copy_) {
      end_ = record.end;
      return;
    }
    padding_.assign(missing, format_.separator);
    padding_ += '\n';
    end_ += text.size() + padding_.size();
    if (std::fwrite(text.data(), 1, text.size(), copy_.get()) != text.size() ||
        std::fwrite(padding_.data(), 1, padding_.size(), copy_.get()) !=
            padding_.size())
      disk_full();
  }

  [[noreturn]] static void disk_full() {
    throw Error("disk_full",
                "a temporary copy can't be written; is the disk "
                "that tempdir() names full?");
  }

  TableFormat format_;
  std::uint64_t chunk_rows_;
  FileHandle copy_;
  TableScan scan_;
  std::vector<std::uint64_t> blank_lines_;
  std::string padding_;
  std::uint64_t end_ = 0;
};

}  // namespace

TableScan scan_table(const std::string& path, const TableFormat& format,
                     std::uint64_t chunk_rows, const std::string& copy,
                     Host* host) {
  LineReader reader(path, format.start, format.line, format.separator,
                    format.quoted, format.line_end);
  Scanner scanner(format, chunk_rows, copy);
  Record record;
  std::uint64_t polled = 0;
  while (reader.next(&record)) {
    scanner.take(&record);
    if (reader.bytes_read() - polled >= (std::uint64_t{1} << 24)) {
      polled = reader.bytes_read();
      if (host && host->cancelled()) throw Cancelled();
    }
  }
  return scanner.finish();
}

}  // namespace clustcr
