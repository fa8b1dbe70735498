// The letters that a key masks: receptors with the same key are neighbours
// where exactly one of these differs.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace clustcr {

// Five bits each; letters are 1 to 26.
using MaskedLetters = std::uint32_t;
constexpr int kMaskedLetters = 4;
constexpr int kLetterBits = 5;
constexpr int kMaskedBits = kMaskedLetters * kLetterBits;

inline MaskedLetters masked_letter(char letter, int place) {
  return static_cast<MaskedLetters>(letter & 31) << (kLetterBits * place);
}

inline bool one_letter_differs(MaskedLetters a, MaskedLetters b) {
  const MaskedLetters d = a ^ b;
  // One bit of each letter that differs.
  const MaskedLetters letters =
      (d | d >> 1 | d >> 2 | d >> 3 | d >> 4) & 0x8421;
  return letters != 0 && (letters & (letters - 1)) == 0;
}

// One of several receptors with a key in common.
struct MaskedMember {
  MaskedLetters letters;
  std::uint32_t id;
};

// visit(begin, end) for each two and more of the members that agree in all
// letters but one, which one may be: all pairs of them are neighbours. In place
// of comparing all pairs, where there are many.
template <class Visit>
void for_each_masked_run(std::vector<MaskedMember>* members, Visit&& visit) {
  for (int place = 0; place < kMaskedLetters; ++place) {
    const MaskedLetters kept = ~(MaskedLetters{31} << (kLetterBits * place));
    std::sort(members->begin(), members->end(),
              [&](const MaskedMember& a, const MaskedMember& b) {
                return (a.letters & kept) < (b.letters & kept);
              });
    auto begin = members->begin();
    while (begin != members->end()) {
      auto end = begin + 1;
      while (end != members->end() &&
             (end->letters & kept) == (begin->letters & kept))
        ++end;
      if (end - begin > 1) visit(begin, end);
      begin = end;
    }
  }
}

}  // namespace clustcr
