// Columns that are the one before them, moved by one row.
#pragma once
#include <cstdint>
#include <vector>

#include "mcl/mcl_arena.hpp"

namespace clustcr {
namespace mcl {

// Along a path, flow is everywhere the same but near the ends: the ends' order
// comes in by some 250 nodes an iteration, and until it is there hundreds of
// entries a column change in their last bits only. A column whose sources all
// are those of the column before, moved by one row, comes out as that column
// does, moved, in every bit: the same numbers are added in the same order. So
// one of them is computed and the others are copied. Without this the time
// grows with the square of the path's length.
class Translations {
 public:
  // A component's first columns. Unless most are the one before, moved, this
  // is no such graph, and no more time is spent on it.
  void begin(const std::vector<Place>& columns);

  // Whether there are any.
  bool any() const { return on_; }

  // Finds those of the next columns, among those with dirty[j] != 0, that are
  // to be had from the column before, which is dirty too.
  void find(const std::vector<Place>& columns,
            const std::vector<std::uint8_t>& dirty, int expansion);
  bool found(std::uint32_t j) const { return on_ && found_[j]; }

  // The columns of the next iteration. Those in files are not looked at.
  void update(const std::vector<Place>& columns);

 private:
  bool on_ = false;
  std::vector<std::uint8_t> moved_, found_, last_;
};

}  // namespace mcl
}  // namespace clustcr
