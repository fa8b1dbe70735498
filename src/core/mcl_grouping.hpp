// Which columns to expand together.
#pragma once
#include <cstdint>
#include <utility>
#include <vector>

#include "mcl_component.hpp"

namespace clustcr {
namespace mcl {

// Reorders nodes so that each run of kLanes has columns with many rows in
// common: the rows of a panel are the union of its columns' rows, and each
// entry of the columns those rows stand for costs one operation, however many
// lanes need it. Grouping changes the time taken, never a result.
class PanelGrouper {
 public:
  void reserve(std::uint32_t n);
  void operator()(const Column* columns, std::uint32_t* nodes,
                  std::uint32_t count);

 private:
  void take_similar(const Column* columns, const std::uint32_t* nodes,
                    std::uint32_t seed, std::uint32_t count);
  void consider(const Column* columns, std::uint32_t seed, std::uint32_t node);

  std::vector<std::uint8_t> free_;    // by node: in this call, not grouped yet
  std::vector<std::uint32_t> cost_;   // by node: entries its expansion reads
  std::vector<std::uint32_t> share_;  // by row: those the seed reads for it
  std::vector<std::pair<float, std::uint32_t>> candidates_;
  std::vector<std::uint32_t> grouped_;
};

}  // namespace mcl
}  // namespace clustcr
