// Draws receptors as recombination makes them, the productive ones: in frame,
// without a stop, from the conserved cysteine of a functional V to the
// conserved F, V or W of a functional J.
//
// They are numbered. Each block of kBlock has random numbers of its own, so a
// receptor depends on the seed and its number only, not on threads or on how
// many are drawn at once.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/ports.hpp"
#include "recombination/recombination_model.hpp"

namespace clustcr {

class RandomNumbers {
 public:
  RandomNumbers(std::uint64_t seed, std::uint64_t block);
  double uniform() {  // from 0, below 1
    return static_cast<double>(bits() >> 11) * 0x1p-53;
  }

 private:
  std::uint64_t bits();
  std::uint64_t state_;
};

// Draws i with probability p[i] in constant time (Walker's alias method).
class DiscreteDraw {
 public:
  DiscreteDraw() = default;
  explicit DiscreteDraw(const std::vector<double>& p);
  bool any() const { return !keep_.empty(); }
  std::size_t operator()(RandomNumbers* random) const;

 private:
  std::vector<double> keep_;
  std::vector<std::uint32_t> other_;
};

struct DrawnReceptor {
  std::string junction, junction_aa;
  std::uint32_t v, j;
  std::uint32_t recombinations;  // that it took
};

// A choice of alleles of V and J, and how often it is wanted among productive
// receptors. Within it alleles are as frequent as in the model.
struct GeneUsage {
  std::vector<std::uint32_t> v, j;
  double weight;
};

class ReceptorSampler {
 public:
  static constexpr std::size_t kBlock = 4096;
  // What can't be made (a wanted choice whose receptors are never productive)
  // is given up after so many recombinations.
  static constexpr std::uint32_t kMostTries = 1000000;

  // Without `usage` genes are drawn as in the model.
  ReceptorSampler(const RecombinationModel& model,
                  const std::vector<GeneUsage>& usage, std::uint64_t seed);

  // The receptors from number `first` on.
  std::vector<DrawnReceptor> draw(std::uint64_t first, std::size_t count,
                                  const Execution& execution) const;

 private:
  struct EndDraws {
    std::vector<DiscreteDraw> remain;  // by allele; the last is cut too far
  };
  struct InsertionDraws {
    DiscreteDraw length, first;
    std::array<DiscreteDraw, 4> next;
  };
  struct PairDraws {
    DiscreteDraw pair;
    std::vector<std::uint32_t> v, j;
  };

  static EndDraws end_draws(const std::vector<EndGene>& genes);
  static InsertionDraws insertion_draws(const Insertion& insertion);
  PairDraws pair_draws(const std::vector<std::uint32_t>& v,
                       const std::vector<std::uint32_t>& j) const;
  void one(RandomNumbers* random, Nucleotides* letters,
           DrawnReceptor* receptor) const;
  bool recombine(const PairDraws& pairs, RandomNumbers* random,
                 Nucleotides* letters, DrawnReceptor* receptor) const;
  void insert(const InsertionDraws& draws, RandomNumbers* random,
              Nucleotides* letters) const;

  const RecombinationModel& model_;
  std::uint64_t seed_;
  EndDraws v_, j_;
  InsertionDraws behind_v_, before_j_;
  std::vector<DiscreteDraw> d_of_j_, remain_of_d_;
  DiscreteDraw choice_;
  std::vector<PairDraws> pairs_;
};

}  // namespace clustcr
