// Logistic regression of case or control on a cluster's values and covariates.
// By iteratively reweighted least squares; where the classes are separated, so
// that the likelihood has no maximum, with Firth's penalty (Firth 1993; Heinze
// and Schemper 2002). p-values are likelihood-ratio tests and limits those of
// the profile likelihood, penalised where the fit is.
#pragma once
#include <Eigen/Dense>
#include <cstdint>
#include <vector>

#include "statistics/association_estimate.hpp"
#include "statistics/association_rows.hpp"

namespace clustcr {

// The intercept and the covariates as columns that are orthogonal and of mean
// square 1: what they span is all that matters to a cluster's coefficient.
using CovariateBase = Eigen::MatrixXd;

// The fit without any cluster, and the log-likelihood about it to the third
// order: a cluster that is in few samples moves the other coefficients little.
struct NullFit {
  Eigen::VectorXd coefficients;
  double log_likelihood = 0;
  bool converged = false;  // not where covariates separate the classes
  Eigen::MatrixXd information;
  // By coefficient, the derivative of the information.
  std::vector<Eigen::MatrixXd> slopes;
};

struct LogisticFit {
  Estimate log_odds;  // per unit of the cluster's value
  double p_value;
  bool penalised;
  bool fitted;  // not where the covariates determine the cluster's values
};

// A worker has one of its own: it is scratch memory.
class LogisticRegression {
 public:
  // Of samples, whose values are not negative and of which most have none; or
  // of differences within pairs, of any sign, without an intercept.
  enum Of { kSamples, kPairs };
  explicit LogisticRegression(const CovariateBase& base, Of of = kSamples);

  // Cases are 1, controls 0, `stride` apart.
  void set_outcome(const std::uint8_t* is_case, std::size_t stride = 1);
  NullFit fit_null();

  // `quantile` of the normal distribution for the limits; without limits where
  // it is 0.
  LogisticFit fit(const ClusterRow& row, const NullFit& null, double quantile);

 private:
  // Log odds: a search that went on without end must not begin with a long way
  // behind it.
  static constexpr double kNear = 12;

  // The maximum, and how the other coefficients move with the cluster's.
  struct Profile {
    Eigen::VectorXd best, direction;
    double largest, error;
  };

  bool determined_by_covariates() const;
  bool values_separate() const;
  LogisticFit fit_by(bool penalised, const NullFit& null, double quantile);
  void expand(NullFit* null) const;
  void evaluate();
  void evaluate_all();
  void penalise();
  // The same from the expansion about a null fit, for the samples that have the
  // cluster exactly: as good as the cluster is rare, and so cheap that all
  // searches begin with it. See association_near_null.cpp.
  void evaluate_near();
  void penalise_near();
  template <class Search>
  bool search_near(const NullFit& null, Search&& search);
  bool maximise(int free, int iterations, double enough);
  void climb(const Eigen::VectorXd& step, double decrement);
  bool maximum_recedes(const Eigen::VectorXd& step) const;
  bool seek_higher(const NullFit& null, bool fitted);
  double limit(const Profile& profile, const NullFit& null, double reach);
  // From this distance off the best coefficient on.
  double limit_from(const Profile& profile, double reach, double distance);

  const CovariateBase& base_;
  Of of_;
  int covariates_;                // columns of the base
  Eigen::ArrayXd sign_;           // 1 of a case, -1 of a control
  std::vector<SampleValue> row_;  // scaled to a largest size of 1
  bool penalised_ = false;
  const NullFit* near_ = nullptr;  // where evaluate() is to be by expansion

  Eigen::VectorXd coefficients_;  // the base's, then the cluster's
  Eigen::VectorXd score_;
  Eigen::MatrixXd information_;
  double log_likelihood_ = 0;

  Eigen::VectorXd linear_, residual_, weight_, leverage_, near_row_;
  Eigen::ArrayXd against_, odds_against_;
  Eigen::MatrixXd weighted_base_;
  Eigen::LLT<Eigen::MatrixXd> factor_;
};

// What the search finds is where the exact one begins; where it finds nothing,
// or strays far, that begins where this did.
template <class Search>
bool LogisticRegression::search_near(const NullFit& null, Search&& search) {
  if (!null.converged) return false;
  const Eigen::VectorXd from = coefficients_;
  near_ = &null;
  const bool found = search() && coefficients_.allFinite() &&
                     (coefficients_ - from).cwiseAbs().maxCoeff() < kNear;
  near_ = nullptr;
  if (!found) coefficients_ = from;
  return found;
}

}  // namespace clustcr
