#include "graph/tcrdist.hpp"

#include <algorithm>
#include <array>
#include <climits>
#include <cstring>
#include <utility>

#include "sequence/alphabet.hpp"

namespace clustcr {
namespace {

constexpr int kGapFrom = 5;  // residues before a gap, and behind it
constexpr int kOtherChains = INT_MAX / (2 * kTcrdistStep);

// BLOSUM62 (Henikoff and Henikoff 1992), in the order of kResidues.
constexpr int kBlosum62[kResidueCount][kResidueCount] = {
    {4, 0, -2, -1, -2, 0, -2, -1, -1, -1, -1, -2, -1, -1, -1, 1, 0, 0, -3, -2},
    {0,  9,  -3, -4, -2, -3, -3, -1, -3, -1,
     -1, -3, -3, -3, -3, -1, -1, -1, -2, -2},
    {-2, -3, 6, 2, -3, -1, -1, -3, -1, -4, -3, 1, -1, 0, -2, 0, -1, -3, -4, -3},
    {-1, -4, 2, 5, -3, -2, 0, -3, 1, -3, -2, 0, -1, 2, 0, 0, -1, -2, -3, -2},
    {-2, -2, -3, -3, 6, -3, -1, 0, -3, 0, 0, -3, -4, -3, -3, -2, -2, -1, 1, 3},
    {0,  -3, -1, -2, -3, 6, -2, -4, -2, -4,
     -3, 0,  -2, -2, -2, 0, -2, -3, -2, -3},
    {-2, -3, -1, 0, -1, -2, 8, -3, -1, -3, -2, 1, -2, 0, 0, -1, -2, -3, -2, 2},
    {-1, -1, -3, -3, 0, -4, -3, 4, -3, 2, 1, -3, -3, -3, -3, -2, -1, 3, -3, -1},
    {-1, -3, -1, 1, -3, -2, -1, -3, 5, -2, -1, 0, -1, 1, 2, 0, -1, -2, -3, -2},
    {-1, -1, -4, -3, 0, -4, -3, 2, -2, 4, 2, -3, -3, -2, -2, -2, -1, 1, -2, -1},
    {-1, -1, -3, -2, 0, -3, -2, 1, -1, 2, 5, -2, -2, 0, -1, -1, -1, 1, -1, -1},
    {-2, -3, 1, 0, -3, 0, 1, -3, 0, -3, -2, 6, -2, 0, 0, 1, 0, -3, -4, -2},
    {-1, -3, -1, -1, -4, -2, -2, -3, -1, -3,
     -2, -2, 7,  -1, -2, -1, -1, -2, -4, -3},
    {-1, -3, 0, 2, -3, -2, 0, -3, 1, -2, 0, 0, -1, 5, 1, 0, -1, -2, -2, -1},
    {-1, -3, -2, 0, -3, -2, 0, -3, 2, -2, -1, 0, -2, 1, 5, -1, -1, -3, -3, -2},
    {1, -1, 0, 0, -2, 0, -1, -2, 0, -2, -1, 1, -1, 0, -1, 4, 1, -2, -3, -2},
    {0, -1, -1, -1, -2, -2, -2, -1, -1, -1, -1, 0, -1, -1, -1, 1, 5, 0, -2, -2},
    {0, -1, -3, -2, -1, -3, -3, 3, -2, 1, 1, -3, -2, -2, -3, -2, 0, 4, -3, -1},
    {-3, -2, -4, -3, 1,  -2, -2, -3, -3, -2,
     -1, -4, -4, -2, -3, -3, -2, -3, 11, 2},
    {-2, -2, -3, -2, 3,  -3, 2,  -1, -2, -1,
     -1, -2, -3, -1, -2, -2, -2, -1, 2,  7}};

// By the lower five bits of two letters.
struct Steps {
  std::array<std::uint8_t, 1024> of;

