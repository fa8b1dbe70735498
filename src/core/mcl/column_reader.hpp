// Columns of a flow matrix for one thread, wherever they are.
#pragma once
#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include "base/pages.hpp"
#include "mcl/arena_memory.hpp"
#include "mcl/file_reads.hpp"
#include "mcl/mcl_arena.hpp"
#include "mcl/mcl_component.hpp"

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

  // Calls visit(i, column) for the columns of nodes[0] .. nodes[count - 1], in
  // this order and some at a time: one call of the system for each, as read()
  // of one makes it, took most of the time of a matrix that is nearly diagonal.
  // `visit` must not read.
  template <class Visit>
  void visit(const std::uint32_t* nodes, std::uint32_t count, Visit visit) {
    if (in_memory_) {
      for (std::uint32_t i = 0; i < count; ++i)
        visit(i,
              column_at(columns_[nodes[i]].address, columns_[nodes[i]].size));
      return;
    }
    block_.resize(kBlock);
    for (std::uint32_t begin = 0, n; begin < count; begin += n) {
      n = read(nodes + begin, std::min(kBlock, count - begin), block_.data());
      for (std::uint32_t i = 0; i < n; ++i) visit(begin + i, block_[i]);
    }
  }
  // The same for all nodes.
  template <class Visit>
  void visit_all(Visit visit_one) {
    std::uint32_t nodes[kBlock];
    for (std::uint32_t begin = 0, n; begin < nodes_; begin += n) {
      n = std::min(kBlock, nodes_ - begin);
      std::iota(nodes, nodes + n, begin);
      visit(nodes, n, [&](std::uint32_t i, const Column& column) {
        visit_one(begin + i, column);
      });
    }
  }

  std::uint32_t size(std::uint32_t node) const { return columns_[node].size; }

  void release();

 private:
  static constexpr std::uint32_t kBlock = 256;

  const char* fetch(std::uint32_t node, std::uint64_t end, bool first);
  void make_ring(std::uint64_t lines);

  ArenaMemory* memory_;
  const Place* columns_ = nullptr;
  std::uint32_t nodes_ = 0;
  bool in_memory_ = true;  // all columns

  Pages ring_;
  std::uint64_t taken_ = 0;  // bytes of the budget
  // In lines of 64 bytes, which are counted on forever.
  std::uint64_t lines_ = 0;          // of the ring
  std::uint64_t head_ = 0;           // the one that is written next
  std::uint64_t oldest_ = 0;         // the first of this matrix
  std::vector<std::uint32_t> line_;  // of a node, from 1; 0: never read

  std::vector<Column> block_;
  FileReads reads_;
};

}  // namespace mcl
}  // namespace clustcr
