// What exact tests share: binomial coefficients; a distribution over the tables
// of given margins, its two-sided p-values, and the odds ratios under which the
// table observed is the mean, or at the end of a tail.
#pragma once
#include <cstddef>
#include <vector>

#include "statistics/association_estimate.hpp"

namespace clustcr {

// Logarithms of the factorials of 0 .. n.
class LogFactorials {
 public:
  explicit LogFactorials(std::size_t n);

  double choose(std::size_t n, std::size_t k) const {
    return log_[n] - log_[k] - log_[n - k];
  }

 private:
  std::vector<double> log_;
};

// By table: the probability of all tables that are no more probable.
std::vector<double> two_sided_p(const std::vector<double>& probability);

// Of the table `at`: the conditional maximum-likelihood estimate of the odds
// ratio and its exact limits, with the probability `tail` on each side; not a
// number where there is only one table. `start`: the log odds ratio from which
// to search.
Estimate exact_odds_ratio(const std::vector<double>& log_probability,
                          std::size_t at, double tail, double start);

}  // namespace clustcr
