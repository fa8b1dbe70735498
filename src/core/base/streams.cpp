#include "base/streams.hpp"

#include <cerrno>
#include <cstring>

#include "base/errors.hpp"

namespace clustcr {

FileHandle open_stream(const std::string& path, const char* mode) {
  FileHandle file(std::fopen(path.c_str(), mode));
  if (!file)
    throw Error("io",
                "'" + path + "' can't be opened: " + std::strerror(errno));
  return file;
}

std::size_t read_some(std::FILE* file, char* to, std::size_t most) {
  const std::size_t got = std::fread(to, 1, most, file);
  if (got < most && std::ferror(file))
    throw Error("io", std::string("reading failed: ") + std::strerror(errno));
  return got;
}

}  // namespace clustcr
