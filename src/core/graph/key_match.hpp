// Keys in memory, and whether two with the same hash are of neighbours.
#pragma once
#include <algorithm>
#include <cstdint>

#include "graph/gene_sets.hpp"
#include "graph/neighbour_keys.hpp"
#include "graph/neighbour_rule.hpp"
#include "graph/tcrdist_keys.hpp"
#include "sequence/receptors.hpp"

namespace clustcr {

// A key and whose it is. The hash's upper bits have chosen the partition; of
// the others 42 have to agree.
struct Key {
  std::uint32_t high, low;  // hash; hash, masked letters, role
  std::uint32_t index;

  static Key make(const NeighbourKey& key, std::size_t index) {
    return {static_cast<std::uint32_t>(key.hash),
            static_cast<std::uint32_t>(key.hash >> 32) << kBelowHash |
                key.letters << 2 | static_cast<std::uint32_t>(key.role),
            static_cast<std::uint32_t>(index)};
  }
  std::uint32_t hash() const { return high; }
  MaskedLetters letters() const {
    return low >> 2 & ((MaskedLetters{1} << kMaskedBits) - 1);
  }
  KeyRole role() const { return static_cast<KeyRole>(low & 3); }
  bool same_hash(const Key& other) const {
    return high == other.high && (low ^ other.low) >> kBelowHash == 0;
  }

 private:
  static constexpr int kBelowHash = kMaskedBits + 2;
};

// Entries a partition should hold: with its chains it stays within an L2
// cache, so that joining never waits for memory.
constexpr std::size_t kPartitionEntries = 1 << 14;
inline int partition_bits(std::size_t entries) {
  int bits = 0;
  while (bits < 16 && (entries >> bits) > kPartitionEntries) ++bits;
  return bits;
}

// Whether keys with the same hash are of neighbours.
class KeyMatch {
 public:
  // All of them must outlive this; `keys` are those of the rule.
  KeyMatch(const NeighbourRule& rule, const NeighbourKeys& keys,
           const GeneSets& genes)
      : rule_(rule), keys_(keys.tcrdist()), genes_(genes) {}

  // Key a of set x and key b of set y, whose genes must be numbered as in
  // `genes`. `two`: keys of two masked positions. Rows may have different
  // strides: what does not fit into the shorter one stands against a zero
  // there, which is no letter.
  bool operator()(const ReceptorSet& x, const Key& a, const ReceptorSet& y,
                  const Key& b, bool two) const {
    if (!roles_pair(a.role(), b.role())) return false;
    const bool tcrdist = rule_.distance == Distance::kTcrdist;
    // Before the rows, which no cache holds.
    if (a.role() == KeyRole::kAny && !tcrdist &&
        !one_letter_differs(a.letters(), b.letters()))
      return false;
    if (tcrdist) return within_tcrdist(x, a, y, b);
    if (!x.gene.empty() && !genes_.match(x.gene[a.index], y.gene[b.index]))
      return false;
    if (a.role() == KeyRole::kSame)
      return !x.gene.empty() && x.gene[a.index] != y.gene[b.index] &&
             x.sequences[a.index] == y.sequences[b.index];
    const std::size_t stride =
        std::min(x.sequences.stride(), y.sequences.stride());
    const char* const s = x.sequences.row(a.index);
    const char* const t = y.sequences.row(b.index);
    if (a.role() == KeyRole::kAny)
      return two ? differ_at_two(s, t, stride) : differ_at_one(s, t, stride);
    return a.role() == KeyRole::kShorter ? is_deletion_of(s, t, stride)
                                         : is_deletion_of(t, s, stride);
  }

 private:
  bool within_tcrdist(const ReceptorSet& x, const Key& a, const ReceptorSet& y,
                      const Key& b) const {
    const std::uint32_t apart =
        x.gene.empty() ? 0 : genes_.distance(x.gene[a.index], y.gene[b.index]);
    const int most = tcrdist_steps_beside(rule_, apart);
    if (most < 0) return false;
    const std::string_view s = x.sequences[a.index], t = y.sequences[b.index];
    const TcrChains p(s.data(), s.size()), q(t.data(), t.size());
    const int steps = tcrdist_steps(p, q, most);
    if (steps > most || keys_.first_common(p, q) != a.letters()) return false;
    const bool same_genes =
        x.gene.empty() || x.gene[a.index] == y.gene[b.index];
    return steps > 0 || !same_genes || s != t;
  }

  const NeighbourRule& rule_;
  const TcrdistKeys& keys_;
  const GeneSets& genes_;
};

}  // namespace clustcr
