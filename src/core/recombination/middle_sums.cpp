#include "recombination/middle_sums.hpp"

#include <algorithm>

namespace clustcr {
namespace {

// Both states behind whole codons.
struct Whole {
  double same = 0, other = 0;
  bool any() const { return same != 0 || other != 0; }
  double times(const StateVector& right) const {
    return same * right[kSame] + other * right[kOther];
  }
};

double product(const StateVector& a, const StateVector& b) {
  double sum = 0;
  for (std::size_t s = 0; s < kStateSlots; ++s) sum += a[s] * b[s];
  return sum;
}

bool is_nothing(const StateVector& sums) {
  return std::all_of(sums.begin(), sums.end(), [](double x) { return x == 0; });
}

StateVector stepped(const CodonLayer& layer, std::uint8_t letter,
                    const StateVector& from) {
  StateVector to{};
  for (const CodonLayer::Step& step : layer.steps[letter])
    to[step.to] += from[step.from];
  return to;
}

// From each state before a letter, what lies right of it.
StateVector seen_through(const CodonLayer& layer, std::uint8_t letter,
                         const StateVector& right) {
  StateVector from{};
  for (const CodonLayer::Step& step : layer.steps[letter])
    from[step.from] += right[step.to];
  return from;
}

}  // namespace

void RightSums::set(const CodonPath& path, const PlaceSums& right) {
  sums = &right;
  end = right.size();
  while (end > 0 && is_nothing(right[end - 1])) --end;
  codons.resize(path.residues.size());
  for (std::size_t r = 0; 3 * r + 1 < end; ++r) {
    const std::array<CodonLayer, 3>& layers = path.residues[r]->layers;
    for (std::uint8_t a = 0; a < 4; ++a) {
      const StateVector first = seen_through(layers[0], a, right[3 * r + 1]);
      codons[r].one[a] = {first[kSame], first[kOther]};
    }
    for (std::uint8_t b = 0; b < 4; ++b) {
      const StateVector second = seen_through(layers[1], b, right[3 * r + 2]);
      for (std::uint8_t a = 0; a < 4; ++a) {
        const StateVector first = seen_through(layers[0], a, second);
        codons[r].two[4u * a + b] = {first[kSame], first[kOther]};
      }
    }
  }
}

MiddleSums::MiddleSums(const MiddleGene& gene)
    : letters_(gene.letters),
      width_(gene.letters.size() + 4),
      none_(gene.none) {
  const std::size_t n = letters_.size();
  weights_.assign(n * width_, 0);
  for (std::size_t i = 0; i < n; ++i) {
    bool any = false;
    for (std::size_t j = i + 1; j <= n; ++j) {
      weights_[i * width_ + j] = gene.remaining(i, j);
      any |= gene.remaining(i, j) > 0;
    }
    if (any) begins_.push_back(static_cast<std::uint16_t>(i));
  }
  // Behind the end are letters without weight.
  for (std::size_t i = 0; i < n; ++i) {
    const auto letter = [&](std::size_t k) {
      return k < n ? letters_[k] : std::uint8_t{0};
    };
    codons_.push_back(static_cast<std::uint8_t>(
        16 * letter(i) + 4 * letter(i + 1) + letter(i + 2)));
  }
}

// What begins with letter i and has come to letter `at` and `place`, between
// two codons.
double MiddleSums::whole_codons(const CodonPath& path, const RightSums& right,
                                std::size_t i, std::size_t at,
                                std::size_t place, double same,
                                double other) const {
  const double* weights = row(i);
  const std::array<double, 64>& sense = *sense_;
  double sum = 0;
  for (; at < letters_.size() && place + 1 < right.end; at += 3, place += 3) {
    const std::uint8_t codon = codons_[at];
    const RightSums::Codon& through = right.codons[place / 3];
    const std::array<double, 2>& one = through.one[codon >> 4];
    const std::array<double, 2>& two = through.two[codon >> 2];
    sum += weights[at + 1] * (same * one[0] + other * one[1]) +
           weights[at + 2] * (same * two[0] + other * two[1]);
    const double matches = path.residues[place / 3]->matches[codon];
    other = other * matches + same * sense[codon];
    same *= matches;
    const StateVector& behind = (*right.sums)[place + 3];
    sum += weights[at + 3] * (same * behind[kSame] + other * behind[kOther]);
    if (same == 0 && other == 0) break;
  }
  return sum;
}

double MiddleSums::from_second(const CodonPath& path, const StateVector& left,
                               const RightSums& right,
                               std::size_t place) const {
  const CodonLayer& second = path.layer(place);
  const CodonLayer& third = path.layer(place + 1);
  std::array<double, 4> one;
  std::array<Whole, 16> two;
  for (std::uint8_t b = 0; b < 4; ++b) {
    const StateVector behind = stepped(second, b, left);
    one[b] = product(behind, (*right.sums)[place + 1]);
    for (std::uint8_t c = 0; c < 4; ++c) {
      const StateVector whole = stepped(third, c, behind);
      two[4u * b + c] = {whole[kSame], whole[kOther]};
    }
  }
  double sum = 0;
  for (const std::size_t i : begins_) {
    const std::uint8_t pair = codons_[i] >> 2;
    sum += row(i)[i + 1] * one[pair >> 2];
    const Whole& whole = two[pair];
    if (!whole.any()) continue;
    sum += row(i)[i + 2] * whole.times((*right.sums)[place + 2]);
    sum +=
        whole_codons(path, right, i, i + 2, place + 2, whole.same, whole.other);
  }
  return sum;
}

double MiddleSums::from_third(const CodonPath& path, const StateVector& left,
                              const RightSums& right, std::size_t place) const {
  const CodonLayer& third = path.layer(place);
  std::array<Whole, 4> one;
  for (std::uint8_t c = 0; c < 4; ++c) {
    const StateVector whole = stepped(third, c, left);
    one[c] = {whole[kSame], whole[kOther]};
  }
  double sum = 0;
  for (const std::size_t i : begins_) {
    const Whole& whole = one[letters_[i]];
    if (!whole.any()) continue;
    sum += row(i)[i + 1] * whole.times((*right.sums)[place + 1]);
    sum +=
        whole_codons(path, right, i, i + 1, place + 1, whole.same, whole.other);
  }
  return sum;
}

double MiddleSums::operator()(const CodonPath& path, const PlaceSums& left,
                              const RightSums& right) const {
  double sum = 0, without = 0;
  for (std::size_t place = 0; place + 1 < right.end; ++place) {
    const StateVector& begun = left[place];
    if (is_nothing(begun)) continue;
    if (place % 3 == 1) {
      sum += from_second(path, begun, right, place);
    } else if (place % 3 == 2) {
      sum += from_third(path, begun, right, place);
    } else {
      for (const std::size_t i : begins_)
        sum +=
            whole_codons(path, right, i, i, place, begun[kSame], begun[kOther]);
    }
  }
  if (none_ > 0)
    for (std::size_t place = 0; place < right.end; ++place)
      without += product(left[place], (*right.sums)[place]);
  return sum + none_ * without;
}

}  // namespace clustcr
