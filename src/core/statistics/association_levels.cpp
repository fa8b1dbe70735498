#include "statistics/association_levels.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <unordered_map>
#include <utility>

#include "statistics/association_exact.hpp"
#include "statistics/association_run.hpp"
#include "statistics/association_wilcoxon.hpp"

namespace clustcr {

// By the recurrence of the incomplete gamma function from half to half.
double chi_square_tail(double x, std::size_t degrees) {
  if (!(x > 0)) return 1;
  const double half = x / 2;
  const bool odd = degrees % 2 == 1;
  double tail = odd ? std::erfc(std::sqrt(half)) : std::exp(-half);
  for (double a = odd ? 0.5 : 1; a < static_cast<double>(degrees) / 2; a += 1)
    tail += std::exp(a * std::log(half) - half - std::lgamma(a + 1));
  return std::min(1.0, tail);
}

namespace {

constexpr double kFew = 5;  // expected samples of a group
constexpr double kMostTables = 100000;
constexpr std::size_t kMostKept = std::size_t{1} << 22;

// The tables of 2 rows and as many columns as there are groups, with so many
// carriers: the p-value of Freeman and Halton (1951).
class ExactLevels {
 public:
  explicit ExactLevels(const std::vector<std::size_t>& sizes)
      : sizes_(sizes),
        samples_(std::accumulate(sizes.begin(), sizes.end(), std::size_t{0})),
        of_(samples_) {}

  // Whether there are few enough tables to count them all.
  bool can(std::size_t carriers) const {
    double tables = 1;
    for (std::size_t g = 1; g < sizes_.size(); ++g)
      tables *= static_cast<double>(carriers + g) / static_cast<double>(g);
    return tables <= kMostTables;
  }

  double p_value(std::size_t carriers, const std::vector<std::uint32_t>& own) {
    const Tables& all = tables(carriers);
    return std::lower_bound(all.begin(), all.end(),
                            std::pair(key(carriers, own), 0.0))
        ->second;
  }

 private:
  // Keys and p-values, by key.
  using Tables = std::vector<std::pair<std::uint64_t, double>>;

  static std::uint64_t key(std::size_t carriers,
                           const std::vector<std::uint32_t>& own) {
    std::uint64_t found = 0;
    for (std::size_t g = 0; g + 1 < own.size(); ++g)
      found = found * (carriers + 1) + own[g];
    return found;
  }

  const Tables& tables(std::size_t carriers) {
    const auto known = known_.find(carriers);
    if (known != known_.end()) return known->second;
    if (kept_ > kMostKept) {
      known_.clear();
      kept_ = 0;
    }
    keys_.clear();
    probability_.clear();
    table_.assign(sizes_.size(), 0);
    fill(0, carriers, carriers, 0);
    const std::vector<double> p = two_sided_p(probability_);
    Tables& made = known_[carriers];
    for (std::size_t i = 0; i < p.size(); ++i)
      made.emplace_back(keys_[i], p[i]);
    std::sort(made.begin(), made.end());
    kept_ += p.size();
    return made;
  }

  void fill(std::size_t g, std::size_t carriers, std::size_t left,
            double log_p) {
    if (g + 1 == sizes_.size()) {
      if (left > sizes_[g]) return;
      table_[g] = static_cast<std::uint32_t>(left);
      keys_.push_back(key(carriers, table_));
      probability_.push_back(std::exp(log_p + of_.choose(sizes_[g], left) -
                                      of_.choose(samples_, carriers)));
      return;
    }
    for (std::size_t x = 0; x <= std::min(left, sizes_[g]); ++x) {
      table_[g] = static_cast<std::uint32_t>(x);
      fill(g + 1, carriers, left - x, log_p + of_.choose(sizes_[g], x));
    }
  }

  std::vector<std::size_t> sizes_;
  std::size_t samples_;
  LogFactorials of_;
  std::vector<double> probability_;
  std::vector<std::uint64_t> keys_;
  std::vector<std::uint32_t> table_;
  std::unordered_map<std::size_t, Tables> known_;
  std::size_t kept_ = 0;
};

std::vector<std::size_t> group_sizes(const Cohort& cohort, std::size_t levels) {
  std::vector<std::size_t> sizes(levels);
  for (const std::uint8_t group : cohort.is_case) ++sizes[group];
  return sizes;
}

class ChisqTest {
 public:
  static constexpr bool kSlow = false, kAfter = false, kKeys = false;
  static std::size_t grain(std::size_t samples, std::size_t shuffles) {
    return at_most(1024, 400000, samples + shuffles);
  }

  ChisqTest(const Cohort& cohort, std::size_t levels,
            const LabelShuffles& shuffles)
      : cohort_(cohort),
        shuffles_(shuffles),
        sizes_(group_sizes(cohort, levels)),
        least_(*std::min_element(sizes_.begin(), sizes_.end())),
        exact_(sizes_),
        own_(levels) {}

  Outcome observe(const ClusterRow& row) {
    const double n = static_cast<double>(cohort_.samples());
    if (row.size() == cohort_.samples()) return {{}, 1, false};
    std::fill(own_.begin(), own_.end(), 0u);
    for (const SampleValue& entry : row) ++own_[cohort_.is_case[entry.sample]];
    const double v = std::sqrt(statistic(row.size()) / n);
    return {{v, not_a_number, not_a_number},
            p_value(row.size()),
            exactly(row.size())};
  }

