// The probability that recombination makes a CDR3: the sum over all choices of
// genes, deletions and insertions, and over all nucleotide sequences of its
// residues. Murugan et al. 2012 and Sethna et al. 2019 have the recursion: what
// V, the first insertion, D, the second insertion and J may make of the letters
// up to each place, one after the other.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/ports.hpp"
#include "recombination/gene_sides.hpp"
#include "recombination/insertion_sums.hpp"
#include "recombination/middle_sums.hpp"
#include "recombination/recombination_model.hpp"

namespace clustcr {

class GenerationProbability {
 public:
  // What one thread needs; any number of calls may use it, one at a time.
  struct Scratch;

  // Of sequences, or with `ball` of each and all that differ from it at one
  // residue. `model` must outlive this.
  GenerationProbability(const RecombinationModel& model, bool ball);

  // Genes are numbers of alleles of the model.
  VSide v_side(const std::vector<std::uint32_t>& alleles) const {
    return VSide(model_, alleles);
  }
  JSide j_side(const std::vector<std::uint32_t>& alleles) const {
    return JSide(model_, alleles);
  }

  // `residues` are of kResidues, or kAnyResidue where this is not of balls.
  double operator()(std::string_view residues, const VSide& v, const JSide& j,
                    Scratch* scratch) const;

 private:
  double with_d(const JSide& j, Scratch* scratch) const;
  double without_d(const VSide& v, const JSide& j, Scratch* scratch) const;

  const RecombinationModel& model_;
  bool ball_;
  InsertionSums behind_v_, before_j_;
  std::vector<MiddleSums> middles_;
};

struct GenerationProbability::Scratch {
  CodonPath path;
  PlaceSums v_ends, left;
  std::vector<PlaceSums> j_begins, right;
  GeneEnds v_lanes, j_lanes;
  InsertionSums::Scratch insertion;
  std::vector<PlaceSums> right_of_d;
  RightSums right_sums;
  std::vector<double> lanes, of_v, of_j;
};

// Sequences, each with one set of V and one of J (numbers into `v_sets` and
// `j_sets`, which hold numbers of alleles).
struct GenerationQuery {
  std::vector<std::string_view> sequences;
  std::vector<std::uint32_t> v_set, j_set;
  std::vector<std::vector<std::uint32_t>> v_sets, j_sets;
};

std::vector<double> generation_probabilities(const RecombinationModel& model,
                                             const GenerationQuery& query,
                                             bool ball,
                                             const Execution& execution);

}  // namespace clustcr
