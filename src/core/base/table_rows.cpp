#include "base/table_rows.hpp"

#include <algorithm>

#include "base/text_marks.hpp"

namespace clustcr {
namespace {

constexpr std::size_t kMostMalformedLines = 1000;

struct Record {
  std::size_t begin = 0, end = 0;  // without its line end
  std::size_t fields = 0;
  std::uint64_t lines = 1;
  bool terminated = true;  // false: the file ends without a line end
  bool nul = false, bad_quote = false;
  bool stray_end = false;  // a line end of another kind, outside of quotes
};

class RowParser {
 public:
  RowParser(std::string_view bytes, bool last, bool padded,
            const TableFormat& format, const std::vector<WantedColumn>& wanted,
            TableBlock* block)
      : bytes_(bytes),
        last_(last),
        padded_(padded),
        format_(format),
        wanted_(wanted),
        block_(*block),
        kinds_{format.line_end, '\0', format.line_end == '\n' ? '\r' : '\n',
               format.separator ? format.separator : '\0',
               format.quoted ? '"' : '\0'},
        marks_(bytes, kinds_),
        ends_(format.fields) {
    block_.columns.resize(wanted.size());
    block_.dictionaries.resize(wanted.size());
  }

  std::size_t parse() {
    std::size_t taken = 0;
    Record record;
    while (taken < bytes_.size()) {
      record = Record();
      record.begin = taken;
      if (!find_end(&record)) break;
      taken = record.end + (record.terminated ? 1 : 0);
      const std::uint64_t line = block_.lines;
      block_.lines += record.lines;
      take(&record, line);
    }
    return taken;
  }

 private:
  void end_field(Record* record, std::size_t at) {
    if (record->fields < ends_.size()) ends_[record->fields] = at;
    ++record->fields;
  }

  // False where the record goes on behind the bytes.
  bool find_end(Record* record) {
    std::size_t field = record->begin;
    for (;;) {
      const std::size_t at = marks_.next();
      if (at == bytes_.size()) return last_ && end_unterminated(record);
      const char c = bytes_[at];
      if (c == format_.line_end) {
        end_field(record, at);
        record->end = at;
        return true;
      }
      if (c == '\0') {
        record->nul = true;
      } else if (c == format_.separator) {
        end_field(record, at);
        field = at + 1;
      } else if (c == '"') {
        // Within a field that does not begin with one it is text.
        if (at == field && !find_quote(record)) {
          if (!last_) return false;
          record->bad_quote = true;
          return end_unterminated(record);
        }
      } else if (format_.line_end == '\r' ||
                 !(at + 1 == bytes_.size() ? last_ : bytes_[at + 1] == '\n')) {
        // CR of CRLF is none.
        record->stray_end = true;
      }
    }
  }

  bool end_unterminated(Record* record) {
    end_field(record, bytes_.size());
    record->end = bytes_.size();
    record->terminated = false;
    return true;
  }

  // To the quote that closes a field; false where there is none.
  bool find_quote(Record* record) {
    for (;;) {
      const std::size_t at = marks_.next();
      if (at == bytes_.size()) return false;
      const char c = bytes_[at];
      if (c == format_.line_end) {
        ++record->lines;
      } else if (c == '\0') {
        record->nul = true;
      } else if (c == '"') {
        if (at + 1 == bytes_.size()) return last_;
        const char behind = bytes_[at + 1];
        if (behind == '"') {
          marks_.next();
          continue;
        }
        if (behind != format_.separator && behind != format_.line_end &&
            behind != '\r')
          record->bad_quote = true;
        return true;
      }
    }
  }

  void take(Record* record, std::uint64_t line) {
    TableScan& scan = block_.scan;
    if (format_.line_end == '\n' && record->end > record->begin &&
        bytes_[record->end - 1] == '\r')
      --record->end;
    const std::uint64_t fields = format_.separator ? record->fields : 1;
    if (record->stray_end) scan.stray_return.add(line, fields);
    if (record->bad_quote) scan.open_quote.add(line, fields);
    if (record->nul) scan.nul.add(line, fields);
    if (format_.separator == 0) return take_line(*record, line);
    if (record->begin == record->end) {
      // Known only later whether rows follow, or the file ends here.
      block_.blank_lines.push_back(line);
      return;
    }
    for (const std::uint64_t blank : block_.blank_lines)
      scan.add_malformed(blank, 0);
    block_.blank_lines.clear();
    // No host's text can hold one.
    if (record->nul) return;
    if (fields > format_.fields) {
      const std::size_t kept = ends_[format_.fields - 1];
      for (std::size_t i = kept; i < record->end; ++i)
        if (bytes_[i] != format_.separator)
          return scan.too_long.add(line, fields);
      scan.trimmed.add(line, fields);
      record->end = kept;
    }
    const bool missing = fields < format_.fields;
    const bool cut =
        missing && !record->terminated && !padded_ && !scan.padded.rows;
    if (fields < format_.needed || cut) return scan.add_malformed(line, fields);
    if (missing) scan.padded.add(line, fields);
    keep(*record);
  }

