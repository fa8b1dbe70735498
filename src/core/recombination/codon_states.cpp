#include "recombination/codon_states.hpp"

namespace clustcr {
namespace {

constexpr std::uint8_t kNone = 255;
constexpr std::uint8_t kT = 3;

// The prefixes of a residue's codons, each with a number.
struct Prefixes {
  std::array<std::uint8_t, 4> one;
  std::array<std::uint8_t, 16> two;
};

Prefixes prefixes_of(std::uint8_t residue) {
  Prefixes prefixes;
  prefixes.one.fill(kNone);
  prefixes.two.fill(kNone);
  std::uint8_t ones = 0, twos = 0;
  for (std::size_t codon = 0; codon < 64; ++codon) {
    if (codon_residue(codon) != residue) continue;
    if (prefixes.one[codon >> 4] == kNone) prefixes.one[codon >> 4] = ones++;
    if (prefixes.two[codon >> 2] == kNone) prefixes.two[codon >> 2] = twos++;
  }
  return prefixes;
}

class Builder {
 public:
  Builder(std::uint8_t residue, bool ball)
      : residue_(residue), prefixes_(prefixes_of(residue)) {
    if (residue == kAnyResidueIndex) {
      any(kSame, 0, 0);
      states_.matches = sense_codons();
    } else {
      own(kSame, 0, 0);
      for (std::size_t codon = 0; codon < 64; ++codon)
        states_.matches[codon] = codon_residue(codon) == residue ? 1 : 0;
      if (ball) {
        own(kOther, 2, 2);
        any(kOther, 4, 4);
      }
    }
    link(ball ? 2 : 1);
  }
  const CodonStates& states() const { return states_; }

 private:
  static std::uint8_t add(std::uint8_t base, std::uint8_t number) {
    return static_cast<std::uint8_t>(base + number);
  }
  void step(std::size_t layer, std::uint8_t from, std::size_t letter,
            std::uint8_t to) {
    states_.layers[layer].steps[letter].push_back({from, to});
  }

  // The residue's codons, from `state` to itself; states within the codon are
  // numbered from `one` and `two`.
  void own(std::uint8_t state, std::uint8_t one, std::uint8_t two) {
    for (std::size_t a = 0; a < 4; ++a) {
      if (prefixes_.one[a] == kNone) continue;
      const std::uint8_t first = add(one, prefixes_.one[a]);
      step(0, state, a, first);
      for (std::size_t b = 0; b < 4; ++b) {
        if (prefixes_.two[4 * a + b] == kNone) continue;
        const std::uint8_t second = add(two, prefixes_.two[4 * a + b]);
        step(1, first, b, second);
        for (std::size_t c = 0; c < 4; ++c)
          if (codon_residue(16 * a + 4 * b + c) == residue_)
            step(2, second, c, state);
      }
    }
  }

  // Any codon but TAA, TAG and TGA: what was read matters behind T, TA and TG.
  void any(std::uint8_t end, std::uint8_t one, std::uint8_t two) {
    const std::uint8_t plain = one, behind_t = add(one, 1);
    const std::uint8_t free = two, behind_ta = add(two, 1),
                       behind_tg = add(two, 2);
    for (std::size_t n = 0; n < 4; ++n) {
      step(0, kSame, n, n == kT ? behind_t : plain);
      step(1, plain, n, free);
      step(1, behind_t, n, n == 0 ? behind_ta : n == 2 ? behind_tg : free);
      step(2, free, n, end);
      if (n == 1 || n == kT) step(2, behind_ta, n, end);
      if (n != 0) step(2, behind_tg, n, end);
    }
  }

  void link(std::uint8_t ends) {
    for (std::size_t layer = 0; layer < 3; ++layer) {
      CodonLayer& now = states_.layers[layer];
      add_arcs(layer == 2 ? ends : 0, &now);
      for (std::uint8_t letter = 0; letter < 4; ++letter) {
        for (const CodonLayer::Step& step : now.steps[letter]) {
          const std::uint8_t arc = arc_of(now, step.to, letter);
          now.steps_of_arcs.push_back({step.from, arc});
          if (layer > 0)
            link_from(states_.layers[layer - 1].arcs, step, letter, arc, &now);
          else
            link_from(ends_of(ends), step, letter, arc, &now);
        }
      }
    }
  }

  using Arcs = Few<CodonLayer::Arc, 12>;

  static Arcs ends_of(std::uint8_t ends) {
    Arcs arcs;
    for (std::uint8_t i = 0; i < 4 * ends; ++i)
      arcs.push_back(
          {static_cast<std::uint8_t>(i / 4), static_cast<std::uint8_t>(i % 4)});
    return arcs;
  }
  static void add_arcs(std::uint8_t ends, CodonLayer* layer) {
    layer->arcs = ends_of(ends);
    for (std::uint8_t letter = 0; letter < 4; ++letter)
      for (const CodonLayer::Step& step : layer->steps[letter])
        if (arc_of(*layer, step.to, letter) == kNone)
          layer->arcs.push_back({step.to, letter});
  }
  static std::uint8_t arc_of(const CodonLayer& layer, std::uint8_t to,
                             std::uint8_t letter) {
    for (std::uint8_t i = 0; i < layer.arcs.size; ++i)
      if (layer.arcs.items[i].to == to && layer.arcs.items[i].letter == letter)
        return i;
    return kNone;
  }
  static void link_from(const Arcs& before, const CodonLayer::Step& step,
                        std::uint8_t letter, std::uint8_t arc,
                        CodonLayer* layer) {
    for (std::uint8_t i = 0; i < before.size; ++i)
      if (before.items[i].to == step.from)
        layer->links.push_back(
            {i, arc,
             static_cast<std::uint8_t>(4 * before.items[i].letter + letter)});
  }

  std::uint8_t residue_;
  Prefixes prefixes_;
  CodonStates states_;
};

std::array<CodonStates, kResidueCount + 1> build(bool ball) {
  std::array<CodonStates, kResidueCount + 1> states;
  for (std::uint8_t residue = 0; residue <= kResidueCount; ++residue)
    states[residue] = Builder(residue, ball).states();
  return states;
}

}  // namespace

const std::array<double, 64>& sense_codons() {
  static const std::array<double, 64> sense = [] {
    std::array<double, 64> codons;
    for (std::size_t codon = 0; codon < 64; ++codon)
      codons[codon] = codon_residue(codon) == kNoResidue ? 0 : 1;
    return codons;
  }();
  return sense;
}

const std::array<CodonStates, kResidueCount + 1>& codon_states(bool ball) {
  static const std::array<CodonStates, kResidueCount + 1> one = build(false);
  static const std::array<CodonStates, kResidueCount + 1> all = build(true);
  return ball ? all : one;
}

StateVector accept(bool ball, std::size_t residues) {
  StateVector ends{};
  ends[kSame] = ball ? 1 - static_cast<double>(residues) : 1;
  ends[kOther] = ball ? 1 : 0;
  return ends;
}

}  // namespace clustcr
