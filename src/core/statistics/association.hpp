// Tests, for each cluster, whether its samples are more often cases than
// controls: Fisher's, Wilcoxon's, or logistic regression with covariates.
#pragma once
#include <cstdint>
#include <vector>

#include "base/ports.hpp"
#include "statistics/association_estimate.hpp"
#include "statistics/association_logistic.hpp"
#include "statistics/association_rows.hpp"

namespace clustcr {

struct AssociationOptions {
  // Clusters of fewer samples are not tested.
  std::size_t min_samples = 2;
  double confidence = 0.95;
  double quantile = 1.959963984540054;  // the normal one of that confidence
  std::size_t permutations = 0;
  std::uint64_t seed = 42;
  double alpha = 0.05;  // the q-value that passes, for counting
  // Where the matrix is one of several blocks: the p-values of all clusters of
  // all blocks, found before, and their keys (the p-values themselves, where
  // Association::key is empty). What passes by chance is then counted among
  // them.
  const std::vector<double>* all_p_values = nullptr;
  const std::vector<double>* all_keys = nullptr;
};

// By cluster; not a number where a cluster was not tested.
struct Association {
  std::vector<Estimate> estimate;
  std::vector<double> p_value;
  std::vector<std::uint32_t> case_samples, control_samples;
  // Logistic regression: the fit is penalised; levels: the test is exact.
  std::vector<std::uint8_t> marked;
  // Of tests whose p-values are slow: numbers that ascend with them.
  std::vector<double> key;

  // With permutations only: by cluster, then by permutation.
  std::vector<double> fdr;
  std::vector<std::uint64_t> passing_by_chance;
  std::vector<double> smallest_by_chance;
  std::size_t passing = 0;
  // Instead of `fdr`, of a block: the p-values seen by chance, by place among
  // all observed ones. To be summed over all blocks for block_fdr().
  std::vector<std::uint64_t> at_place;
};

// Of each of all clusters of all blocks, which the options have, as
// Association::fdr.
std::vector<double> block_fdr(std::vector<std::uint64_t> at_place,
                              const AssociationOptions& options);

// The q-values (Benjamini and Hochberg 1995) of some p-values among all, which
// are sorted; and the largest of all whose q-value is at most alpha, below 0
// where there is none.
struct StepUp {
  std::vector<double> q_value;
  double cutoff = -1;
};
StepUp step_up(const std::vector<double>& p_values, std::vector<double>* all,
               double alpha);

// Presence; the estimate is the odds ratio.
Association associate_fisher(const SparseColumns& matrix, const Cohort& cohort,
                             const AssociationOptions& options,
                             const Execution& execution);

// The estimate is P(case > control) + P(equal) / 2.
Association associate_wilcoxon(const SparseColumns& matrix,
                               const Cohort& cohort,
                               const AssociationOptions& options,
                               const Execution& execution);

// The estimate is the logarithm of the odds ratio per unit.
Association associate_logistic(const SparseColumns& matrix,
                               const Cohort& cohort, const CovariateBase& base,
                               const AssociationOptions& options,
                               const Execution& execution);

}  // namespace clustcr
