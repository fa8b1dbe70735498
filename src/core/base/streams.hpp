// Files of users, read and written from the beginning to the end.
#pragma once
#include <cstdio>
#include <memory>
#include <string>

namespace clustcr {

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using FileHandle = std::unique_ptr<std::FILE, FileCloser>;

// Throw Error("io") with the system's reason.
FileHandle open_stream(const std::string& path, const char* mode);
// Fewer than `most` bytes at the end only.
std::size_t read_some(std::FILE* file, char* to, std::size_t most);

}  // namespace clustcr
