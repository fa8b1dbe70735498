// What clustering takes at its peak, for fitting work to a memory limit.
#pragma once
#include <cstdint>

namespace clustcr {

// A sequence of a precluster, with or without neighbours: its row twice, about
// 15 masked hashes and their chains, its part of the graph and its row of the
// result.
constexpr std::uint64_t kClusterBytesPerRow = 600;

// A node of a component that is clustered whole: in addition two flow
// matrices with some 100 entries of 8 bytes a column at their peak.
constexpr std::uint64_t kClusterBytesPerNode = 1600;

// A unit of whole components of so many receptors.
constexpr std::uint64_t unit_bytes(std::uint64_t receptors) {
  return receptors * (kClusterBytesPerRow + kClusterBytesPerNode);
}

// Rows of a unit of many components: a data frame's worth, and few enough that
// several workers have something to do. A larger unit is one component.
constexpr std::uint64_t kUnitRows = 1 << 15;
// A unit of one component, for which a tenth of a second is nothing.
constexpr std::uint64_t kGiantRows = 4 * kUnitRows;

}  // namespace clustcr
