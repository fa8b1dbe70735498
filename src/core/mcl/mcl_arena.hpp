// Memory for the columns of a flow matrix.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "base/pages.hpp"
#include "base/spill_file.hpp"
#include "mcl/arena_memory.hpp"
#include "mcl/mcl_component.hpp"

namespace clustcr {
namespace mcl {

// Where a column is: its rows, and after them its values.
struct Place {
  const SpillFile* file = nullptr;  // null: in memory
  union {
    const char* address = nullptr;
    std::uint64_t offset;
  };
  std::uint32_t size = 0;

  static constexpr std::size_t kEntry = sizeof(std::uint32_t) + sizeof(Flow);
  std::size_t bytes() const { return size * kEntry; }
};

// The column whose rows and values begin at `data`.
inline Column column_at(const char* data, std::uint32_t size) {
  return {reinterpret_cast<const std::uint32_t*>(data),
          reinterpret_cast<const Flow*>(data + size * sizeof(std::uint32_t)),
          size};
}

// Columns are appended, never moved, and freed all at once: a column stays
// where it is until clear(), whatever other threads read of it. What the
// memory has no room for goes to a file.
class ColumnArena {
 public:
  // `memory` is shared with others and must outlive the arena.
  explicit ColumnArena(ArenaMemory* memory) : memory_(memory) {}
  ColumnArena(ColumnArena&&) = default;
  ~ColumnArena() { release(); }

  // The column may be read after the next flush().
  Place append(const std::uint32_t* rows, const Flow* values,
               std::uint32_t size);
  void flush();

  std::size_t entries() const { return total_; }  // since clear()
  // Once there are files, memory is given back to those who read them.
  void clear();
  // Gives back what a giant component needed.
  void release();

 private:
  char* in_memory(std::size_t bytes);
  void keep_chunks(std::size_t count);

  ArenaMemory* memory_;
  std::vector<Pages> chunks_;
  std::size_t at_ = 0;    // the chunk that is being filled
  std::size_t used_ = 0;  // bytes of it
  std::size_t total_ = 0;
  std::unique_ptr<SpillFile> file_;
  std::uint64_t written_ = 0;  // bytes of the file
  bool spilling_ = false;
  std::vector<char> pending_;  // the file's next bytes
};

}  // namespace mcl
}  // namespace clustcr
