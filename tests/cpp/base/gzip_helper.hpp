// Text as gzip files have it.
#pragma once
#include <stdexcept>
#include <string>

#ifdef CLUSTCR_ZLIB
#include <zlib.h>
#endif

namespace clustcr_test {

#ifdef CLUSTCR_ZLIB

// A member, with a name in its header where there is one.
inline std::string gzip_member(const std::string& text,
                               const std::string& name = "", int level = 6) {
  z_stream state{};
  gz_header header{};
  std::string own = name;
  if (deflateInit2(&state, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) !=
      Z_OK)
    throw std::runtime_error("deflateInit2");
  if (!own.empty()) {
    header.name = reinterpret_cast<Bytef*>(&own[0]);
    header.hcrc = 1;
    deflateSetHeader(&state, &header);
  }
  std::string packed(text.size() + text.size() / 10 + 200 + name.size(), '\0');
  std::string input = text;
  state.next_in = reinterpret_cast<Bytef*>(&input[0]);
  state.avail_in = static_cast<uInt>(input.size());
  state.next_out = reinterpret_cast<Bytef*>(&packed[0]);
  state.avail_out = static_cast<uInt>(packed.size());
  const int done = deflate(&state, Z_FINISH);
  packed.resize(packed.size() - state.avail_out);
  deflateEnd(&state);
  if (done != Z_STREAM_END) throw std::runtime_error("deflate");
  return packed;
}

#endif

// As it is where this build can't unpack it.
inline std::string gzip_text(const std::string& text) {
#ifdef CLUSTCR_ZLIB
  return gzip_member(text);
#else
  return text;
#endif
}

}  // namespace clustcr_test
