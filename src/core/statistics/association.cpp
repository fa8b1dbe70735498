#include "statistics/association.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

#include "base/parallel.hpp"
#include "statistics/association_fisher.hpp"
#include "statistics/association_shuffles.hpp"
#include "statistics/association_wilcoxon.hpp"

namespace clustcr {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

struct Outcome {
  Estimate estimate{kNaN, kNaN, kNaN};
  double p_value = kNaN;
  bool penalised = false;
};

std::size_t case_carriers(const ClusterRow& row, const Cohort& cohort) {
  std::size_t count = 0;
  for (const SampleValue& entry : row) count += cohort.is_case[entry.sample];
  return count;
}

// `work` units over `each`, from 1 to `most`.
std::size_t at_most(std::size_t most, std::size_t work, std::size_t each) {
  return std::clamp<std::size_t>(work / each, 1, most);
}

// A test has: grain(samples, shuffles), the clusters between two looks at the
// clock; observe(row); and by_chance(row, see, pool), which calls see(shuffle,
// p) for each shuffle of the labels and pool(p, times) for all of them
// together.

class FisherTest {
 public:
  // Whether equal rows are worth finding.
  static constexpr bool kSlow = false;
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
    for (std::size_t tile = 0; tile < shuffles_.tiles(); ++tile) {
      std::uint32_t carriers[LabelShuffles::kTile] = {};
      for (const SampleValue& entry : row) {
        const std::uint8_t* labels = shuffles_.labels(tile, entry.sample);
        for (std::size_t k = 0; k < LabelShuffles::kTile; ++k)
          carriers[k] += labels[k];
      }
      for (std::size_t k = 0; k < shuffles_.in_tile(tile); ++k) {
        const std::size_t table = carriers[k] - fewest;
        see(tile * LabelShuffles::kTile + k, p[table]);
        ++times_[table];
      }
    }
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
  static constexpr bool kSlow = false;
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
  static constexpr bool kSlow = true;
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

// A test and its rows for each worker, made by the worker that uses them.
template <class Test>
struct Worker {
  RowBlock rows;
  std::unique_ptr<Test> test;
  std::unique_ptr<ByChance> chance;
};

Association empty_result(std::size_t clusters) {
  Association result;
  result.estimate.assign(clusters, {kNaN, kNaN, kNaN});
  result.p_value.assign(clusters, kNaN);
  result.case_samples.assign(clusters, 0);
  result.control_samples.assign(clusters, 0);
  result.penalised.assign(clusters, 0);
  return result;
}

std::vector<double> fdr_of(const std::vector<double>& p_values,
                           const ObservedP& observed, const ByChance& chance) {
  const std::vector<double> by_place = empirical_fdr(observed, chance);
  std::vector<double> fdr(p_values.size(), kNaN);
  for (std::size_t i = 0; i < fdr.size(); ++i)
    if (p_values[i] == p_values[i])
      fdr[i] = by_place[observed.place(p_values[i])];
  return fdr;
}

template <class Test, class MakeTest>
class Run {
 public:
  Run(const SparseColumns& matrix, const Cohort& cohort,
      const AssociationOptions& options, const Execution& execution,
      MakeTest make_test)
      : matrix_(matrix),
        cohort_(cohort),
        options_(options),
        execution_(execution),
        make_test_(make_test),
        shuffles_(cohort, options.permutations, options.seed),
        workers_(usable_threads(execution.threads)) {}

  Association operator()() {
    Association result = empty_result(matrix_.rows);
    if (Test::kSlow) {
      equal_ = EqualRows(matrix_.rows);
      for_each_row([&](std::size_t i, const ClusterRow& row, Worker<Test>&) {
        equal_.hash(i, row);
      });
      equal_.finish();
    }
    for_each_row([&](std::size_t i, const ClusterRow& row, Worker<Test>& own) {
      const std::size_t cases = case_carriers(row, cohort_);
      result.case_samples[i] = static_cast<std::uint32_t>(cases);
      result.control_samples[i] =
          static_cast<std::uint32_t>(row.size() - cases);
      if (row.size() < options_.min_samples || equal_.first(i) != i) return;
      const Outcome outcome = own.test->observe(row);
      result.estimate[i] = outcome.estimate;
      result.p_value[i] = outcome.p_value;
      result.penalised[i] = outcome.penalised;
    });
    for (std::size_t i = 0; i < matrix_.rows; ++i) {
      const std::size_t first = equal_.first(i);
      result.estimate[i] = result.estimate[first];
      result.p_value[i] = result.p_value[first];
      result.penalised[i] = result.penalised[first];
    }
    if (shuffles_.size() > 0) compare_with_chance(&result);
    return result;
  }

