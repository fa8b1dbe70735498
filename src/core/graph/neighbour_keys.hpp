// The keys by which neighbours are found: each pair of neighbours has exactly
// one key in common, and its letters under that key's mask say that it is one.
//
// Hamming 1: the letters with up to four positions masked, evenly apart, each
//   position by one key. Neighbours share the key that masks where they differ,
//   and differ in one of its masked letters. One key a position would need no
//   letters, but makes four times the keys, of which nine in ten meet no other.
// Levenshtein 1: these, and for letters left out the text without one letter
//   (kLonger), which meets the whole text of a shorter one (kShorter).
// Hamming 2: the keys of Hamming 1, then, in passes, two positions masked; the
//   keys of pass p > 0 have p - 1 as the first of the two, so that no pass has
//   many more keys than Hamming 1, and a pair at distance 1, which shares many
//   of them, counts in pass 0 alone.
// TCRdist: those of tcrdist_keys.hpp, with their number in place of letters.
// Where sets of genes may meet, genes are no part of keys: receptors with a key
// in common are neighbours if their genes match. Those of the same sequence
// share all its keys, but are told by kSame alone.
#pragma once
#include <cstdint>
#include <vector>

#include "base/hash.hpp"
#include "graph/masked_letters.hpp"
#include "graph/neighbour_rule.hpp"
#include "graph/tcrdist_keys.hpp"
#include "sequence/receptors.hpp"

