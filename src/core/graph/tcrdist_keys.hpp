// The keys by which receptors within a TCRdist are found.
//
// Residues of different classes cost three steps and more, so that neighbours
// differ in few classes: within 18 in two at most, if their lengths are equal,
// and in none where one has a residue more. The letters that are compared are
// dealt to a few groups, of which a key leaves out as many as may differ, and
// has the classes of all others. Where lengths differ, the gap is in the right
// half of its places or in the left: a key has the letters that are compared
// wherever it is in that half.
//
// Neighbours may share several keys; they count with the first.
#pragma once
#include <cstdint>
#include <vector>

#include "base/hash.hpp"
#include "graph/tcrdist.hpp"

namespace clustcr {

class TcrdistKeys {
 public:
  // Who pairs with whom among receptors with the same key: those of kEqual
  // with each other, kShorter with kLonger.
  enum class Side { kEqual, kShorter, kLonger };

  // For neighbours within so many steps.
  explicit TcrdistKeys(int steps);

  // visit(hash, number, side) for each key of one or two chains. `genes`: a
  // hash of what must be equal.
  template <class Visit>
  void operator()(const TcrChains& receptor, std::uint64_t genes,
                  Visit&& visit) const {
    for (const Shape& shape : shapes_) {
      if (shape.chains() > receptor.count) continue;
      if (!shape.gapped()) {
        visit_shape(shape, receptor, genes, false, Side::kEqual, visit);
      } else {
        visit_shape(shape, receptor, genes, false, Side::kShorter, visit);
        visit_shape(shape, receptor, genes, true, Side::kLonger, visit);
      }
    }
  }

  // The number of the first key that two neighbours have in common.
  std::uint32_t first_common(const TcrChains& a, const TcrChains& b) const;

  // About how many keys a receptor of one chain has.
  std::uint32_t keys_per_chain() const;

 private:
  // How receptors line up: by how many residues the longer of each chain is
  // longer, and in which half of its places the gap is.
  struct Shape {
    int more[2] = {0, 0};
    bool right[2] = {false, false};
    // Whether the receptor that is longer in its first chain is shorter in the
    // other.
    bool opposite = false;
    int groups = 1;
    std::vector<std::uint32_t> left_out;  // of each key a bit for each group
    std::uint32_t first_number = 0;

    bool gapped() const { return more[0] + more[1] > 0; }
    int chains() const { return more[1] > 0 ? 2 : 1; }
    bool is_longer(int chain, bool longer) const {
      return more[chain] > 0 &&
             longer != (opposite && chain == 1 && more[0] > 0);
    }
  };

  static void deal(int differing, Shape* shape);

  // letter(char) for each that is compared, in the same order for the shorter
  // and the longer. False where a receptor is too short to be the longer.
  template <class Letter>
  static bool line_up(const Shape& shape, const TcrChains& receptor,
                      bool longer, Letter&& letter) {
    for (int k = 0; k < receptor.count; ++k) {
      const TcrChain& chain = receptor.chain[k];
      const int shorter =
          chain.length - (shape.is_longer(k, longer) ? shape.more[k] : 0);
      int left = chain.core_length, right = chain.core_length;
      if (shape.more[k] > 0) {
        if (shorter <= 0) return false;
        const GapPlaces places = gap_places(shorter);
        const int middle = (places.first + places.last) / 2;
        left = shape.right[k] ? middle : places.first;
        right +=
            (shape.right[k] ? places.last : middle) - tcr_core_length(shorter);
      }
      for (int i = 0; i < left; ++i) letter(chain.core[i]);
      for (int i = right; i < chain.core_length; ++i) letter(chain.core[i]);
    }
    return true;
  }

  template <class Visit>
  void visit_shape(const Shape& shape, const TcrChains& receptor,
                   std::uint64_t genes, bool longer, Side side,
                   Visit&& visit) const {
    std::uint64_t group[kMostGroups] = {};
    std::uint64_t whole = genes;
    for (int k = 0; k < receptor.count; ++k) {
      const int less = shape.is_longer(k, longer) ? shape.more[k] : 0;
      whole = mix64(
          whole + static_cast<std::uint64_t>(receptor.chain[k].length - less));
    }
    std::uint32_t place = 0;
    int in_group = 0;
    const bool fits = line_up(shape, receptor, longer, [&](char letter) {
      const std::uint64_t word =
          mix64(++place * 32 + (residue_class(letter) & 31));
      whole ^= word;
      group[in_group] ^= word;
      if (++in_group == shape.groups) in_group = 0;
    });
    if (!fits) return;
    std::uint32_t number = shape.first_number;
    for (const std::uint32_t left_out : shape.left_out) {
      std::uint64_t hash = whole;
      for (int g = 0; g < shape.groups; ++g)
        if (left_out >> g & 1) hash ^= group[g];
      visit(mix64(hash + number), number, side);
      ++number;
    }
  }

  static constexpr int kMostGroups = 8;

  std::vector<Shape> shapes_;
};

}  // namespace clustcr
