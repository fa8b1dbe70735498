// Wilcoxon's rank-sum test on sparse rows: all zeros are one tie, whose rank
// follows from their number, so they are never filled in.
#pragma once
#include <cstdint>
#include <vector>

#include "statistics/association_estimate.hpp"
#include "statistics/association_rows.hpp"

namespace clustcr {

class RankSum {
 public:
  // The row's ranks; the cases and controls of all samples.
  void rank(const ClusterRow& row, std::size_t cases, std::size_t controls);

  // Whether all samples have the same value, so that there is no test.
  bool constant() const { return deviation_ == 0; }
  // The same, whatever the groups.
  bool one_value() const { return one_value_; }

  // The midrank of the zeros, and the sum of t^3 - t over the ties of t values.
  double zero_rank() const { return zero_rank_; }
  double ties() const { return ties_; }

  // Twice (a value's midrank - the zeros' midrank): whole numbers, in the
  // order of the row. The rank sum of any labels follows from their sum over
  // the samples that are cases.
  const std::vector<double>& excess() const { return excess_; }
  // Two-sided, by the normal approximation with correction for ties and for
  // continuity, of a sum of excesses over the cases.
  double p_value(double excess_of_cases) const;

  // P(case > control) + P(equal) / 2, the area under the ROC curve, with
  // limits by DeLong's variance (1988), cut at 0 and 1. After rank().
  Estimate superiority(const ClusterRow& row, const Cohort& cohort,
                       double quantile) const;

 private:
  std::vector<std::uint32_t> order_;  // of the row's values, ascending
  std::vector<double> excess_;
  double cases_ = 0, controls_ = 0, zero_rank_ = 0, deviation_ = 0;
  double ties_ = 0;
  bool one_value_ = false;
};

}  // namespace clustcr
