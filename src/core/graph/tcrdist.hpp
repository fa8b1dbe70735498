// TCRdist of CDR3s (Dash et al. 2017): how much two receptors' loops differ.
//
// A CDR3 is compared without its first three and last two residues. A residue
// in another's place costs 4 - BLOSUM62, at most 4; a residue more costs 4. All
// that counts three times, so distances of CDR3s are whole steps of 3. Residues
// that one has more stand in one gap, where it costs least: from the sixth
// residue on to five before the end, narrowed for short ones. Over the chains
// of a pair distances add up.
#pragma once
#include <cstdint>
#include <string_view>

namespace clustcr {

constexpr int kTcrdistStep = 3;
constexpr int kTcrdistGapSteps = 4;
// Beyond, neighbours share too few letters for keys.
constexpr int kTcrdistMost = 24;

// What one residue in another's place costs, in steps: 0 to 4.
int substitution_steps(char a, char b);

// One letter for all residues of a class: residues of different classes cost
// kClassSteps and more.
constexpr int kClassSteps = 3;
char residue_class(char letter);

// How many of so many residues are compared.
constexpr int kTcrdistTrimLeft = 3, kTcrdistTrimRight = 2;
inline int tcr_core_length(int length) {
  const int core = length - kTcrdistTrimLeft - kTcrdistTrimRight;
  return core > 0 ? core : 0;
}

// A CDR3 and what of it is compared.
struct TcrChain {
  const char* core = nullptr;
  int core_length = 0;
  int length = 0;
};

// The one or two chains of a receptor's text.
struct TcrChains {
  TcrChain chain[2];
  int count = 1;

  TcrChains() = default;
  TcrChains(const char* text, std::size_t length);
};

// Where a gap may stand in the core of the shorter of two: before its letter
// `first` to before its letter `last`.
struct GapPlaces {
  int first, last;
};
GapPlaces gap_places(int shorter_length);

// More than `most` where it is more, or their numbers of chains differ.
int tcrdist_steps(const TcrChains& a, const TcrChains& b, int most);

// The distance of two texts; kTcrdistNever where one has a chain that the other
// lacks.
constexpr std::uint32_t kTcrdistNever = 0xffffffffu;
std::uint32_t tcr_distance(std::string_view a, std::string_view b);

}  // namespace clustcr
