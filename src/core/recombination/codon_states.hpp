// Which nucleotides make a sequence of residues, as an automaton that reads one
// letter after the other. All sums over nucleotide sequences go through it, so
// they can't disagree on what is summed.
//
// Behind whole codons there is one state. Within a codon a state is what has
// been read of it, as far as what may follow differs: of one residue at most
// two states, for serine, leucine and arginine begin in two ways.
//
// The ball (all sequences that differ at one residue at most) has a second set
// of these states, behind the place that differs, and in between those of a
// codon that may be any but a stop. That codon may be the residue's own, too.
// So a sequence of n residues itself is counted n times in the ball, and
// accept() counts that back.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "recombination/nucleotides.hpp"

namespace clustcr {

// A vector that is never long.
template <class T, std::size_t kMost>
struct Few {
  std::uint8_t size = 0;
  std::array<T, kMost> items{};
  void push_back(const T& item) { items[size++] = item; }
  const T* begin() const { return items.data(); }
  const T* end() const { return items.data() + size; }
};

// States of a place between two letters; the arrays of them have kStateSlots.
constexpr std::size_t kStateSlots = 8;
using StateVector = std::array<double, kStateSlots>;

// Behind whole codons: nothing differs so far; one residue may.
constexpr std::uint8_t kSame = 0, kOther = 1;

// One letter of a codon.
struct CodonLayer {
  struct Step {
    std::uint8_t from, to;
  };
  // To reach a state by a letter: what is summed over in an insertion, where
  // each letter depends on the one before.
  struct Arc {
    std::uint8_t to, letter;
  };
  // From an arc of the layer before to one of this; `chain` is 4 * the letter
  // of the first + that of the second.
  struct Link {
    std::uint8_t from, to, chain;
  };
  struct StepOfArc {
    std::uint8_t from, arc;
  };

  std::array<Few<Step, 8>, 4> steps;  // by letter
  Few<Arc, 12> arcs;
  Few<Link, 36> links;
  Few<StepOfArc, 24> steps_of_arcs;
};

// Of one residue. The arcs of the last layer have the same numbers for all, 4 *
// the state + the letter, because the next residue's links begin there.
struct CodonStates {
  std::array<CodonLayer, 3> layers;
  std::array<double, 64> matches{};  // 1 where the codon is this residue's
};

// 1 where a codon is no stop.
const std::array<double, 64>& sense_codons();

// Stands for any residue, in sequences but not in balls.
constexpr char kAnyResidue = 'X';
constexpr std::size_t kAnyResidueIndex = kResidueCount;

// By residue; of the sequence itself or of its ball.
const std::array<CodonStates, kResidueCount + 1>& codon_states(bool ball);

// What the states behind a whole sequence count.
StateVector accept(bool ball, std::size_t residues);

}  // namespace clustcr
