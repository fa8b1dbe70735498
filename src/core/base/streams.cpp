#include "base/streams.hpp"

#include "base/errors.hpp"
#include "base/system.hpp"

namespace clustcr {

FileHandle open_stream(const std::string& path, const char* mode) {
  FileHandle file(sys::open_stream(path, mode));
  if (!file)
    throw Error("io",
                "'" + path + "' can't be opened: " + sys::last_failure().text);
  return file;
}

std::size_t read_some(std::FILE* file, char* to, std::size_t most) {
  const std::size_t got = std::fread(to, 1, most, file);
  if (got < most && std::ferror(file))
    throw Error("io", "reading failed: " + sys::last_failure().text);
  return got;
}

}  // namespace clustcr
