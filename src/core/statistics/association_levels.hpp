// Three or more groups: presence of a cluster by chi-square, exactly where
// samples are few, and its values by the test of Kruskal and Wallis.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "statistics/association.hpp"

namespace clustcr {

// `is_case` of the cohort is the group of a sample, from 0 to levels - 1.
// The estimate is Cramer's V; `marked` where the p-value is exact.
Association associate_chisq(const SparseColumns& matrix, const Cohort& cohort,
                            std::size_t levels,
                            const AssociationOptions& options,
                            const Execution& execution);

// The estimate is epsilon squared, H / (n - 1).
Association associate_kruskal(const SparseColumns& matrix, const Cohort& cohort,
                              std::size_t levels,
                              const AssociationOptions& options,
                              const Execution& execution);

// P(chi-square with so many degrees of freedom > x).
double chi_square_tail(double x, std::size_t degrees);

}  // namespace clustcr
