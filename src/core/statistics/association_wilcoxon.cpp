#include "statistics/association_wilcoxon.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace clustcr {

void RankSum::rank(const ClusterRow& row, std::size_t cases,
                   std::size_t controls) {
  cases_ = static_cast<double>(cases);
  controls_ = static_cast<double>(controls);
  const double n = cases_ + controls_;
  const double zeros = n - static_cast<double>(row.size());
  zero_rank_ = zeros > 0 ? (zeros + 1) / 2 : 0;
  order_.resize(row.size());
  std::iota(order_.begin(), order_.end(), 0u);
  std::sort(order_.begin(), order_.end(),
            [&](std::uint32_t a, std::uint32_t b) {
              return row.first[a].value < row.first[b].value;
            });
  excess_.resize(row.size());
  double ties = zeros * zeros * zeros - zeros, below = zeros;
  for (std::size_t i = 0, j = 0; i < order_.size(); i = j) {
    const double value = row.first[order_[i]].value;
    while (j < order_.size() && row.first[order_[j]].value == value) ++j;
    const double equal = static_cast<double>(j - i);
    for (std::size_t k = i; k < j; ++k)
      excess_[order_[k]] = 2 * below + equal + 1 - 2 * zero_rank_;
    ties += equal * equal * equal - equal;
    below += equal;
  }
  const double variance =
      cases_ * controls_ / 12 * (n + 1 - ties / (n * (n - 1)));
  // One value only: rounding must not leave a little of a variance.
  one_value_ = ties == n * n * n - n;
  ties_ = ties;
  deviation_ = one_value_ ? 0 : std::sqrt(std::max(0.0, variance));
}

double RankSum::p_value(double excess_of_cases) const {
  const double rank_sum = excess_of_cases / 2 + cases_ * zero_rank_;
  const double centred =
      rank_sum - cases_ * (cases_ + 1) / 2 - cases_ * controls_ / 2;
  const double z = std::max(0.0, std::abs(centred) - 0.5) / deviation_;
  return std::erfc(z / std::sqrt(2.0));
}

Estimate RankSum::superiority(const ClusterRow& row, const Cohort& cohort,
                              double quantile) const {
  // Groups of equal values, ascending, the zeros first. A case's placement is
  // the share of controls below it, ties half; a control's that of cases above.
  double cases = cases_, controls = controls_;
  for (const SampleValue& entry : row)
    (cohort.is_case[entry.sample] ? cases : controls) -= 1;
  double cases_below = 0, controls_below = 0;
  double sum = 0, case_squares = 0, control_squares = 0;
  const auto add_group = [&] {
    const double of_case = (controls_below + controls / 2) / controls_;
    const double of_control = 1 - (cases_below + cases / 2) / cases_;
    sum += cases * of_case;
    case_squares += cases * of_case * of_case;
    control_squares += controls * of_control * of_control;
    cases_below += cases;
    controls_below += controls;
  };
  add_group();
  for (std::size_t i = 0; i < order_.size();) {
    const double value = row.first[order_[i]].value;
    cases = controls = 0;
    for (; i < order_.size() && row.first[order_[i]].value == value; ++i)
      (cohort.is_case[row.first[order_[i]].sample] ? cases : controls) += 1;
    add_group();
  }
  const double area = sum / cases_;
  const auto variance_of_mean = [area](double squares, double n) {
    return std::max(0.0, squares - n * area * area) / (n - 1) / n;
  };
  const double half =
      quantile * std::sqrt(variance_of_mean(case_squares, cases_) +
                           variance_of_mean(control_squares, controls_));
  return {area, std::max(0.0, area - half), std::min(1.0, area + half)};
}

}  // namespace clustcr
