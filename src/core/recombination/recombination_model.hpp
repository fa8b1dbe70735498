// A model of V(D)J recombination, read once and never changed: which genes are
// chosen, how many letters they lose, what is inserted between them (Murugan et
// al. 2012, Marcou et al. 2018).
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "recombination/nucleotides.hpp"

namespace clustcr {

// A V or J allele: its part of the CDR3, from the conserved cysteine of V, up
// to the conserved residue of J, and the longest palindrome behind (before) it.
struct EndGene {
  std::string name;
  Nucleotides letters;  // none where the CDR3 can't be told: no anchor
  // P(the first k letters of V, the last k of J remain | gene), k from 0. What
  // is missing to 1 was cut beyond the anchor.
  std::vector<double> remain;
  // It can be drawn in a productive receptor.
  bool functional = false;
};

// A D allele, with the longest palindromes at both ends.
struct MiddleGene {
  std::string name;
  Nucleotides letters;
  // P(letters i to j remain | gene) at i * (letters.size() + 1) + j, i < j.
  std::vector<double> remain;
  double none = 0;  // P(nothing remains | gene)

  double remaining(std::size_t i, std::size_t j) const {
    return remain[i * (letters.size() + 1) + j];
  }
};

// Letters that are inserted one after the other: a Markov chain, which starts
// as it is in the long run.
struct Insertion {
  std::vector<double> length;  // P(n letters)
  std::array<double, 4> first{};
  std::array<double, 16> next{};  // P(b behind a) at 4 * a + b
};

struct RecombinationModel {
  std::vector<EndGene> v, j;
  std::vector<MiddleGene> d;  // none: V is joined to J (alpha, gamma, light)

  // P(V, J) at v * j.size() + j.
  std::vector<double> v_j;
  // With D, V and J are independent: P(V); P(J); P(D | J) at j * d.size() + d.
  std::vector<double> v_choice, j_choice, d_of_j;

  // Behind V; and before J, read from J backwards. Without D the second is
  // empty.
  Insertion behind_v, before_j;

  bool has_d() const { return !d.empty(); }
  double probability(std::size_t v_at, std::size_t j_at) const {
    return v_j[v_at * j.size() + j_at];
  }
};

}  // namespace clustcr
