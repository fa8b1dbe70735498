#include <gtest/gtest.h>

#include <string>

#include "recombination/codon_states.hpp"

using namespace clustcr;

namespace {

// How often the automaton accepts the codons as these residues.
double accepted(const std::string& residues,
                const std::vector<std::size_t>& codons, bool ball) {
  StateVector sums{};
  sums[kSame] = 1;
  for (std::size_t i = 0; i < residues.size(); ++i) {
    const std::size_t residue = residues[i] == kAnyResidue
                                    ? kAnyResidueIndex
                                    : residue_index(residues[i]);
    for (std::size_t layer = 0; layer < 3; ++layer) {
      const std::size_t letter = codons[i] >> (4 - 2 * layer) & 3;
      StateVector next{};
      for (const CodonLayer::Step& step :
           codon_states(ball)[residue].layers[layer].steps[letter])
        next[step.to] += sums[step.from];
      sums = next;
    }
  }
  const StateVector ends = accept(ball, residues.size());
  return sums[kSame] * ends[kSame] + sums[kOther] * ends[kOther];
}

}  // namespace

TEST(CodonStates, AcceptsTheCodonsOfAResidueOnce) {
  for (const char residue : std::string(kResidues))
    for (std::size_t codon = 0; codon < 64; ++codon)
      EXPECT_EQ(accepted({residue}, {codon}, false),
                codon_residue(codon) == residue_index(residue) ? 1 : 0);
}

TEST(CodonStates, AnyResidueIsNoStop) {
  for (std::size_t codon = 0; codon < 64; ++codon)
    EXPECT_EQ(accepted({kAnyResidue}, {codon}, false), sense_codons()[codon]);
}

TEST(CodonStates, ABallHasEachSequenceOnce) {
  for (const std::string residues : {"LS", "RW", "MA", "SL"}) {
    for (std::size_t a = 0; a < 64; ++a) {
      for (std::size_t b = 0; b < 64; ++b) {
        const bool sense =
            codon_residue(a) != kNoResidue && codon_residue(b) != kNoResidue;
        const int differ = (codon_residue(a) != residue_index(residues[0])) +
                           (codon_residue(b) != residue_index(residues[1]));
        EXPECT_EQ(accepted(residues, {a, b}, true), sense && differ <= 1)
            << residues << a << " " << b;
      }
    }
  }
}

// What insertions sum over goes the same ways as letters one by one.
TEST(CodonStates, ArcsAreSteps) {
  for (const bool ball : {false, true}) {
    for (const CodonStates& states : codon_states(ball)) {
      for (const CodonLayer& layer : states.layers) {
        std::size_t steps = 0;
        for (const auto& some : layer.steps) steps += some.size;
        EXPECT_EQ(steps, layer.steps_of_arcs.size);
        for (const CodonLayer::StepOfArc& step : layer.steps_of_arcs) {
          const CodonLayer::Arc& arc = layer.arcs.items[step.arc];
          bool found = false;
          for (const CodonLayer::Step& own : layer.steps[arc.letter])
            found |= own.from == step.from && own.to == arc.to;
          EXPECT_TRUE(found);
        }
        for (const CodonLayer::Link& link : layer.links)
          EXPECT_EQ(link.chain & 3, layer.arcs.items[link.to].letter);
      }
    }
  }
}
