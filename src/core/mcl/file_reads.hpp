// Many reads of small pieces of files, as few calls of the system.
#pragma once
#include <cstdint>
#include <vector>

#include "base/spill_file.hpp"

namespace clustcr {
namespace mcl {

class FileReads {
 public:
  void add(const SpillFile* file, std::uint64_t offset, std::uint64_t bytes,
           char* to) {
    requests_.push_back({file, offset, bytes, to});
  }
  // Reads what was added, and forgets it.
  void run();
  void clear() { requests_.clear(); }
  std::size_t size() const { return requests_.size(); }

 private:
  // A column in a file, and where it is wanted.
  struct Request {
    const SpillFile* file;
    std::uint64_t offset, bytes;
    char* to;
  };

  std::vector<Request> requests_;
  std::vector<sys::Piece> pieces_;  // of one call
  std::vector<char> gap_;           // where what lies between them goes
};

}  // namespace mcl
}  // namespace clustcr
