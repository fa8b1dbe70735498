// Columns of files that are read again and again, kept in memory.
#pragma once
#include <cstdint>
#include <vector>

#include "base/pages.hpp"
#include "base/ports.hpp"
#include "mcl/arena_memory.hpp"
#include "mcl/mcl_arena.hpp"

namespace clustcr {
namespace mcl {

// A panel reads columns from all over the matrix, those of hubs more often than
// others, so that a ring (column_reader.hpp) alone loses them again before the
// next panel wants them: with room for 0.7 of a matrix it read each column six
// times an iteration, and twice as many bytes as with most of that room for the
// columns read most. These serve all threads.
class KeptColumns {
 public:
  explicit KeptColumns(ArenaMemory* memory) : memory_(memory) {}
  KeptColumns(KeptColumns&&) = default;
  ~KeptColumns() { release(); }

  // Reads the columns that lie in files and were wanted most, as far as there
  // is room, and changes their places to where they are in memory, which holds
  // until the next call of any method. `wanted`: how often, for each column.
  void keep(std::vector<Place>* columns,
            const std::vector<std::uint32_t>& wanted,
            const Execution& execution);
  // Columns that are still where they were kept get their places in the files
  // back.
  void restore(std::vector<Place>* columns);

  void release();

 private:
  // Where a column is in its file. In memory they lie one behind the other.
  struct Kept {
    const SpillFile* file;
    std::uint64_t offset;
    std::uint32_t node, size;
    std::size_t bytes() const { return size * Place::kEntry; }
  };

  static std::uint64_t need(const Place& place);  // bytes, with a Kept
  void choose(const std::vector<Place>& columns,
              const std::vector<std::uint32_t>& wanted,
              const std::vector<std::uint64_t>& needs);
  void read(const Execution& execution) const;

  ArenaMemory* memory_;
  Pages pages_;
  std::uint64_t taken_ = 0;  // bytes of the budget
  std::vector<Kept> kept_;
};

}  // namespace mcl
}  // namespace clustcr
