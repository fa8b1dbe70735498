// Fisher's exact test of 2 x 2 tables with the same numbers of cases and
// controls. Clusters share few tables, so each is computed once: the p-values
// of all tables with so many carriers together, the odds ratio of a table when
// it is asked for. A worker has one of its own.
#pragma once
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "statistics/association_exact.hpp"

namespace clustcr {

class FisherExact {
 public:
  FisherExact(std::size_t cases, std::size_t controls, double confidence);

  // Two-sided: the probability of all tables that are no more probable than
  // the one with `case_carriers` of the `carriers` among the cases.
  double p_value(std::size_t carriers, std::size_t case_carriers) {
    return p_values(carriers)[case_carriers - fewest(carriers)];
  }
  // Of case_carriers = fewest(carriers), fewest(carriers) + 1, ...
  const std::vector<double>& p_values(std::size_t carriers);
  // Whether they were asked for already.
  bool knows(std::size_t carriers) const {
    return carriers < p_values_.size() && !p_values_[carriers].empty();
  }
  std::size_t fewest(std::size_t carriers) const {
    return carriers > controls_ ? carriers - controls_ : 0;
  }

  // The conditional maximum-likelihood estimate of the odds ratio and its
  // exact limits; not a number where there is only one such table.
  Estimate odds_ratio(std::size_t carriers, std::size_t case_carriers);

 private:
  std::vector<double> log_probabilities(std::size_t carriers) const;

  std::size_t cases_, controls_;
  double tail_;  // each side of the interval
  LogFactorials of_;
  std::vector<std::vector<double>> p_values_;  // by carriers
  std::unordered_map<std::uint64_t, Estimate> odds_ratios_;
};

}  // namespace clustcr
