// The bytes of a user's file from the beginning to the end, unpacked as they
// are read where it is a gzip file.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace clustcr {

// Whether this build has zlib. Without it a gzip file gives its packed bytes.
constexpr bool kUnpacksGzip =
#ifdef CLUSTCR_ZLIB
    true;
#else
    false;
#endif

class ByteStream {
 public:
  virtual ~ByteStream() = default;
  // The next `most` bytes, or fewer; none at the end only. Throws Error("io"),
  // and Error("format") where a packed file is not whole: once all that stands
  // before the damage was given, so that who reads in other pieces, or ahead,
  // sees the same.
  virtual std::size_t read(char* to, std::size_t most) = 0;
  // Whether the bytes must be unpacked, which is more work than reading them.
  virtual bool packed() const = 0;
};

// From byte `start` of the text on.
std::unique_ptr<ByteStream> open_bytes(const std::string& path,
                                       std::uint64_t start = 0);

// The first `most` bytes of the text.
std::string first_bytes(const std::string& path, std::size_t most);

}  // namespace clustcr