  template <class See, class Pool>
  void by_chance(const ClusterRow& row, See&& see, Pool&& pool) {
    if (row.size() == cohort_.samples()) return pool(1, shuffles_.size());
    for (std::size_t k = 0; k < shuffles_.size(); ++k) {
      const std::size_t tile = k / LabelShuffles::kTile;
      std::fill(own_.begin(), own_.end(), 0u);
      for (const SampleValue& entry : row)
        ++own_[shuffles_.labels(tile, entry.sample)[k % LabelShuffles::kTile]];
      const double p = p_value(row.size());
      see(k, p);
      pool(p, 1);
    }
  }

 private:
  // One of the eight cells or so is expected to be small.
  bool exactly(std::size_t carriers) const {
    const double n = static_cast<double>(cohort_.samples());
    const double rarer = std::min<double>(carriers, n - carriers);
    return least_ * rarer / n < kFew && exact_.can(carriers);
  }
  double p_value(std::size_t carriers) {
    return exactly(carriers)
               ? exact_.p_value(carriers, own_)
               : chi_square_tail(statistic(carriers), sizes_.size() - 1);
  }
  double statistic(std::size_t carriers) const {
    const double n = static_cast<double>(cohort_.samples());
    const double share = carriers / n;
    double sum = 0;
    for (std::size_t g = 0; g < sizes_.size(); ++g) {
      const double expected = sizes_[g] * share;
      const double off = own_[g] - expected;
      sum += off * off / (expected * (1 - share));
    }
    return sum;
  }

  const Cohort& cohort_;
  const LabelShuffles& shuffles_;
  std::vector<std::size_t> sizes_;
  double least_;
  ExactLevels exact_;
  std::vector<std::uint32_t> own_;
};

class KruskalTest {
 public:
  static constexpr bool kSlow = false, kAfter = true, kKeys = false;
  static std::size_t grain(std::size_t samples, std::size_t shuffles) {
    return at_most(1024, 400000, samples + shuffles);
  }

  KruskalTest(const Cohort& cohort, std::size_t levels,
              const LabelShuffles& shuffles)
      : cohort_(cohort),
        shuffles_(shuffles),
        sizes_(group_sizes(cohort, levels)),
        sums_(levels) {}

  Outcome observe(const ClusterRow& row) {
    const double n = static_cast<double>(cohort_.samples());
    ranks_.rank(row, cohort_.samples(), 0);
    if (ranks_.one_value()) return {};
    std::fill(sums_.begin(), sums_.end(), 0.0);
    for (std::size_t i = 0; i < row.size(); ++i)
      sums_[cohort_.is_case[row.first[i].sample]] += ranks_.excess()[i];
    const double h = statistic();
    return {{h / (n - 1), not_a_number, not_a_number},
            chi_square_tail(h, sizes_.size() - 1),
            false};
  }

  // After observe() of the same row.
  template <class See, class Pool>
  void by_chance(const ClusterRow& row, See&& see, Pool&& pool) {
    for (std::size_t k = 0; k < shuffles_.size(); ++k) {
      const std::size_t tile = k / LabelShuffles::kTile;
      std::fill(sums_.begin(), sums_.end(), 0.0);
      for (std::size_t i = 0; i < row.size(); ++i)
        sums_[shuffles_.labels(
            tile, row.first[i].sample)[k % LabelShuffles::kTile]] +=
            ranks_.excess()[i];
      const double p = chi_square_tail(statistic(), sizes_.size() - 1);
      see(k, p);
      pool(p, 1);
    }
  }

 private:
  // Of sums of excesses, which are twice those of ranks off the zeros' rank.
  double statistic() const {
    const double n = static_cast<double>(cohort_.samples());
    double sum = 0;
    for (std::size_t g = 0; g < sizes_.size(); ++g) {
      const double size = static_cast<double>(sizes_[g]);
      const double off =
          size * (ranks_.zero_rank() - (n + 1) / 2) + sums_[g] / 2;
      sum += off * off / size;
    }
    return 12 * sum / (n * (n + 1) - ranks_.ties() / (n - 1));
  }

  const Cohort& cohort_;
  const LabelShuffles& shuffles_;
  std::vector<std::size_t> sizes_;
  std::vector<double> sums_;
  RankSum ranks_;
};

template <class Test>
Association run_levels(const SparseColumns& matrix, const Cohort& cohort,
                       std::size_t levels, const AssociationOptions& options,
                       const Execution& execution) {
  const LabelShuffles shuffles(cohort, options.permutations, options.seed);
  return run<Test>(matrix, cohort, options, execution, [&] {
    return std::make_unique<Test>(cohort, levels, shuffles);
  });
}

}  // namespace

Association associate_chisq(const SparseColumns& matrix, const Cohort& cohort,
                            std::size_t levels,
                            const AssociationOptions& options,
                            const Execution& execution) {
  return run_levels<ChisqTest>(matrix, cohort, levels, options, execution);
}

Association associate_kruskal(const SparseColumns& matrix, const Cohort& cohort,
                              std::size_t levels,
                              const AssociationOptions& options,
                              const Execution& execution) {
  return run_levels<KruskalTest>(matrix, cohort, levels, options, execution);
}

}  // namespace clustcr
