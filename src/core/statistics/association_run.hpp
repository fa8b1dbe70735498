// One test of every row of a matrix, by several threads, then the same test of
// shuffled samples. What the tests are, their own files say.
#pragma once
#include <algorithm>
#include <limits>
#include <memory>
#include <vector>

#include "base/parallel.hpp"
#include "statistics/association.hpp"
#include "statistics/association_shuffles.hpp"

namespace clustcr {

inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

struct Outcome {
  Estimate estimate{not_a_number, not_a_number, not_a_number};
  double p_value = not_a_number;
  bool marked = false;
  double key = not_a_number;
};

inline std::size_t case_carriers(const ClusterRow& row, const Cohort& cohort) {
  std::size_t count = 0;
  for (const SampleValue& entry : row) count += cohort.is_case[entry.sample];
  return count;
}

// `work` units over `each`, from 1 to `most`.
inline std::size_t at_most(std::size_t most, std::size_t work,
                           std::size_t each) {
  return std::clamp<std::size_t>(work / each, 1, most);
}

// A test has: kSlow, whether equal rows are worth finding; kAfter, whether
// by_chance() of a row needs observe() of it before; kKeys, see below;
// grain(samples, shuffles), the clusters between two looks at the clock;
// observe(row); and by_chance(row, see, pool), which calls see(shuffle, p) for
// each shuffle of the samples and pool(p, times) for all of them together.
// Where p-values are slow, a test has keys instead: numbers from 0 to 1 that
// ascend with them. p_of_key(key) is the p-value.

// A test and its rows for each worker, made by the worker that uses them.
template <class Test>
struct Worker {
  RowBlock rows;
  std::unique_ptr<Test> test;
  std::unique_ptr<ByChance> chance;
};

inline Association empty_result(std::size_t clusters) {
  Association result;
  result.estimate.assign(clusters, {not_a_number, not_a_number, not_a_number});
  result.p_value.assign(clusters, not_a_number);
  result.case_samples.assign(clusters, 0);
  result.control_samples.assign(clusters, 0);
  result.marked.assign(clusters, 0);
  return result;
}

// By cluster; `key` is not a number where it was not tested.
inline std::vector<double> fdr_of(const std::vector<double>& key,
                                  const ObservedP& observed,
                                  const ByChance& chance) {
  const std::vector<double> by_place = empirical_fdr(observed, chance);
  std::vector<double> fdr(key.size(), not_a_number);
  for (std::size_t i = 0; i < fdr.size(); ++i)
    if (key[i] == key[i]) fdr[i] = by_place[observed.place(key[i])];
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
        workers_(usable_threads(execution.threads)) {}

  Association operator()() {
    Association result = empty_result(matrix_.rows);
    if (Test::kKeys) result.key.assign(matrix_.rows, not_a_number);
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
      result.marked[i] = outcome.marked;
      if (Test::kKeys) result.key[i] = outcome.key;
    });
    for (std::size_t i = 0; i < matrix_.rows; ++i) {
      const std::size_t first = equal_.first(i);
      result.estimate[i] = result.estimate[first];
      result.p_value[i] = result.p_value[first];
      result.marked[i] = result.marked[first];
    }
    if (options_.permutations > 0) compare_with_chance(&result);
    return result;
  }

 private:
  template <class Body>
  void for_each_row(Body&& body) {
    const std::size_t grain =
        Test::grain(cohort_.samples(), options_.permutations);
    parallel_for(matrix_.rows, grain, execution_,
                 [&](std::size_t begin, std::size_t end, int w) {
                   Worker<Test>& own = workers_[w];
                   if (!own.test) own.test = make_test_();
                   own.rows.fill(matrix_, cohort_, begin, end);
                   for (std::size_t i = begin; i < end; ++i)
                     body(i, own.rows[i - begin], own);
                 });
  }

  void compare_with_chance(Association* result) {
    const std::vector<double>& key =
        Test::kKeys ? result->key : result->p_value;
    const ObservedP observed =
        options_.all_p_values ? ObservedP(*options_.all_p_values,
                                          *options_.all_keys, options_.alpha)
                              : ObservedP(result->p_value, key, options_.alpha);
    for_each_row([&](std::size_t i, const ClusterRow& row, Worker<Test>& own) {
      if (!own.chance)
        own.chance =
            std::make_unique<ByChance>(observed, options_.permutations);
      if (result->p_value[i] != result->p_value[i]) return;  // not tested
      if (equal_.first(i) != i) return;
      const std::uint64_t equal = equal_.times(i);
      if constexpr (Test::kAfter) own.test->observe(row);
      own.test->by_chance(
          row,
          [&](std::size_t k, double p) {
            own.chance->see(observed, k, p, equal);
          },
          [&](double p, std::uint64_t times) {
            own.chance->at_place[observed.place(p)] += times * equal;
          });
    });
    ByChance chance(observed, options_.permutations);
    for (const Worker<Test>& own : workers_)
      if (own.chance) chance.add(*own.chance);
    if (options_.all_p_values)
      result->at_place = chance.at_place;
    else
      result->fdr = fdr_of(key, observed, chance);
    result->passing_by_chance = chance.passing;
    if constexpr (Test::kKeys)
      for (double& smallest : chance.smallest)
        smallest = make_test_()->p_of_key(smallest);
    result->smallest_by_chance = chance.smallest;
    result->passing = observed.passing();
  }

  const SparseColumns& matrix_;
  const Cohort& cohort_;
  const AssociationOptions& options_;
  const Execution& execution_;
  MakeTest make_test_;
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

}  // namespace clustcr
