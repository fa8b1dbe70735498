#include "statistics/association.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <numeric>
#include <utility>

#include "statistics/association_fisher.hpp"
#include "statistics/association_run.hpp"
#include "statistics/association_wilcoxon.hpp"

namespace clustcr {
namespace {

class FisherTest {
 public:
  static constexpr bool kSlow = false, kAfter = false, kKeys = false;
  static std::size_t grain(std::size_t samples, std::size_t shuffles) {
    return at_most(4096, 4000000, samples + shuffles);
  }

  FisherTest(const Cohort& cohort, const AssociationOptions& options,
             const LabelShuffles& shuffles)
      : cohort_(cohort),
        shuffles_(shuffles),
        exact_(cohort.cases(), cohort.controls(), options.confidence) {}

  Outcome observe(const ClusterRow& row) {
    const std::size_t at = case_carriers(row, cohort_);
    return {exact_.odds_ratio(row.size(), at), exact_.p_value(row.size(), at),
            false};
  }

  template <class See, class Pool>
  void by_chance(const ClusterRow& row, See&& see, Pool&& pool) {
    const std::vector<double>& p = exact_.p_values(row.size());
    const std::size_t fewest = exact_.fewest(row.size());
    times_.assign(p.size(), 0);
    shuffles_.for_each_count(row, [&](std::size_t k, std::uint32_t carriers) {
      const std::size_t table = carriers - fewest;
      see(k, p[table]);
      ++times_[table];
    });
    for (std::size_t table = 0; table < p.size(); ++table)
      if (times_[table] > 0) pool(p[table], times_[table]);
  }

 private:
  const Cohort& cohort_;
  const LabelShuffles& shuffles_;
  FisherExact exact_;
  std::vector<std::uint32_t> times_;
};

class WilcoxonTest {
 public:
  static constexpr bool kSlow = false, kAfter = true, kKeys = false;
  static std::size_t grain(std::size_t samples, std::size_t shuffles) {
    return at_most(1024, 4000000, samples + shuffles);
  }

  WilcoxonTest(const Cohort& cohort, const AssociationOptions& options,
               const LabelShuffles& shuffles)
      : cohort_(cohort),
        shuffles_(shuffles),
        cases_(cohort.cases()),
        controls_(cohort.controls()),
        quantile_(options.quantile),
        // Room for all shuffles, and half of it free.
        bits_(bits_for(2 * shuffles.size())),
        known_(std::size_t{1} << bits_) {}

  Outcome observe(const ClusterRow& row) {
    ranks_.rank(row, cases_, controls_);
    if (ranks_.constant()) return {};
    double of_cases = 0;
    for (std::size_t i = 0; i < row.size(); ++i)
      if (cohort_.is_case[row.first[i].sample]) of_cases += ranks_.excess()[i];
    return {ranks_.superiority(row, cohort_, quantile_),
            ranks_.p_value(of_cases), false};
  }

  // After observe() of the same row.
  template <class See, class Pool>
  void by_chance(const ClusterRow& row, See&& see, Pool&& pool) {
    for (std::size_t tile = 0; tile < shuffles_.tiles(); ++tile) {
      double of_cases[LabelShuffles::kTile] = {};
      for (std::size_t i = 0; i < row.size(); ++i) {
        const std::uint8_t* labels =
            shuffles_.labels(tile, row.first[i].sample);
        const double excess = ranks_.excess()[i];
        for (std::size_t k = 0; k < LabelShuffles::kTile; ++k)
          of_cases[k] += excess * labels[k];
      }
      for (std::size_t k = 0; k < shuffles_.in_tile(tile); ++k)
        see(tile * LabelShuffles::kTile + k, known_p(of_cases[k]));
    }
    for (const std::size_t slot : used_) {
      pool(known_[slot].p, known_[slot].times);
      known_[slot].times = 0;
    }
    used_.clear();
  }

 private:
  // Shuffles of a row share few sums, and a p-value costs more than looking.
  struct Known {
    double excess, p;
    std::uint64_t times = 0;
  };

  double known_p(double excess) {
    // Twice a sum of ranks is a whole number.
    const std::size_t mask = known_.size() - 1;
    std::size_t slot =
        static_cast<std::size_t>(static_cast<std::int64_t>(excess)) *
            0x9e3779b97f4a7c15ULL >>
        (64 - bits_);
    while (known_[slot].times > 0 && known_[slot].excess != excess)
      slot = (slot + 1) & mask;
    Known& known = known_[slot];
    if (known.times++ == 0) {
      known.excess = excess;
      known.p = ranks_.p_value(excess);
      used_.push_back(slot);
    }
    return known.p;
  }
  static int bits_for(std::size_t n) {
    int bits = 1;
    while ((std::size_t{1} << bits) < n) ++bits;
    return bits;
  }