  // One column: the line is the field, and none is malformed. Spaces around
  // it are no separators.
  void take_line(const Record& record, std::uint64_t line) {
    if (record.nul) return;
    const std::string_view text =
        bytes_.substr(record.begin, record.end - record.begin);
    const std::size_t first = text.find_first_not_of(' ');
    if (first != text.npos) {
      const std::size_t last = text.find_last_not_of(' ');
      if (text.substr(first, last - first + 1).find_first_of("\t,;| ") !=
          text.npos)
        block_.scan.separators.add(line, 2);
    }
    ++block_.scan.rows;
    for (std::size_t i = 0; i < wanted_.size(); ++i) put(i, text);
  }

  void keep(const Record& record) {
    ++block_.scan.rows;
    const std::size_t fields =
        std::min<std::size_t>(record.fields, format_.fields);
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
      const std::size_t place = wanted_[i].place;
      if (place >= fields) {
        put(i, {});
        continue;
      }
      const std::size_t begin = place ? ends_[place - 1] + 1 : record.begin;
      const std::size_t end = place + 1 == fields ? record.end : ends_[place];
      put(i, content(bytes_.substr(begin, end - begin),
                     wanted_[i].kind != ColumnKind::kText));
    }
  }

  // A field without spaces around it, or what is between its quotes. In a table
  // without quotes some write them around what is empty or has a comma: a
  // `value`, of which there are few, never has them itself, a text may.
  std::string_view content(std::string_view field, bool value) {
    while (!field.empty() && field.front() == ' ') field.remove_prefix(1);
    while (!field.empty() && field.back() == ' ') field.remove_suffix(1);
    if ((format_.quoted || value) && field.size() > 1 && field.front() == '"' &&
        field.back() == '"')
      field = field.substr(1, field.size() - 2);
    if (!format_.quoted) return field;
    std::size_t at = field.find("\"\"");
    if (at == field.npos) return field;
    single_.clear();
    for (; at != field.npos; at = field.find("\"\"")) {
      single_.append(field, 0, at + 1);
      field.remove_prefix(at + 2);
    }
    single_.append(field);
    return single_;
  }

  void put(std::size_t i, std::string_view field) {
    TableColumn& column = block_.columns[i];
    switch (wanted_[i].kind) {
      case ColumnKind::kText:
        column.text.add(field);
        break;
      case ColumnKind::kCode:
        column.codes.push_back(block_.dictionaries[i].code(field));
        break;
      case ColumnKind::kNumber:
        column.number.add(field);
        break;
    }
  }

  const std::string_view bytes_;
  const bool last_, padded_;
  const TableFormat& format_;
  const std::vector<WantedColumn>& wanted_;
  TableBlock& block_;
  const char kinds_[5];
  TextMarks marks_;
  std::vector<std::size_t> ends_;  // of the record's fields
  std::string single_;             // a field with its quotes no more doubled
};

}  // namespace

void TableScan::add_malformed(std::uint64_t at_line,
                              std::uint64_t with_fields) {
  malformed.add(at_line, with_fields);
  if (malformed_lines.size() < kMostMalformedLines)
    malformed_lines.push_back(at_line);
}

void TableScan::append(const TableScan& behind, std::uint64_t line) {
  rows += behind.rows;
  const auto add = [&](RowProblem* before, const RowProblem& more) {
    if (more.rows && !before->rows) {
      before->line = line + more.line;
      before->fields = more.fields;
    }
    before->rows += more.rows;
  };
  add(&malformed, behind.malformed);
  add(&padded, behind.padded);
  add(&trimmed, behind.trimmed);
  add(&too_long, behind.too_long);
  add(&separators, behind.separators);
  add(&nul, behind.nul);
  add(&open_quote, behind.open_quote);
  add(&stray_return, behind.stray_return);
  for (const std::uint64_t more : behind.malformed_lines) {
    if (malformed_lines.size() == kMostMalformedLines) break;
    malformed_lines.push_back(line + more);
  }
}

std::size_t parse_rows(std::string_view bytes, bool last, bool padded,
                       const TableFormat& format,
                       const std::vector<WantedColumn>& wanted,
                       TableBlock* block) {
  return RowParser(bytes, last, padded, format, wanted, block).parse();
}

}  // namespace clustcr
