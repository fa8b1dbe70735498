// A repertoire's text: whatever the pieces in which it is read, its rows and
// what is wrong with them are the same, and rows that are written again are
// read as they were.
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/errors.hpp"
#include "base/table_reader.hpp"

namespace {

using clustcr::ColumnKind;
using clustcr::TableFormat;
using clustcr::TableReader;
using Rows = std::vector<std::vector<std::string>>;

void check(bool holds) {
  if (!holds) std::abort();
}

std::string temporary() {
  char path[] = "/tmp/clustcr-fuzz-XXXXXX";
  const int fd = mkstemp(path);
  check(fd >= 0);
  close(fd);
  return path;
}

void write(const std::string& path, const std::string& text) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  check(file && std::fwrite(text.data(), 1, text.size(), file) == text.size());
  std::fclose(file);
}

Rows read(const std::string& path, const TableFormat& format, std::size_t grain,
          std::uint64_t at_once, clustcr::TableScan* scan) {
  const ColumnKind kinds[] = {ColumnKind::kText, ColumnKind::kCode,
                              ColumnKind::kNumber};
  std::vector<clustcr::WantedColumn> wanted;
  for (std::size_t i = 0; i < format.fields; ++i)
    wanted.push_back({i, kinds[i % 3]});
  TableReader reader(path, format, wanted, grain);
  Rows rows;
  for (;;) {
    const std::size_t before = rows.size();
    for (const auto& some : reader.read(at_once, clustcr::Execution()))
      for (std::size_t row = some.from; row < some.to; ++row) {
        rows.emplace_back();
        for (std::size_t i = 0; i < wanted.size(); ++i) {
          const clustcr::TableColumn& column = some.block->columns[i];
          rows.back().emplace_back(
              i % 3 == 0   ? column.text[row]
              : i % 3 == 1 ? reader.dictionary(i).levels()[column.codes[row]]
                           : column.number.text[row]);
        }
      }
    if (rows.size() - before < at_once) break;
  }
  *scan = reader.scan();
  check(scan->rows == rows.size());
  return rows;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size < 2) return 0;
  static const std::string path = temporary(), copy = temporary();
  TableFormat format;
  format.separator = "\t,;"[data[0] % 3];
  format.quoted = data[0] & 4;
  format.line_end = data[0] & 8 ? '\r' : '\n';
  format.fields = 2 + data[1] % 4;  // one column has no separator
  format.needed = 1 + data[1] / 4 % format.fields;
  write(path, std::string(reinterpret_cast<const char*>(data) + 2, size - 2));

  clustcr::TableScan whole, pieces;
  const Rows rows = read(path, format, 1 << 20, 1 << 20, &whole);
  check(read(path, format, 1 + data[1] % 61, 3, &pieces) == rows);
  check(pieces.malformed.rows == whole.malformed.rows &&
        pieces.malformed.line == whole.malformed.line &&
        pieces.malformed_lines == whole.malformed_lines &&
        pieces.padded.line == whole.padded.line &&
        pieces.too_long.line == whole.too_long.line &&
        pieces.nul.line == whole.nul.line &&
        pieces.open_quote.line == whole.open_quote.line &&
        pieces.stray_return.line == whole.stray_return.line);
  // Such a file is refused.
  if (whole.open_quote.rows || whole.stray_return.rows || whole.nul.rows)
    return 0;
  std::string again;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      again += i ? std::string(1, ',') : "";
      again += '"';
      for (const char c : row[i])
        again += c == '"' ? "\"\"" : std::string(1, c);
      again += '"';
    }
    again += '\n';
  }
  write(copy, again);
  format.separator = ',';
  format.quoted = true;
  format.line_end = '\n';
  check(read(copy, format, 64, 5, &pieces) == rows);
  check(!pieces.malformed.rows && !pieces.padded.rows && !pieces.trimmed.rows &&
        !pieces.too_long.rows && !pieces.open_quote.rows);
  return 0;
}