  const Cohort& cohort_;
  const LabelShuffles& shuffles_;
  std::size_t cases_, controls_;
  double quantile_;
  int bits_;
  RankSum ranks_;
  std::vector<Known> known_;
  std::vector<std::size_t> used_;
};

class LogisticTest {
 public:
  static constexpr bool kSlow = true, kAfter = false, kKeys = false;
  static std::size_t grain(std::size_t samples, std::size_t shuffles) {
    return at_most(16, 400000, samples * (1 + shuffles));
  }

  LogisticTest(const Cohort& cohort, const AssociationOptions& options,
               const LabelShuffles& shuffles, const CovariateBase& base)
      : cohort_(cohort),
        shuffles_(shuffles),
        quantile_(options.quantile),
        regression_(base) {
    regression_.set_outcome(cohort.is_case.data());
    null_ = regression_.fit_null();
    for (std::size_t k = 0; k < shuffles.size(); ++k) {
      take_shuffle(k);
      by_chance_.push_back(regression_.fit_null());
    }
  }

  Outcome observe(const ClusterRow& row) {
    regression_.set_outcome(cohort_.is_case.data());
    const LogisticFit fit = regression_.fit(row, null_, quantile_);
    return {fit.log_odds, fit.p_value, fit.penalised};
  }

  template <class See, class Pool>
  void by_chance(const ClusterRow& row, See&& see, Pool&& pool) {
    for (std::size_t k = 0; k < shuffles_.size(); ++k) {
      take_shuffle(k);
      const LogisticFit fit = regression_.fit(row, by_chance_[k], 0);
      if (!fit.fitted) continue;
      see(k, fit.p_value);
      pool(fit.p_value, 1);
    }
  }

 private:
  void take_shuffle(std::size_t k) {
    regression_.set_outcome(
        shuffles_.labels(k / LabelShuffles::kTile) + k % LabelShuffles::kTile,
        LabelShuffles::kTile);
  }

  const Cohort& cohort_;
  const LabelShuffles& shuffles_;
  double quantile_;
  LogisticRegression regression_;
  NullFit null_;
  std::vector<NullFit> by_chance_;
};

}  // namespace

std::vector<double> block_fdr(std::vector<std::uint64_t> at_place,
                              const AssociationOptions& options) {
  const ObservedP observed(*options.all_p_values, *options.all_keys,
                           options.alpha);
  ByChance chance(observed, options.permutations);
  chance.at_place = std::move(at_place);
  return fdr_of(*options.all_keys, observed, chance);
}

StepUp step_up(const std::vector<double>& p_values, std::vector<double>* all,
               double alpha) {
  std::sort(all->begin(), all->end());
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return p_values[a] > p_values[b];
  });
  StepUp found;
  found.q_value.resize(p_values.size());
  const double n = static_cast<double>(all->size());
  double q = 1;
  auto next = order.begin();
  for (std::size_t i = all->size(); i > 0; --i) {
    const double p = (*all)[i - 1];
    for (; next != order.end() && p_values[*next] > p; ++next)
      found.q_value[*next] = q;
    q = std::min(q, n / static_cast<double>(i) * p);
    if (found.cutoff < 0 && q <= alpha) found.cutoff = p;
  }
  for (; next != order.end(); ++next) found.q_value[*next] = q;
  return found;
}

Association associate_fisher(const SparseColumns& matrix, const Cohort& cohort,
                             const AssociationOptions& options,
                             const Execution& execution) {
  const LabelShuffles shuffles(cohort, options.permutations, options.seed);
  return run<FisherTest>(matrix, cohort, options, execution, [&] {
    return std::make_unique<FisherTest>(cohort, options, shuffles);
  });
}

Association associate_wilcoxon(const SparseColumns& matrix,
                               const Cohort& cohort,
                               const AssociationOptions& options,
                               const Execution& execution) {
  const LabelShuffles shuffles(cohort, options.permutations, options.seed);
  return run<WilcoxonTest>(matrix, cohort, options, execution, [&] {
    return std::make_unique<WilcoxonTest>(cohort, options, shuffles);
  });
}

Association associate_logistic(const SparseColumns& matrix,
                               const Cohort& cohort, const CovariateBase& base,
                               const AssociationOptions& options,
                               const Execution& execution) {
  const LabelShuffles shuffles(cohort, options.permutations, options.seed);
  return run<LogisticTest>(matrix, cohort, options, execution, [&] {
    return std::make_unique<LogisticTest>(cohort, options, shuffles, base);
  });
}

}  // namespace clustcr