namespace clustcr {

// Who pairs with whom among receptors with the same key.
enum class KeyRole : std::uint8_t {
  kAny = 0,
  kSame = 1,
  kShorter = 2,
  kLonger = 3
};

inline bool roles_pair(KeyRole a, KeyRole b) {
  if (a == KeyRole::kAny || a == KeyRole::kSame) return a == b;
  return (a == KeyRole::kShorter && b == KeyRole::kLonger) ||
         (a == KeyRole::kLonger && b == KeyRole::kShorter);
}

// What only chance gives the same hash: a longer text may meet a shorter one.
inline int kind_of(KeyRole role) {
  return static_cast<int>(role == KeyRole::kLonger ? KeyRole::kShorter : role);
}

// About; CDR3s have some 15 letters.
inline std::uint64_t keys_per_receptor(const NeighbourRule& rule) {
  if (rule.distance == Distance::kTcrdist)
    return TcrdistKeys(tcrdist_most_steps(rule)).keys_per_chain();
  if (rule.distance == Distance::kLevenshtein) return 20;
  return rule.max_distance == 2 ? 16 : 4;
}

struct NeighbourKey {
  std::uint64_t hash;
  KeyRole role = KeyRole::kAny;
  // Of kAny; of two masked positions the second, for pairs that differ in the
  // first alone count in pass 0.
  MaskedLetters letters = 0;
};

// Zobrist hashing: a random word for each (position, letter), xor-ed. Masking
// a position exchanges one word, so all L masked hashes of a sequence cost
// 2 L xors instead of L^2.
class NeighbourKeys {
 public:
  NeighbourKeys(const NeighbourRule& rule, std::size_t longest_possible)
      : rule_(rule),
        tcrdist_(tcrdist_most_steps(rule)),
        words_((longest_possible + 1) * 32) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] = mix64(i + 1);
  }

  // Without keys, unless the rule is of TCRdist.
  const TcrdistKeys& tcrdist() const { return tcrdist_; }

  // Where sequences have up to `longest` letters.
  std::size_t passes(std::size_t longest) const {
    return rule_.distance == Distance::kHamming && rule_.max_distance == 2 &&
                   longest > 1
               ? longest
               : 1;
  }

  // visit(NeighbourKey) for each key of the `length` letters at `row`.
  // `genes`: a hash of what must be equal.
  template <class Visit>
  void operator()(const char* row, std::size_t length, std::uint64_t genes,
                  std::size_t pass, Visit&& visit) const {
    if (rule_.distance == Distance::kTcrdist) {
      tcrdist_keys(row, length, genes, visit);
      return;
    }
    std::uint64_t whole = genes ^ word(length, 0);  // lengths never mix
    for (std::size_t i = 0; i < length; ++i) whole ^= word(i, row[i]);
    if (pass > 0) {
      mask_two(row, length, whole, pass - 1, visit);
      return;
    }
    mask_some(row, length, whole, visit);
    if (rule_.ambiguous_genes_match) visit({whole ^ kEqual, KeyRole::kSame});
    if (rule_.distance == Distance::kLevenshtein)
      delete_one(row, length, genes, whole, visit);
  }

 private:
  static constexpr char kMask = 31;  // no letter: they are 1 to 26
  // What keeps texts without a letter apart from masked ones.
  static constexpr std::uint64_t kWhole = 0x9e3779b97f4a7c15ULL;
  static constexpr std::uint64_t kEqual = 0xd1b54a32d192ed03ULL;

  std::uint64_t word(std::size_t position, char letter) const {
    return words_[position * 32 + (letter & 31)];
  }
  std::uint64_t masked(std::uint64_t hash, const char* row,
                       std::size_t i) const {
    return hash ^ word(i, row[i]) ^ word(i, kMask);
  }

  // Short ones would be alike once four of their letters are masked.
  static std::size_t masks_of(std::size_t length) {
    return length < 2 * kMaskedLetters
               ? length
               : (length + kMaskedLetters - 1) / kMaskedLetters;
  }

  template <class Visit>
  void mask_some(const char* row, std::size_t length, std::uint64_t whole,
                 Visit&& visit) const {
    const std::size_t masks = masks_of(length);
    for (std::size_t first = 0; first < masks; ++first) {
      NeighbourKey key{whole ^ word(first, kMask)};
      int place = 0;
      bool some = false;
      for (std::size_t i = first; i < length; i += masks, ++place) {
        if (row[i] == kChainSeparator) continue;
        some = true;
        key.hash ^= word(i, row[i]);
        key.letters |= masked_letter(row[i], place);
      }
      if (some) visit(key);
    }
  }

  template <class Visit>
  void mask_two(const char* row, std::size_t length, std::uint64_t whole,
                std::size_t first, Visit&& visit) const {
    if (first >= length || row[first] == kChainSeparator) return;
    const std::uint64_t once = masked(whole, row, first);
    for (std::size_t i = first + 1; i < length; ++i)
      if (row[i] != kChainSeparator)
        visit({masked(once, row, i), KeyRole::kAny, masked_letter(row[i], 0)});
  }

  // Of equal letters side by side one is left out, for the text is the same.
  template <class Visit>
  void delete_one(const char* row, std::size_t length, std::uint64_t genes,
                  std::uint64_t whole, Visit&& visit) const {
    visit({whole ^ kWhole, KeyRole::kShorter});
    if (length < 2) return;
    // Without the first letter, then with one more from the left each time.
    std::uint64_t hash = genes ^ kWhole ^ word(length - 1, 0);
    for (std::size_t i = 1; i < length; ++i) hash ^= word(i - 1, row[i]);
    for (std::size_t i = 0; i < length; ++i) {
      if (i > 0) hash ^= word(i - 1, row[i]) ^ word(i - 1, row[i - 1]);
      if (row[i] != kChainSeparator && (i == 0 || row[i] != row[i - 1]))
        visit({hash, KeyRole::kLonger});
    }
  }

  template <class Visit>
  void tcrdist_keys(const char* row, std::size_t length, std::uint64_t genes,
                    Visit&& visit) const {
    tcrdist_(
        TcrChains(row, length), genes,
        [&](std::uint64_t hash, std::uint32_t number, TcrdistKeys::Side side) {
          visit({hash,
                 side == TcrdistKeys::Side::kEqual     ? KeyRole::kAny
                 : side == TcrdistKeys::Side::kShorter ? KeyRole::kShorter
                                                       : KeyRole::kLonger,
                 number});
        });
  }

  NeighbourRule rule_;
  TcrdistKeys tcrdist_;
  std::vector<std::uint64_t> words_;
};

// A hash of what keys have of each of the genes: nothing where sets may meet;
// where V genes may differ, which of them others may be near to.
std::vector<std::uint64_t> key_gene_hashes(const ReceptorSet& set,
                                           const NeighbourRule& rule);

// A hash of each of the genes; of none where genes do not count.
inline std::vector<std::uint64_t> gene_hashes(const ReceptorSet& set) {
  std::vector<std::uint64_t> hashes;
  for (const std::string& genes : set.genes) hashes.push_back(hash64(genes));
  return hashes;
}

}  // namespace clustcr
