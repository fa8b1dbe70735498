// Which 2 x 2 tables Fisher's exact test calls significant, told once for all
// tables with so many cases and controls: a test is then one comparison.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace clustcr {

// By carriers, from 0 to all samples.
struct FisherLimits {
  // So many case carriers or fewer are significantly few; -1: none are.
  std::vector<std::int32_t> few;
  // So many or more are significantly many; more than there are: none are.
  std::vector<std::int32_t> many;

  // The fewest carriers of any table with significantly many case carriers;
  // more than all samples where there is no such table.
  std::size_t fewest_carriers() const;
};

// The two-sided p-value must be `max_p` or less.
FisherLimits fisher_limits(std::size_t cases, std::size_t controls,
                           double max_p);

}  // namespace clustcr
