// Which receptors share keys, among the keys of one partition.
#pragma once
#include <cstdint>
#include <vector>

#include "graph/join_slice.hpp"
#include "graph/key_spill.hpp"

namespace clustcr {

// Which receptors hang together, and how many edges that makes.
struct KeyLinks {
  std::vector<ReceptorLink> links;
  std::uint64_t edges = 0;
};

// Receptors with the same key are neighbours, but for texts that all lack a
// letter (kLonger) and that no whole text meets. A chance collision of 62 bits
// (a handful are to be expected among 10^9 receptors) can at worst put two
// components into one unit, where the exact graph parts them again.
//
// Nearly all keys are met once: a table tells so with one look that a core's
// cache answers, where sorting the keys was half of the whole join.
class KeyGroups {
 public:
  // Links each receptor of a group to the group's first. A partition may have
  // fewer than 2^32 keys. The memory serves the next partition too.
  KeyLinks links_of(const std::vector<SpilledKey>& keys);

 private:
  struct Slot {
    std::uint32_t high, key;  // of the hash; a place in `keys`
  };
  struct Counts {
    std::uint32_t any = 0, shorter = 0;
  };

  std::uint32_t first_of(const std::vector<SpilledKey>& keys, std::uint32_t i,
                         bool add);

  std::vector<Slot> slots_;
  std::vector<Counts> counts_;  // of the groups, by their first key
};

}  // namespace clustcr
