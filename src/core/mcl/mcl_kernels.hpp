// The inner loops of Markov clustering, on eight columns at a time: one SIMD
// operation serves a row of eight columns that are expanded together. Each
// column's sums run in the order of its own entries (the zeros others put in
// between add nothing), so who shares its panel can't change its result.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "mcl/mcl_component.hpp"

namespace clustcr {
namespace mcl {

constexpr std::uint32_t kLanes = 8;

// One row of a panel of eight columns.
struct alignas(32) Lanes {
  Flow lane[kLanes];
};

constexpr std::uint32_t kRowBlock = 64;

// Which rows were reached: a mark (0 or 1) for each, and one for each block of
// 64 with any, so that few are looked through. Bytes, as bits of a word would
// wait for each other. There is space for whole blocks of both.
struct RowMarks {
  std::uint8_t* rows;
  std::uint8_t* blocks;  // null: all rows are looked through

  void set(std::uint32_t row) const {
    rows[row] = 1;
    blocks[row / kRowBlock] = 1;
  }
};

// Eight columns side by side, one a lane: `rows` and `values` of lane l begin
// at l * stride. There is space for kLanes more than a lane has entries.
struct LaneColumns {
  std::uint32_t* rows;
  Flow* values;
  std::size_t stride;
  std::uint32_t* sizes;  // of each lane
};

struct Kernels {
  const char* name;

  // sum += columns[u] * flow[u] for all u < count; the rows reached are
  // marked.
  void (*expand)(const Column* columns, const Lanes* flow, std::uint32_t count,
                 Lanes* sum, const RowMarks& marks);

  // Lists the marked rows of the first `rows`, ascending, and takes their marks
  // away. `reached` has space for 16 more than there are. Returns their number.
  std::uint32_t (*take_marked)(const RowMarks& marks, std::uint32_t rows,
                               std::uint32_t* reached);

  // Moves the sums of the rows to `flow`, raised to the power `inflation`, and
  // clears them; `total` gets each lane's sum.
  void (*take_inflated)(Lanes* sum, const std::uint32_t* rows,
                        std::uint32_t count, Flow inflation, Lanes* flow,
                        Lanes* total);

  // Raises entries to the power `inflation`; `sum` gets each lane's total.
  void (*inflate)(Lanes* flow, std::uint32_t count, Flow inflation, Lanes* sum);

  // Copies the rows with an entry of `least` of its lane or more, and their
  // numbers; both have space for kLanes more than there are. Returns how many.
  std::uint32_t (*select)(const Lanes* flow, const std::uint32_t* rows,
                          std::uint32_t count, const Lanes* least,
                          std::uint32_t* kept_rows, Lanes* kept);

  // Divides by the lanes' totals, and appends what is `least` at least then to
  // the columns. `kept` and `rows` may be changed behind their end.
  void (*part)(Lanes* kept, std::uint32_t* rows, std::uint32_t count,
               const Lanes& total, Flow least, const LaneColumns& columns);

  // The first of the largest of `size` > 0 values.
  std::uint32_t (*largest)(const Flow* values, std::uint32_t size);
};

// The kernels this processor runs fastest. All give the same bits.
const Kernels& best_kernels();

// All that this processor can run.
std::vector<const Kernels*> usable_kernels();

}  // namespace mcl
}  // namespace clustcr
