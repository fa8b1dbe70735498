// Columns of a flow matrix for one thread, wherever they are.
#pragma once
#include <sys/uio.h>

#include <cstdint>
#include <vector>

#include "mcl/arena_memory.hpp"
#include "mcl/mcl_arena.hpp"
#include "mcl/mcl_component.hpp"
#include "mcl/pages.hpp"

namespace clustcr {
namespace mcl {

// Columns in files are read into a ring of bytes, each behind the last, over
// what is oldest. A column found in the older half is copied to the front, so
// that what is in use stays. That is all the bookkeeping there is: where a
// column was put tells whether it is there still.
class ColumnReader {
 public:
  explicit ColumnReader(ArenaMemory* memory) : memory_(memory) {}
  ColumnReader(ColumnReader&&) = default;
  ~ColumnReader() { release(); }

  // The matrix to read from now on. `share`: how many readers want a part of
  // the memory that is left, this one included.
  void begin(const Place* columns, std::uint32_t n, std::uint32_t share);

  // Reads the first of these columns, as many as can be had at once: one at
  // least. They stay readable until the next call. Returns their number.
  std::uint32_t read(const std::uint32_t* nodes, std::uint32_t count,
                     Column* columns);
  Column read(std::uint32_t node) {
    Column column;
    read(&node, 1, &column);
    return column;
  }

  std::uint32_t size(std::uint32_t node) const { return columns_[node].size; }

  void release();

 private:
  const char* fetch(std::uint32_t node, std::uint64_t end, bool first);
  void ask(const Place& place, char* to);
  void read_run();
  void make_ring(std::uint64_t lines);

  ArenaMemory* memory_;
  const Place* columns_ = nullptr;
  bool in_memory_ = true;  // all columns

  Pages ring_;
  std::uint64_t taken_ = 0;  // bytes of the budget
  // In lines of 64 bytes, which are counted on forever.
  std::uint64_t lines_ = 0;          // of the ring
  std::uint64_t head_ = 0;           // the one that is written next
  std::uint64_t oldest_ = 0;         // the first of this matrix
  std::vector<std::uint32_t> line_;  // of a node, from 1; 0: never read

  // The run of columns in a file that one call will read.
  const SpillFile* file_ = nullptr;
  std::uint64_t begin_ = 0, end_ = 0;
  std::vector<struct iovec> pieces_;
  std::vector<char> gap_;  // where what lies between them goes
};

}  // namespace mcl
}  // namespace clustcr
