#include "base/line_reader.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "base/checked_text.hpp"
#include "base/checksum.hpp"
#include "base/errors.hpp"
#include "base/file_io.hpp"

namespace clustcr {
namespace {

constexpr std::uint64_t kBlock = 1 << 20;

}  // namespace

void read_lines(const std::string& path, const PartitionFiles::End& end,
                const std::function<void(std::string_view)>& visit) {
  if (end.bytes == 0) return;
  if (!path_exists(path))
    throw StoreError("'" + path + "' is missing", "missing");
  const File file(path, File::Mode::kRead);
  if (file.size() < end.bytes)
    damaged(path, "it must have at least " + std::to_string(end.bytes) +
                      " bytes, not " + std::to_string(file.size()));
  std::string block;
  std::size_t rest = 0;  // of a line that began in the block before
  std::uint32_t check = 0;
  for (std::uint64_t at = 0; at < end.bytes;) {
    const auto count =
        static_cast<std::size_t>(std::min(kBlock, end.bytes - at));
    block.resize(rest + count);
    file.read_at(at, count, block.data() + rest);
    check = crc32c({block.data() + rest, count}, check);
    at += count;
    const char* line = block.data();
    const char* const stop = block.data() + block.size();
    try {
      while (const void* found = std::memchr(
                 line, '\n', static_cast<std::size_t>(stop - line))) {
        const char* newline = static_cast<const char*>(found);
        visit({line, static_cast<std::size_t>(newline - line)});
        line = newline + 1;
      }
    } catch (const std::invalid_argument& e) {
      damaged(path, e.what());
    }
    rest = static_cast<std::size_t>(stop - line);
    std::memmove(block.data(), line, rest);
  }
  if (rest > 0) damaged(path, "its last line has no end");
  if (check != end.check) damaged(path, "its check does not fit");
}

}  // namespace clustcr
