#include "statistics/association_paired.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <vector>

#include "statistics/association_run.hpp"

namespace clustcr {
namespace {

// Of each sample the other one of its pair.
std::vector<std::uint32_t> partners(const Cohort& cohort) {
  constexpr std::uint32_t kNone = 0xffffffff;
  std::vector<std::uint32_t> first(cohort.samples(), kNone);
  std::vector<std::uint32_t> partner(cohort.samples());
  for (std::uint32_t i = 0; i < cohort.samples(); ++i) {
    std::uint32_t& other = first[cohort.stratum[i]];
    if (other == kNone) {
      other = i;
    } else {
      partner[i] = other;
      partner[other] = i;
    }
  }
  return partner;
}

class SignedRankTest {
 public:
  static constexpr bool kSlow = false, kAfter = true, kKeys = false;
  static std::size_t grain(std::size_t samples, std::size_t shuffles) {
    return at_most(1024, 2000000, samples + shuffles);
  }

  SignedRankTest(const Cohort& cohort, const AssociationOptions& options,
                 const LabelShuffles& shuffles)
      : cohort_(cohort),
        shuffles_(shuffles),
        quantile_(options.quantile),
        pairs_(static_cast<double>(cohort.cases())),
        partner_(partners(cohort)),
        value_(cohort.samples()) {}

  Outcome observe(const ClusterRow& row) {
    rank(row);
    if (differences_.empty()) return {};
    double after = 0, more = 0;
    for (const Difference& d : differences_)
      if (cohort_.is_case[d.larger]) {
        after += d.rank;
        ++more;
      }
    const double equal = pairs_ - static_cast<double>(differences_.size());
    const double mean = (more + equal / 2) / pairs_;
    const double squares = more + equal / 4;
    const double half =
        quantile_ * std::sqrt(std::max(0.0, squares - pairs_ * mean * mean) /
                              (pairs_ - 1) / pairs_);
    return {{mean, std::max(0.0, mean - half), std::min(1.0, mean + half)},
            p_value(after),
            false};
  }

  // After observe() of the same row.
  template <class See, class Pool>
  void by_chance(const ClusterRow&, See&& see, Pool&& pool) {
    for (std::size_t tile = 0; tile < shuffles_.tiles(); ++tile) {
      double after[LabelShuffles::kTile] = {};
      for (const Difference& d : differences_) {
        const std::uint8_t* labels = shuffles_.labels(tile, d.larger);
        for (std::size_t k = 0; k < LabelShuffles::kTile; ++k)
          after[k] += d.rank * labels[k];
      }
      for (std::size_t k = 0; k < shuffles_.in_tile(tile); ++k) {
        const double p = p_value(after[k]);
        see(tile * LabelShuffles::kTile + k, p);
        pool(p, 1);
      }
    }
  }

 private:
  struct Difference {
    double size, rank;
    std::uint32_t larger;
  };

  // The pairs whose values differ, by how much; ties have their mean rank.
  void rank(const ClusterRow& row) {
    for (const SampleValue& entry : row) value_[entry.sample] = entry.value;
    differences_.clear();
    for (const SampleValue& entry : row) {
      const double other = value_[partner_[entry.sample]];
      if (entry.value > other)
        differences_.push_back({entry.value - other, 0, entry.sample});
    }
    for (const SampleValue& entry : row) value_[entry.sample] = 0;
    std::sort(differences_.begin(), differences_.end(),
              [](const Difference& a, const Difference& b) {
                return a.size != b.size ? a.size < b.size : a.larger < b.larger;
              });
    const double n = static_cast<double>(differences_.size());
    double ties = 0;
    for (std::size_t i = 0, j = 0; i < differences_.size(); i = j) {
      while (j < differences_.size() &&
             differences_[j].size == differences_[i].size)
        ++j;
      const double equal = static_cast<double>(j - i);
      for (std::size_t k = i; k < j; ++k)
        differences_[k].rank = static_cast<double>(i) + (equal + 1) / 2;
      ties += equal * equal * equal - equal;
    }
    mean_ = n * (n + 1) / 4;
    deviation_ = std::sqrt(n * (n + 1) * (2 * n + 1) / 24 - ties / 48);
  }

  // By the normal approximation, corrected for continuity and ties.
  double p_value(double after) const {
    const double z = std::max(0.0, std::abs(after - mean_) - 0.5) / deviation_;
    return std::erfc(z / std::sqrt(2.0));
  }

