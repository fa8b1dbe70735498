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

}  // namespace clustcr