 private:
  template <class Body>
  void for_each_row(Body&& body) {
    const std::size_t grain = Test::grain(cohort_.samples(), shuffles_.size());
    parallel_for(matrix_.rows, grain, execution_,
                 [&](std::size_t begin, std::size_t end, int w) {
                   Worker<Test>& own = workers_[w];
                   if (!own.test) own.test = make_test_(shuffles_);
                   own.rows.fill(matrix_, cohort_, begin, end);
                   for (std::size_t i = begin; i < end; ++i)
                     body(i, own.rows[i - begin], own);
                 });
  }

  void compare_with_chance(Association* result) {
    const ObservedP observed(
        options_.all_p_values ? *options_.all_p_values : result->p_value,
        options_.alpha);
    for_each_row([&](std::size_t i, const ClusterRow& row, Worker<Test>& own) {
      if (!own.chance)
        own.chance = std::make_unique<ByChance>(observed, shuffles_.size());
      if (result->p_value[i] != result->p_value[i]) return;  // not tested
      if (equal_.first(i) != i) return;
      const std::uint64_t equal = equal_.times(i);
      if constexpr (std::is_same_v<Test, WilcoxonTest>) own.test->observe(row);
      own.test->by_chance(
          row,
          [&](std::size_t k, double p) {
            own.chance->see(observed, k, p, equal);
          },
          [&](double p, std::uint64_t times) {
            own.chance->at_place[observed.place(p)] += times * equal;
          });
    });
    ByChance chance(observed, shuffles_.size());
    for (const Worker<Test>& own : workers_)
      if (own.chance) chance.add(*own.chance);
    if (options_.all_p_values)
      result->at_place = chance.at_place;
    else
      result->fdr = fdr_of(result->p_value, observed, chance);
    result->passing_by_chance = chance.passing;
    result->smallest_by_chance = chance.smallest;
    result->passing = observed.passing();
  }

  const SparseColumns& matrix_;
  const Cohort& cohort_;
  const AssociationOptions& options_;
  const Execution& execution_;
  MakeTest make_test_;
  LabelShuffles shuffles_;
  std::vector<Worker<Test>> workers_;
  EqualRows equal_;
};

template <class Test, class MakeTest>
Association run(const SparseColumns& matrix, const Cohort& cohort,
                const AssociationOptions& options, const Execution& execution,
                MakeTest make_test) {
  check_sparse_columns(matrix);
  return Run<Test, MakeTest>(matrix, cohort, options, execution, make_test)();
}

}  // namespace

std::vector<double> block_fdr(const std::vector<double>& all_p_values,
                              std::vector<std::uint64_t> at_place,
                              const AssociationOptions& options) {
  const ObservedP observed(all_p_values, options.alpha);
  ByChance chance(observed, options.permutations);
  chance.at_place = std::move(at_place);
  return fdr_of(all_p_values, observed, chance);
}

Association associate_fisher(const SparseColumns& matrix, const Cohort& cohort,
                             const AssociationOptions& options,
                             const Execution& execution) {
  return run<FisherTest>(
      matrix, cohort, options, execution, [&](const LabelShuffles& shuffles) {
        return std::make_unique<FisherTest>(cohort, options, shuffles);
      });
}

Association associate_wilcoxon(const SparseColumns& matrix,
                               const Cohort& cohort,
                               const AssociationOptions& options,
                               const Execution& execution) {
  return run<WilcoxonTest>(
      matrix, cohort, options, execution, [&](const LabelShuffles& shuffles) {
        return std::make_unique<WilcoxonTest>(cohort, options, shuffles);
      });
}

Association associate_logistic(const SparseColumns& matrix,
                               const Cohort& cohort, const CovariateBase& base,
                               const AssociationOptions& options,
                               const Execution& execution) {
  return run<LogisticTest>(
      matrix, cohort, options, execution, [&](const LabelShuffles& shuffles) {
        return std::make_unique<LogisticTest>(cohort, options, shuffles, base);
      });
}

}  // namespace clustcr
