// The score test of Cox's regression (Breslow's ties): whether those who have
// more of a cluster have their event sooner. Its parts are sums over a row, so
// no cluster costs more than its own samples.
#pragma once
#include <vector>

#include "statistics/association.hpp"

namespace clustcr {

// By sample, of the fit without any cluster.
struct Survival {
  // The martingale residual: a cluster's score is the sum of its values times
  // these.
  std::vector<double> residual;
  // The hazard up to the sample's time: by this the squares count.
  std::vector<double> hazard;
  // The risk by the covariates, and the sum up to the sample's time, over the
  // events, of one over the squared risk of all who were left.
  std::vector<double> risk, squared;
  // The information that is shared with the covariates, made so that a
  // cluster's share is the squared length of its sum; no column without any.
  Eigen::MatrixXd shared;
};

// `is_case` of the cohort is not used. Strata have hazards of their own: at
// risk with a sample are those of its stratum. The estimate is the logarithm of
// the hazard ratio after one step from zero. Shuffled are the samples'
// clusters.
Association associate_survival(const SparseColumns& matrix,
                               const Cohort& cohort, const Survival& survival,
                               const AssociationOptions& options,
                               const Execution& execution);

}  // namespace clustcr
