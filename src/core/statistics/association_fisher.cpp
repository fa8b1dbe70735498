#include "statistics/association_fisher.hpp"

#include <algorithm>
#include <cmath>

namespace clustcr {

FisherExact::FisherExact(std::size_t cases, std::size_t controls,
                         double confidence)
    : cases_(cases),
      controls_(controls),
      tail_((1 - confidence) / 2),
      of_(cases + controls),
      p_values_(cases + controls + 1) {}

std::vector<double> FisherExact::log_probabilities(std::size_t carriers) const {
  std::vector<double> log_probability;
  const double all = of_.choose(cases_ + controls_, carriers);
  for (std::size_t x = fewest(carriers); x <= std::min(carriers, cases_); ++x)
    log_probability.push_back(of_.choose(cases_, x) +
                              of_.choose(controls_, carriers - x) - all);
  return log_probability;
}

const std::vector<double>& FisherExact::p_values(std::size_t carriers) {
  std::vector<double>& p = p_values_[carriers];
  if (!p.empty()) return p;
  std::vector<double> probability = log_probabilities(carriers);
  for (double& x : probability) x = std::exp(x);
  p = two_sided_p(probability);
  return p;
}

Estimate FisherExact::odds_ratio(std::size_t carriers,
                                 std::size_t case_carriers) {
  const std::uint64_t key =
      static_cast<std::uint64_t>(carriers) * (cases_ + 1) + case_carriers;
  const auto known = odds_ratios_.find(key);
  if (known != odds_ratios_.end()) return known->second;

  const double a = case_carriers + 0.5, b = cases_ - case_carriers + 0.5;
  const double c = carriers - case_carriers + 0.5;
  const double d = controls_ + case_carriers - carriers + 0.5;
  const Estimate found = exact_odds_ratio(log_probabilities(carriers),
                                          case_carriers - fewest(carriers),
                                          tail_, std::log(a * d / (b * c)));
  odds_ratios_.emplace(key, found);
  return found;
}

}  // namespace clustcr
