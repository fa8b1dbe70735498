// A file without a name, for what the memory has no room for.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/system.hpp"

namespace clustcr {

// Read and written by calls, not through the memory: there a full disk or a
// broken one would end the process (SIGBUS), and how much of the file is in
// memory would be the system's choice. Any number of threads may read and
// write at once. All errors are StoreErrors: "disk_full" or "io".
class SpillFile {
 public:
  // In an existing folder. The file vanishes with the object, or the process.
  explicit SpillFile(const std::string& folder);
  ~SpillFile();
  SpillFile(const SpillFile&) = delete;
  SpillFile& operator=(const SpillFile&) = delete;

  void write(std::uint64_t offset, const void* bytes, std::size_t count);
  // Scatters what follows `offset` over these pieces, which it uses up.
  void read(std::uint64_t offset, sys::Piece* pieces, std::size_t count) const;

 private:
  [[noreturn]] void fail(const char* what) const;

  std::string folder_;
  sys::Handle handle_;
};

}  // namespace clustcr
