#include "recombination/receptor_sampler.hpp"

#include <algorithm>
#include <numeric>

#include "base/errors.hpp"
#include "base/hash.hpp"
#include "base/parallel.hpp"

namespace clustcr {
namespace {

bool translate(const Nucleotides& letters, std::string* junction,
               std::string* junction_aa) {
  if (letters.empty() || letters.size() % 3 != 0) return false;
  junction_aa->clear();
  for (std::size_t i = 0; i < letters.size(); i += 3) {
    const std::uint8_t residue =
        codon_residue(16u * letters[i] + 4u * letters[i + 1] + letters[i + 2]);
    if (residue == kNoResidue) return false;
    *junction_aa += kResidues[residue];
  }
  const char last = junction_aa->back();
  if (junction_aa->front() != 'C' ||
      (last != 'F' && last != 'V' && last != 'W'))
    return false;
  junction->clear();
  for (const std::uint8_t letter : letters) *junction += kNucleotides[letter];
  return true;
}

std::vector<std::uint32_t> all_of(std::size_t n) {
  std::vector<std::uint32_t> numbers(n);
  std::iota(numbers.begin(), numbers.end(), 0u);
  return numbers;
}

}  // namespace

RandomNumbers::RandomNumbers(std::uint64_t seed, std::uint64_t block)
    : state_(mix64(mix64(seed) ^ block)) {}

std::uint64_t RandomNumbers::bits() {
  const std::uint64_t found = mix64(state_);
  state_ += 0x9e3779b97f4a7c15ULL;
  return found;
}

DiscreteDraw::DiscreteDraw(const std::vector<double>& p) {
  const double sum = std::accumulate(p.begin(), p.end(), 0.0);
  if (!(sum > 0)) return;
  keep_.resize(p.size());
  other_.resize(p.size());
  std::vector<std::uint32_t> small, large;
  for (std::uint32_t i = 0; i < p.size(); ++i) {
    keep_[i] = p[i] / sum * static_cast<double>(p.size());
    other_[i] = i;
    (keep_[i] < 1 ? small : large).push_back(i);
  }
  while (!small.empty() && !large.empty()) {
    const std::uint32_t s = small.back(), l = large.back();
    small.pop_back();
    other_[s] = l;
    keep_[l] -= 1 - keep_[s];
    if (keep_[l] < 1) {
      large.pop_back();
      small.push_back(l);
    }
  }
  for (const std::uint32_t i : small) keep_[i] = 1;  // rounding left them over
  for (const std::uint32_t i : large) keep_[i] = 1;
}

std::size_t DiscreteDraw::operator()(RandomNumbers* random) const {
  const double x = random->uniform() * static_cast<double>(keep_.size());
  const std::size_t i = static_cast<std::size_t>(x);
  return x - static_cast<double>(i) < keep_[i] ? i : other_[i];
}

ReceptorSampler::EndDraws ReceptorSampler::end_draws(
    const std::vector<EndGene>& genes) {
  EndDraws draws;
  for (const EndGene& gene : genes) {
    std::vector<double> p = gene.remain;
    p.push_back(std::max(0.0, 1 - std::accumulate(p.begin(), p.end(), 0.0)));
    draws.remain.emplace_back(p);
  }
  return draws;
}

ReceptorSampler::InsertionDraws ReceptorSampler::insertion_draws(
    const Insertion& insertion) {
  InsertionDraws draws;
  draws.length = DiscreteDraw(insertion.length);
  draws.first = DiscreteDraw({insertion.first.begin(), insertion.first.end()});
  for (std::size_t a = 0; a < 4; ++a) {
    const auto row =
        insertion.next.begin() + static_cast<std::ptrdiff_t>(4 * a);
    draws.next[a] = DiscreteDraw(std::vector<double>(row, row + 4));
  }
  return draws;
}

ReceptorSampler::PairDraws ReceptorSampler::pair_draws(
    const std::vector<std::uint32_t>& v,
    const std::vector<std::uint32_t>& j) const {
  PairDraws draws;
  std::vector<double> p;
  for (const std::uint32_t a : v) {
    for (const std::uint32_t b : j) {
      draws.v.push_back(a);
      draws.j.push_back(b);
      p.push_back(model_.probability(a, b));
    }
  }
  draws.pair = DiscreteDraw(p);
  return draws;
}

ReceptorSampler::ReceptorSampler(const RecombinationModel& model,
                                 const std::vector<GeneUsage>& usage,
                                 std::uint64_t seed)
    : model_(model),
      seed_(seed),
      v_(end_draws(model.v)),
      j_(end_draws(model.j)),
      behind_v_(insertion_draws(model.behind_v)),
      before_j_(insertion_draws(model.before_j)) {
  for (std::size_t j = 0; model.has_d() && j < model.j.size(); ++j) {
    const auto row =
        model.d_of_j.begin() + static_cast<std::ptrdiff_t>(j * model.d.size());
    d_of_j_.emplace_back(std::vector<double>(
        row, row + static_cast<std::ptrdiff_t>(model.d.size())));
  }
  for (const MiddleGene& gene : model.d) {
    std::vector<double> p = gene.remain;
    p.push_back(gene.none);
    remain_of_d_.emplace_back(p);
  }
  std::vector<double> weights;
  for (const GeneUsage& wanted : usage) {
    pairs_.push_back(pair_draws(wanted.v, wanted.j));
    weights.push_back(wanted.weight);
  }
  if (usage.empty()) {
    pairs_.push_back(
        pair_draws(all_of(model.v.size()), all_of(model.j.size())));
    weights.push_back(1);
  }
  choice_ = DiscreteDraw(weights);
}

void ReceptorSampler::insert(const InsertionDraws& draws, RandomNumbers* random,
                             Nucleotides* letters) const {
  if (!draws.length.any()) return;
  const std::size_t n = draws.length(random);
  for (std::size_t i = 0; i < n; ++i)
    letters->push_back(static_cast<std::uint8_t>(
        i == 0 ? draws.first(random) : draws.next[letters->back()](random)));
}

// False where it is not productive.
bool ReceptorSampler::recombine(const PairDraws& pairs, RandomNumbers* random,
                                Nucleotides* letters,
                                DrawnReceptor* receptor) const {
  const std::size_t pair = pairs.pair(random);
  receptor->v = pairs.v[pair];
  receptor->j = pairs.j[pair];
  const EndGene &v = model_.v[receptor->v], &j = model_.j[receptor->j];
  if (!v_.remain[receptor->v].any() || !j_.remain[receptor->j].any())
    return false;
  // Nothing of V, or of J, or less: the CDR3 has lost its ends.
  const std::size_t of_v = v_.remain[receptor->v](random);
  const std::size_t of_j = j_.remain[receptor->j](random);
  if (of_v == 0 || of_v > v.letters.size()) return false;
  if (of_j == 0 || of_j > j.letters.size()) return false;
  letters->assign(v.letters.begin(),
                  v.letters.begin() + static_cast<std::ptrdiff_t>(of_v));
  insert(behind_v_, random, letters);
  if (model_.has_d()) {
    if (!d_of_j_[receptor->j].any()) return false;
    const std::size_t d = d_of_j_[receptor->j](random);
    if (!remain_of_d_[d].any()) return false;
    const Nucleotides& own = model_.d[d].letters;
    const std::size_t remain = remain_of_d_[d](random);
    const std::size_t width = own.size() + 1;
    if (remain < own.size() * width)
      letters->insert(
          letters->end(),
          own.begin() + static_cast<std::ptrdiff_t>(remain / width),
          own.begin() + static_cast<std::ptrdiff_t>(remain % width));
    Nucleotides backwards;
    insert(before_j_, random, &backwards);
    letters->insert(letters->end(), backwards.rbegin(), backwards.rend());
  }
  letters->insert(letters->end(),
                  j.letters.end() - static_cast<std::ptrdiff_t>(of_j),
                  j.letters.end());
  return translate(*letters, &receptor->junction, &receptor->junction_aa);
}

void ReceptorSampler::one(RandomNumbers* random, Nucleotides* letters,
                          DrawnReceptor* receptor) const {
  const PairDraws& pairs = pairs_[choice_(random)];
  for (std::uint32_t tries = 1; pairs.pair.any() && tries <= kMostTries;
       ++tries) {
    receptor->recombinations = tries;
    if (recombine(pairs, random, letters, receptor)) return;
  }
  throw InvalidArgument("the model makes no productive receptor of " +
                        model_.v[pairs.v[0]].name + " and " +
                        model_.j[pairs.j[0]].name + " (or one in over " +
                        std::to_string(kMostTries) + ")");
}

std::vector<DrawnReceptor> ReceptorSampler::draw(
    std::uint64_t first, std::size_t count, const Execution& execution) const {
  std::vector<DrawnReceptor> drawn(count);
  if (count == 0) return drawn;
  const std::uint64_t from = first / kBlock;
  const std::uint64_t to = (first + count - 1) / kBlock + 1;
  parallel_for(static_cast<std::size_t>(to - from), 1, execution,
               [&](std::size_t begin, std::size_t end, int) {
                 Nucleotides letters;
                 DrawnReceptor unwanted;
                 for (std::size_t b = begin; b < end; ++b) {
                   RandomNumbers random(seed_, from + b);
                   for (std::size_t i = 0; i < kBlock; ++i) {
                     const std::uint64_t number = (from + b) * kBlock + i;
                     if (number >= first + count) break;
                     one(&random, &letters,
                         number < first ? &unwanted : &drawn[number - first]);
                   }
                 }
               });
  return drawn;
}

}  // namespace clustcr
