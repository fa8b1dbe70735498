// A repertoire's text: what the scan counts, its own copy must confirm.
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/errors.hpp"
#include "base/table_scan.hpp"

namespace {

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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size < 2) return 0;
  static const std::string path = temporary(), copy = temporary();
  clustcr::TableFormat format;
  format.separator = "\t,;"[data[0] % 3];
  format.quoted = data[0] & 4;
  format.line_end = data[0] & 8 ? '\r' : '\n';
  format.fields = 2 + data[1] % 4;  // one column has no separator
  format.needed = 1 + data[1] / 4 % format.fields;
  std::FILE* file = std::fopen(path.c_str(), "wb");
  check(file && std::fwrite(data + 2, 1, size - 2, file) == size - 2);
  std::fclose(file);

  const auto plain = clustcr::scan_table(path, format, 2, "", nullptr);
  std::uint64_t before = 0;
  for (const std::uint64_t cut : plain.cuts) {
    check(cut >= before && cut <= size - 2);
    before = cut;
  }
  check(plain.cuts.size() == (plain.rows + 1) / 2 + 1);
  const auto copied = clustcr::scan_table(path, format, 2, copy, nullptr);
  check(copied.rows == plain.rows);
  // Such a file is refused.
  if (plain.open_quote.rows || plain.stray_return.rows) return 0;
  format.line_end = '\n';
  const auto again = clustcr::scan_table(copy, format, 2, "", nullptr);
  check(again.rows == plain.rows && !again.uneven());
  check(again.too_long.rows == 0 && again.cuts == copied.cuts);
  return 0;
}
