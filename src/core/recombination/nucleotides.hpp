// Nucleotides and codons as numbers: A, C, G, T are 0 to 3, a codon is 16, 4
// and 1 times its letters.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sequence/alphabet.hpp"

namespace clustcr {

constexpr char kNucleotides[] = "ACGT";
constexpr std::uint8_t kNoNucleotide = 255;

using Nucleotides = std::vector<std::uint8_t>;

inline std::uint8_t nucleotide_index(char letter) {
  switch (letter) {
    case 'A':
    case 'a':
      return 0;
    case 'C':
    case 'c':
      return 1;
    case 'G':
    case 'g':
      return 2;
    case 'T':
    case 't':
      return 3;
  }
  return kNoNucleotide;
}

// The standard genetic code; * is a stop.
constexpr char kCodonResidues[] =
    "KNKNTTTTRSRSIIMIQHQHPPPPRRRRLLLLEDEDAAAAGGGGVVVV*Y*YSSSS*CWCLFLF";

// The residue of a codon as its index in kResidues; kNoResidue of a stop.
inline std::uint8_t codon_residue(std::size_t codon) {
  return residue_index(kCodonResidues[codon]);
}

}  // namespace clustcr
