// Numbers, such as age: their correlation with a cluster's values, adjusted for
// covariates, or with the ranks of both (Spearman).
#pragma once
#include <cstdint>
#include <vector>

#include "statistics/association.hpp"

namespace clustcr {

struct Numbers {
  // What the covariates leave of the number (or of its ranks), by sample.
  std::vector<double> residual;
  // Ranks of a cluster's values instead of the values.
  bool ranks = false;
  // Of Student's distribution with the degrees of freedom, for the limits; of
  // the normal one for ranks.
  double quantile = 1.96;
};

// `is_case` of the cohort is not used. The estimate is the number's rise with
// one more of the value; for ranks Spearman's correlation, with the limits of
// Bonett and Wright (2000). The base is as for logistic regression. Shuffled
// are the residuals, which lose what the covariates explain again (Freedman and
// Lane 1983).
Association associate_numbers(const SparseColumns& matrix, const Cohort& cohort,
                              const Numbers& numbers, const CovariateBase& base,
                              const AssociationOptions& options,
                              const Execution& execution);

// Two-sided p-value of a correlation whose square is `square`, with so many
// degrees of freedom (of samples without what was fitted).
double correlation_p(double square, double degrees);

}  // namespace clustcr
