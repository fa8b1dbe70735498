// The inner loops of Markov clustering, on eight columns at a time: one SIMD
// operation serves a row of eight columns that are expanded together. Each
// column's sums run in the order of its own entries (the zeros others put in
// between add nothing), so who shares its panel can't change its result.
#pragma once
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

// A row of a panel that holds entries to keep: byte l of `kept` is nonzero
// where lane l has one.
struct KeptRow {
  std::uint32_t row;
  std::uint64_t kept;
};

// Takes the first byte in memory order that is set out of `bytes`, and returns
// its number.
inline std::uint32_t take_first_byte(std::uint64_t* bytes) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  const std::uint32_t byte = __builtin_clzll(*bytes) / 8;
  *bytes &= ~(std::uint64_t{0xff} << (56 - 8 * byte));
#else
  const std::uint32_t byte = __builtin_ctzll(*bytes) / 8;
  *bytes &= ~(std::uint64_t{0xff} << (8 * byte));
#endif
  return byte;
}

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

  // The rows with an entry of `least` of its lane or more, ascending; `kept`
  // has space for count + 1. Returns their number.
  std::uint32_t (*select)(const Lanes* flow, std::uint32_t count,
                          const Lanes* least, KeptRow* kept);
};

// The kernels this processor runs fastest. All give the same bits.
const Kernels& best_kernels();

// All that this processor can run.
std::vector<const Kernels*> usable_kernels();

}  // namespace mcl
}  // namespace clustcr
