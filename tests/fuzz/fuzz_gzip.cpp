// What a gzip file holds: whatever the pieces in which it is read, the same
// text or the same error; and what was packed comes out as it was.
#include <unistd.h>
#include <zlib.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/byte_stream.hpp"
#include "base/errors.hpp"

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

const std::string& temporary() {
  static const std::string path = [] {
    char name[] = "/tmp/clustcr-fuzz-XXXXXX";
    const int fd = mkstemp(name);
    check(fd >= 0);
    close(fd);
    return std::string(name);
  }();
  return path;
}

void write(const std::string& bytes) {
  std::FILE* file = std::fopen(temporary().c_str(), "wb");
  check(file &&
        std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size());
  std::fclose(file);
}

// The text, and behind it the error.
std::string read(std::size_t piece) {
  const auto stream = clustcr::open_bytes(temporary());
  std::string text, some(piece, '\0');
  try {
    while (const std::size_t got = stream->read(&some[0], piece))
      text.append(some, 0, got);
  } catch (const clustcr::Error& e) {
    check(e.kind() == "format");
    text += e.what();
  }
  return text;
}

std::string packed(const std::string& text) {
  z_stream state{};
  check(deflateInit2(&state, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) ==
        Z_OK);
  std::string input = text, out(2 * text.size() + 100, '\0');
  state.next_in = reinterpret_cast<Bytef*>(&input[0]);
  state.avail_in = static_cast<uInt>(input.size());
  state.next_out = reinterpret_cast<Bytef*>(&out[0]);
  state.avail_out = static_cast<uInt>(out.size());
  check(deflate(&state, Z_FINISH) == Z_STREAM_END);
  out.resize(out.size() - state.avail_out);
  deflateEnd(&state);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size < 1) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t piece = 1 + data[0] % 64;
  write("\x1f\x8b" + bytes);
  const std::string whole = read(1 << 20);
  check(read(piece) == whole);
  check(clustcr::first_bytes(temporary(), 0).empty());
  write(packed(bytes) + packed("") + packed(whole));
  check(read(piece) == bytes + whole);
  return 0;
}