  Steps() {
    of.fill(kTcrdistGapSteps);  // what is no residue
    for (int i = 0; i < 32; ++i) of[i * 33] = 0;
    for (int i = 0; i < kResidueCount; ++i)
      for (int j = 0; j < kResidueCount; ++j)
        if (i != j)
          of[(kResidues[i] & 31) * 32 + (kResidues[j] & 31)] =
              static_cast<std::uint8_t>(std::min(4, 4 - kBlosum62[i][j]));
  }
  int operator()(char a, char b) const { return of[(a & 31) * 32 + (b & 31)]; }
};
const Steps kSteps;

constexpr std::string_view kClasses[] = {"A", "RK", "N",    "EQD",  "C", "G",
                                         "P", "S",  "ILVM", "FYHW", "T"};

struct ClassOf {
  std::array<char, 32> of{};

  ClassOf() {
    for (const std::string_view letters : kClasses)
      for (const char c : letters) of[c & 31] = letters[0];
  }
};
const ClassOf kClassOf;

TcrChain chain_of(const char* text, int length) {
  const int core = tcr_core_length(length);
  return {core > 0 ? text + kTcrdistTrimLeft : text, core, length};
}

int equal_steps(const TcrChain& a, const TcrChain& b, int most) {
  int steps = 0;
  for (int i = 0; i < a.core_length && steps <= most; ++i)
    steps += kSteps(a.core[i], b.core[i]);
  return steps;
}

int gapped_steps(const TcrChain& shorter, const TcrChain& longer, int most) {
  const int more = longer.length - shorter.length;
  const int gap = more * kTcrdistGapSteps;
  if (shorter.length == 0) return kOtherChains;  // a missing chain
  if (gap > most) return gap;
  const GapPlaces places = gap_places(shorter.length);
  // Of short ones a residue is cut away that the other has in its core.
  const int shift = longer.core_length - shorter.core_length;
  const char* const s = shorter.core;
  const char* const t = longer.core;
  int steps = 0;
  for (int i = 0; i < places.first; ++i) steps += kSteps(s[i], t[i]);
  for (int i = places.last; i < shorter.core_length; ++i)
    steps += kSteps(s[i], t[i + shift]);
  if (gap + steps > most) return gap + steps;
  for (int i = places.first; i < places.last; ++i)
    steps += kSteps(s[i], t[i + shift]);
  int least = steps;
  for (int i = places.first; i < places.last; ++i) {
    steps += kSteps(s[i], t[i]) - kSteps(s[i], t[i + shift]);
    least = std::min(least, steps);
  }
  return gap + least;
}

int chain_steps(const TcrChain& a, const TcrChain& b, int most) {
  if (a.length == b.length) return equal_steps(a, b, most);
  return a.length < b.length ? gapped_steps(a, b, most)
                             : gapped_steps(b, a, most);
}

}  // namespace

int substitution_steps(char a, char b) { return kSteps(a, b); }

char residue_class(char letter) { return kClassOf.of[letter & 31]; }

TcrChains::TcrChains(const char* text, std::size_t length) {
  const void* const at = std::memchr(text, kChainSeparator, length);
  const auto first =
      at == nullptr ? static_cast<int>(length)
                    : static_cast<int>(static_cast<const char*>(at) - text);
  chain[0] = chain_of(text, first);
  if (at == nullptr) return;
  count = 2;
  chain[1] = chain_of(text + first + 1, static_cast<int>(length) - first - 1);
}

GapPlaces gap_places(int shorter_length) {
  const int before = std::min(kGapFrom, shorter_length / 2);
  const int first = std::max(0, before - kTcrdistTrimLeft);
  const int last = shorter_length - before - kTcrdistTrimLeft;
  return {first,
          std::min(tcr_core_length(shorter_length), std::max(first, last))};
}

int tcrdist_steps(const TcrChains& a, const TcrChains& b, int most) {
  if (a.count != b.count) return kOtherChains;
  int steps = 0;
  for (int k = 0; k < a.count && steps <= most; ++k)
    steps += chain_steps(a.chain[k], b.chain[k], most - steps);
  return steps;
}

std::uint32_t tcr_distance(std::string_view a, std::string_view b) {
  const int steps =
      tcrdist_steps(TcrChains(a.data(), a.size()),
                    TcrChains(b.data(), b.size()), kOtherChains - 1);
  return steps < kOtherChains ? static_cast<std::uint32_t>(kTcrdistStep * steps)
                              : kTcrdistNever;
}

}  // namespace clustcr
