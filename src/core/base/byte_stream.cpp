#include "base/byte_stream.hpp"

#include <algorithm>

#include "base/errors.hpp"
#include "base/gzip_stream.hpp"
#include "base/streams.hpp"
#include "base/system.hpp"

namespace clustcr {
namespace {

class PlainStream : public ByteStream {
 public:
  explicit PlainStream(FileHandle file) : file_(std::move(file)) {}
  std::size_t read(char* to, std::size_t most) override {
    return read_some(file_.get(), to, most);
  }
  bool packed() const override { return false; }

 private:
  FileHandle file_;
};

}  // namespace

std::unique_ptr<ByteStream> open_bytes(const std::string& path,
                                       std::uint64_t start) {
  FileHandle file = open_stream(path, "rb");
  std::setvbuf(file.get(), nullptr, _IONBF, 0);
  const auto refuse = [&] {
    throw Error("io", "'" + path + "' can't be read from byte " +
                          std::to_string(start));
  };
  char magic[2];
  const bool gzip = kUnpacksGzip && read_some(file.get(), magic, 2) == 2 &&
                    magic[0] == '\x1f' && magic[1] == '\x8b';
  if (!sys::seek(file.get(), gzip ? 0 : start)) refuse();
  if (!gzip) return std::make_unique<PlainStream>(std::move(file));
  std::unique_ptr<ByteStream> stream = unpack_gzip(std::move(file));
  char passed[4096];
  while (start > 0) {
    const std::size_t got =
        stream->read(passed, static_cast<std::size_t>(std::min<std::uint64_t>(
                                 start, sizeof passed)));
    if (got == 0) refuse();
    start -= got;
  }
  return stream;
}

std::string first_bytes(const std::string& path, std::size_t most) {
  const auto stream = open_bytes(path);
  std::string bytes(most, '\0');
  std::size_t filled = 0;
  while (filled < most) {
    const std::size_t got = stream->read(&bytes[filled], most - filled);
    if (got == 0) break;
    filled += got;
  }
  bytes.resize(filled);
  return bytes;
}

}  // namespace clustcr
