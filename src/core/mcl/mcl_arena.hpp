// Memory for the columns of a flow matrix.
#pragma once
#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "mcl/mcl_component.hpp"

namespace clustcr {
namespace mcl {

// Columns are appended, never moved, and freed all at once: a column handed
// out stays where it is until clear(), whatever other threads read of it.
class ColumnArena {
 public:
  Column append(const std::uint32_t* rows, const Flow* values,
                std::uint32_t size) {
    if (chunks_.empty() || size > chunks_[at_].capacity - used_) advance(size);
    const Chunk& chunk = chunks_[at_];
    Column column{chunk.rows.get() + used_, chunk.values.get() + used_, size};
    std::copy(rows, rows + size, chunk.rows.get() + used_);
    std::copy(values, values + size, chunk.values.get() + used_);
    used_ += size;
    total_ += size;
    return column;
  }

  std::size_t entries() const { return total_; }

  void clear() {
    at_ = used_ = 0;
    total_ = 0;
  }

  // Gives back what a giant component needed.
  void release() {
    clear();
    chunks_.clear();
  }

 private:
  struct Chunk {
    std::unique_ptr<std::uint32_t[]> rows;
    std::unique_ptr<Flow[]> values;
    std::size_t capacity;
  };

  // To the next chunk that holds `size` entries.
  void advance(std::size_t size) {
    if (!chunks_.empty()) ++at_;
    while (at_ < chunks_.size() && chunks_[at_].capacity < size) ++at_;
    if (at_ == chunks_.size()) {
      const std::size_t capacity = std::max<std::size_t>(size, kChunk);
      chunks_.push_back(
          {std::unique_ptr<std::uint32_t[]>(new std::uint32_t[capacity]),
           std::unique_ptr<Flow[]>(new Flow[capacity]), capacity});
    }
    used_ = 0;
  }

  static constexpr std::size_t kChunk = 1 << 16;

  std::vector<Chunk> chunks_;
  std::size_t at_ = 0;    // the chunk that is being filled
  std::size_t used_ = 0;  // entries of it
  std::size_t total_ = 0;
};

}  // namespace mcl
}  // namespace clustcr
