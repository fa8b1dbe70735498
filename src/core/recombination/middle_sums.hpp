// Sums over what is left of one D gene, and where it lies, between what ends
// left of it and what begins right of it.
#pragma once
#include <cstdint>
#include <vector>

#include "recombination/insertion_sums.hpp"

namespace clustcr {

// How a codon of a gene goes on to the sums right of it, by residue: made once
// for all alleles, of which each reads its own codons.
struct RightSums {
  struct Codon {
    // From kSame and kOther, behind one letter and behind two.
    std::array<std::array<double, 2>, 4> one;
    std::array<std::array<double, 2>, 16> two;
  };
  std::vector<Codon> codons;
  const PlaceSums* sums = nullptr;
  std::size_t end = 0;  // places from here on are nothing

  void set(const CodonPath& path, const PlaceSums& right);
};

class MiddleSums {
 public:
  explicit MiddleSums(const MiddleGene& gene);

  // The sum over all that is left of the gene, nothing too.
  double operator()(const CodonPath& path, const PlaceSums& left,
                    const RightSums& right) const;

 private:
  // What remains from letter i on: weights by the letter behind its last one.
  const double* row(std::size_t i) const { return &weights_[i * width_]; }
  double whole_codons(const CodonPath& path, const RightSums& right,
                      std::size_t i, std::size_t at, std::size_t place,
                      double same, double other) const;
  double from_second(const CodonPath& path, const StateVector& left,
                     const RightSums& right, std::size_t place) const;
  double from_third(const CodonPath& path, const StateVector& left,
                    const RightSums& right, std::size_t place) const;

  Nucleotides letters_;
  std::vector<std::uint8_t> codons_;  // that begin at each letter
  std::size_t width_;
  std::vector<double> weights_;
  std::vector<std::uint16_t> begins_;  // letters that may be the first
  double none_;
  const std::array<double, 64>* sense_ = &sense_codons();
};

}  // namespace clustcr
