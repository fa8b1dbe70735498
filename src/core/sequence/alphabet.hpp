// The 20 amino acids, as the one-letter codes in alphabetical order, so that
// comparing residue codes compares letters.
#pragma once
#include <array>
#include <cstdint>

namespace clustcr {

constexpr char kResidues[] = "ACDEFGHIKLMNPQRSTVWY";
constexpr int kResidueCount = 20;
constexpr std::uint8_t kNoResidue = 255;
// Between the two chains of a pair; no residue.
constexpr char kChainSeparator = ':';

// Index of a letter in kResidues, or kNoResidue.
inline std::uint8_t residue_index(char letter) {
  static const std::array<std::uint8_t, 256> table = [] {
    std::array<std::uint8_t, 256> t;
    t.fill(kNoResidue);
    for (int i = 0; i < kResidueCount; ++i)
      t[static_cast<unsigned char>(kResidues[i])] =
          static_cast<std::uint8_t>(i);
    return t;
  }();
  return table[static_cast<unsigned char>(letter)];
}

}  // namespace clustcr