  const Cohort& cohort_;
  const LabelShuffles& shuffles_;
  double quantile_, pairs_, mean_ = 0, deviation_ = 1;
  std::vector<std::uint32_t> partner_;
  std::vector<double> value_;
  std::vector<Difference> differences_;
};

class PairedLogisticTest {
 public:
  static constexpr bool kSlow = true, kAfter = false, kKeys = false;
  static std::size_t grain(std::size_t samples, std::size_t shuffles) {
    return at_most(64, 400000, samples * (1 + shuffles));
  }

  PairedLogisticTest(const Cohort& cohort, const AssociationOptions& options,
                     const LabelShuffles& shuffles, const CovariateBase& base)
      : cohort_(cohort),
        shuffles_(shuffles),
        quantile_(options.quantile),
        partner_(partners(cohort)),
        first_(cohort.cases()),
        value_(cohort.samples()),
        outcome_(cohort.cases()),
        regression_(base, LogisticRegression::kPairs) {
    for (std::uint32_t i = 0; i < cohort.samples(); ++i)
      if (i < partner_[i]) first_[cohort.stratum[i]] = i;
    set_outcome(cohort.is_case.data(), 1);
    null_ = regression_.fit_null();
    for (std::size_t k = 0; k < shuffles.size(); ++k) {
      take_shuffle(k);
      by_chance_.push_back(regression_.fit_null());
    }
  }

  Outcome observe(const ClusterRow& row) {
    subtract(row);
    set_outcome(cohort_.is_case.data(), 1);
    const LogisticFit fit = regression_.fit(
        {difference_.data(), difference_.data() + difference_.size()}, null_,
        quantile_);
    return {fit.log_odds, fit.p_value, fit.penalised};
  }

  template <class See, class Pool>
  void by_chance(const ClusterRow& row, See&& see, Pool&& pool) {
    subtract(row);
    const ClusterRow pairs{difference_.data(),
                           difference_.data() + difference_.size()};
    for (std::size_t k = 0; k < shuffles_.size(); ++k) {
      take_shuffle(k);
      const LogisticFit fit = regression_.fit(pairs, by_chance_[k], 0);
      if (!fit.fitted) continue;
      see(k, fit.p_value);
      pool(fit.p_value, 1);
    }
  }

 private:
  // Whether the first sample of each pair is the case.
  void set_outcome(const std::uint8_t* is_case, std::size_t stride) {
    for (std::size_t pair = 0; pair < first_.size(); ++pair)
      outcome_[pair] = is_case[first_[pair] * stride];
    regression_.set_outcome(outcome_.data());
  }
  void take_shuffle(std::size_t k) {
    set_outcome(
        shuffles_.labels(k / LabelShuffles::kTile) + k % LabelShuffles::kTile,
        LabelShuffles::kTile);
  }
  // Pairs with a difference.
  void subtract(const ClusterRow& row) {
    for (const SampleValue& entry : row) value_[entry.sample] = entry.value;
    difference_.clear();
    for (const SampleValue& entry : row) {
      const std::uint32_t first =
          std::min(entry.sample, partner_[entry.sample]);
      const double difference = value_[first] - value_[partner_[first]];
      if (difference == 0) continue;
      difference_.push_back({cohort_.stratum[first], difference});
      // Its partner's turn finds nothing left.
      value_[first] = value_[partner_[first]] = 0;
    }
    for (const SampleValue& entry : row) value_[entry.sample] = 0;
  }
  const Cohort& cohort_;
  const LabelShuffles& shuffles_;
  double quantile_;
  std::vector<std::uint32_t> partner_;
  std::vector<std::uint32_t> first_;  // sample of each pair
  std::vector<double> value_;
  std::vector<SampleValue> difference_;
  std::vector<std::uint8_t> outcome_;
  LogisticRegression regression_;
  NullFit null_;
  std::vector<NullFit> by_chance_;
};

}  // namespace

Association associate_paired_logistic(const SparseColumns& matrix,
                                      const Cohort& cohort,
                                      const CovariateBase& base,
                                      const AssociationOptions& options,
                                      const Execution& execution) {
  const LabelShuffles shuffles(cohort, options.permutations, options.seed);
  return run<PairedLogisticTest>(matrix, cohort, options, execution, [&] {
    return std::make_unique<PairedLogisticTest>(cohort, options, shuffles,
                                                base);
  });
}

Association associate_signed_rank(const SparseColumns& matrix,
                                  const Cohort& cohort,
                                  const AssociationOptions& options,
                                  const Execution& execution) {
  const LabelShuffles shuffles(cohort, options.permutations, options.seed);
  return run<SignedRankTest>(matrix, cohort, options, execution, [&] {
    return std::make_unique<SignedRankTest>(cohort, options, shuffles);
  });
}

}  // namespace clustcr
