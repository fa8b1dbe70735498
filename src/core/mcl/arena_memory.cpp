#include "mcl/arena_memory.hpp"

#include <algorithm>

#include "base/errors.hpp"

namespace clustcr {
namespace mcl {

ArenaMemory::ArenaMemory(const MclMemory& memory, std::uint64_t needed)
    : limited_(memory.limit != UINT64_MAX),
      folder_(memory.folder),
      left_(memory.limit - std::min(memory.limit, needed)) {
  if (limited_ && folder_.empty())
    throw InvalidArgument("`folder` must be given where memory has a limit");
}

bool ArenaMemory::take(std::uint64_t bytes) {
  if (!limited_) return true;
  std::uint64_t left = left_;
  while (left >= bytes)
    if (left_.compare_exchange_weak(left, left - bytes)) return true;
  return false;
}

std::uint64_t ArenaMemory::take_share(std::uint64_t of) {
  std::uint64_t left = left_;
  while (!left_.compare_exchange_weak(left, left - left / of)) {
  }
  return left / of;
}

void ArenaMemory::give_back(std::uint64_t bytes) {
  if (limited_) left_ += bytes;
}

std::unique_ptr<SpillFile> ArenaMemory::new_file() {
  std::unique_ptr<SpillFile> file(new SpillFile(folder_));
  spilled_ = true;
  return file;
}

}  // namespace mcl
}  // namespace clustcr
