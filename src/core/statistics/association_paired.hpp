// Before and after: Wilcoxon's signed-rank test of the differences within
// pairs of samples.
#pragma once
#include "statistics/association.hpp"

namespace clustcr {

// The strata of the cohort are pairs: a case (after) and a control (before).
// The estimate is the share of pairs that have more after, equal ones half.
Association associate_signed_rank(const SparseColumns& matrix,
                                  const Cohort& cohort,
                                  const AssociationOptions& options,
                                  const Execution& execution);

}  // namespace clustcr
