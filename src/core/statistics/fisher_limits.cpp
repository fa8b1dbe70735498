#include "statistics/fisher_limits.hpp"

#include "statistics/association_fisher.hpp"

namespace clustcr {

std::size_t FisherLimits::fewest_carriers() const {
  std::size_t carriers = 0;
  while (carriers < many.size() &&
         many[carriers] > static_cast<std::int32_t>(carriers))
    ++carriers;
  return carriers;
}

FisherLimits fisher_limits(std::size_t cases, std::size_t controls,
                           double max_p) {
  const std::size_t n = cases + controls;
  FisherExact exact(cases, controls, 0.95);
  FisherLimits limits;
  limits.few.assign(n + 1, -1);
  limits.many.resize(n + 1);
  for (std::size_t carriers = 0; carriers <= n; ++carriers) {
    const std::vector<double>& p = exact.p_values(carriers);
    const auto fewest = static_cast<std::int32_t>(exact.fewest(carriers));
    // Exactly, in whole numbers: whether the cases' share of the carriers is
    // that of all samples or less.
    const auto is_few = [&](std::size_t i) {
      return (static_cast<std::size_t>(fewest) + i) * n <= carriers * cases;
    };
    std::size_t i = 0;
    while (i < p.size() && p[i] <= max_p && is_few(i)) ++i;
    if (i > 0) limits.few[carriers] = fewest + static_cast<std::int32_t>(i) - 1;
    std::size_t end = p.size();
    while (end > 0 && p[end - 1] <= max_p && !is_few(end - 1)) --end;
    limits.many[carriers] = end == p.size()
                                ? static_cast<std::int32_t>(carriers) + 1
                                : fewest + static_cast<std::int32_t>(end);
  }
  return limits;
}

}  // namespace clustcr
