// What the arenas of one clustering may take of the memory, together.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/spill_file.hpp"
#include "mcl/mcl_memory.hpp"

namespace clustcr {
namespace mcl {

// A budget of bytes, and the files for what it does not cover. Calls may come
// from all threads at once.
class ArenaMemory {
 public:
  // `needed`: what others take of the limit in any case.
  ArenaMemory(const MclMemory& memory, std::uint64_t needed);

  // Whether there were `bytes` left, which are the caller's then.
  bool take(std::uint64_t bytes);
  // Takes a share of what is left.
  std::uint64_t take_share(std::uint64_t of);
  void give_back(std::uint64_t bytes);

  // Whether the budget has not been enough: who can should then go to a file,
  // and leave the memory to those who read the files.
  bool spilled() const { return spilled_; }
  std::unique_ptr<SpillFile> new_file();
  // The components to come are smaller: begin again without files.
  void forget_spill() { spilled_ = false; }

 private:
  const bool limited_;
  const std::string folder_;
  std::atomic<std::uint64_t> left_;
  std::atomic<bool> spilled_{false};
};

}  // namespace mcl
}  // namespace clustcr
