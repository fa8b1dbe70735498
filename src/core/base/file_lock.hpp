// Advisory locks that end with the process that took them, however it ends.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "base/ports.hpp"

namespace clustcr {

class File;

// A lock that the objects of one process share and other processes respect.
// A forked child does not inherit it.
class FileLock {
 public:
  // Null where another process holds it.
  static std::shared_ptr<FileLock> try_take(const std::string& path);
  ~FileLock();
  // False in a child that was forked while the lock was held.
  bool is_ours() const;

 private:
  FileLock() = default;
  std::string path_;
  std::unique_ptr<File> file_;
  std::uint64_t owner_ = 0;  // the process
};

// A lock for one holder alone, in this process too. Waits for at most `wait`
// seconds; null where it is held even then. Throws Cancelled when the host
// says so.
std::unique_ptr<File> take_exclusively(const std::string& path, double wait,
                                       Host* host);

}  // namespace clustcr
