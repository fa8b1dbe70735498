// Before and after: the differences within pairs of samples, by Wilcoxon's
// signed-rank test or by logistic regression. The strata of the cohort are
// pairs: a case (after) and a control (before).
#pragma once
#include "statistics/association.hpp"

namespace clustcr {

// The estimate is the share of pairs that have more after, equal ones half.
Association associate_signed_rank(const SparseColumns& matrix,
                                  const Cohort& cohort,
                                  const AssociationOptions& options,
                                  const Execution& execution);

// Conditional logistic regression. Which sample of a pair is the later one has
// the odds of a logistic regression without intercept on the differences of the
// values and of the covariates. `base`: these, of each pair the first sample's
// minus the second's, orthogonal and of mean square 1; no column without any.
// The estimate is the logarithm of the odds ratio per unit.
Association associate_paired_logistic(const SparseColumns& matrix,
                                      const Cohort& cohort,
                                      const CovariateBase& base,
                                      const AssociationOptions& options,
                                      const Execution& execution);

}  // namespace clustcr
