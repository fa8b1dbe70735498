// Which receptors share keys, among the keys of one partition.
#pragma once
#include <cstdint>
#include <vector>

#include "graph/gene_sets.hpp"
#include "graph/join_slice.hpp"
#include "graph/key_spill.hpp"
#include "graph/masked_letters.hpp"

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

// Receptors with the same key are neighbours where one of their masked letters
// differs; but for texts that all lack a letter (kLonger) and that no whole
// text meets. A chance collision of some 53 bits (a handful are to be expected
// among 10^9 receptors) can at worst put two components into one unit, where
// the exact graph parts them again.
//
// Most keys are met once: a table tells so with one look that a core's cache
// answers, where sorting the keys was half of the whole join.
class KeyGroups {
 public:
  // Links that say what hangs together. A partition may have fewer than 2^32
  // keys. The memory serves the next partition too.
  KeyLinks links_of(const std::vector<SpilledKey>& keys);
  // Where genes are no part of keys: of a group those whose genes match. Those
  // of the same sequence share all keys, and count with that of their own only.
  KeyLinks links_of(const std::vector<SpilledKey>& keys,
                    const GenesBesideKeys& beside);

 private:
  using Members = std::vector<MaskedMember>;
  using Member = Members::iterator;

  struct Slot {
    std::uint32_t high, key;  // of the hash; a place in `keys`
  };
  // Members of a group with the same genes.
  struct Alike {
    Member begin, end;
    std::uint32_t genes;
    std::uint64_t size() const { return end - begin; }
  };

  void chain(const std::vector<SpilledKey>& keys);
  std::uint32_t first_of(const std::vector<SpilledKey>& keys, std::uint32_t i,
                         bool add);
  template <class Link>
  void for_each_group(const std::vector<SpilledKey>& keys, Link&& link);
  void link_few(KeyLinks* found);
  void link_runs(KeyLinks* found);
  void link_deletions(KeyLinks* found) const;

  void find_alike(Member begin, Member end, const GenesBesideKeys& beside,
                  std::vector<Alike>* alike) const;
  void link_alike(Member begin, Member end, const GenesBesideKeys& beside,
                  KeyLinks* found);
  static std::uint64_t pairs_between(const Alike& a, const Alike& b,
                                     const GenesBesideKeys& beside);
  void link_same(const GenesBesideKeys& beside, KeyLinks* found);
  void link_deletions(const GenesBesideKeys& beside, KeyLinks* found);

  std::vector<Slot> slots_;
  std::vector<std::uint32_t> next_;    // of each group's keys, from its first
  std::vector<std::uint32_t> firsts_;  // of the groups of two and more
  // Of one group: those of kShorter apart from all others.
  Members members_, shorter_;
  std::vector<std::uint32_t> up_;  // of members: another that they hang on
  std::vector<Alike> alike_, alike_shorter_;
};

}  // namespace clustcr
