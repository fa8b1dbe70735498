// Which receptors share keys, among the keys of one partition.
#pragma once
#include <cstdint>
#include <vector>

#include "graph/gene_sets.hpp"
#include "graph/join_slice.hpp"
#include "graph/key_spill.hpp"

namespace clustcr {

// Which receptors hang together, and how many edges that makes.
struct KeyLinks {
  std::vector<ReceptorLink> links;
  std::uint64_t edges = 0;
};

// Of each receptor what its keys do not say where sets of genes may meet:
// numbers of its genes and of its sequence.
struct GenesBesideKeys {
  GeneSets sets;
  std::vector<std::uint32_t> genes, sequence;
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
  // Where genes are no part of keys: of a group those whose genes match. Those
  // of the same sequence share all keys, and count with that of their own only.
  KeyLinks links_of(const std::vector<SpilledKey>& keys,
                    const GenesBesideKeys& beside);

 private:
  struct Slot {
    std::uint32_t high, key;  // of the hash; a place in `keys`
  };
  struct Counts {
    std::uint32_t any = 0, shorter = 0;
  };

  // Members of a group with the same genes: [begin, end) of `members_`.
  struct Alike {
    std::size_t begin, end;
    std::uint32_t genes;
    bool longer;
    std::uint64_t size() const { return end - begin; }
  };

  void clear_groups(std::size_t keys);
  void link_members(const GenesBesideKeys& beside, KeyLinks* found);
  std::uint64_t pairs_between(const Alike& a, const Alike& b,
                              const GenesBesideKeys& beside) const;
  std::uint32_t first_of(const std::vector<SpilledKey>& keys, std::uint32_t i,
                         bool add);

  std::vector<Slot> slots_;
  std::vector<Counts> counts_;       // of the groups, by their first key
  std::vector<std::uint32_t> next_;  // of each group's keys, from its first
  std::vector<SpilledKey> members_;  // of one group
  std::vector<Alike> alike_;
};

}  // namespace clustcr
