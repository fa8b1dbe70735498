// Logistic regression about the null fit. Of all samples together the
// log-likelihood is expanded to the third order in the coefficients of the
// base; those that have the cluster are taken out of it and put back as they
// are.
#include <algorithm>
#include <cmath>
#include <limits>

#include "statistics/association_logistic.hpp"

namespace clustcr {
namespace {

// What one sample adds at a linear predictor.
struct Term {
  double log_likelihood, residual, weight, slope;  // slope: of the weight

  Term(double sign, double linear) {
    const double against = -sign * linear;
    const double odds_against = std::exp(std::min(against, 500.0));
    const double share = 1 / (1 + odds_against);  // of the sample's own class
    log_likelihood = -std::log1p(odds_against) - std::max(against - 500, 0.0);
    residual = sign * (1 - share);
    weight = share * (1 - share);
    slope = weight * sign * (1 - 2 * share);
  }
};

}  // namespace

// After a fit of the base alone.
void LogisticRegression::expand(NullFit* null) const {
  const int q = covariates_;
  null->information = information_.topLeftCorner(q, q);
  null->slopes.clear();
  Eigen::VectorXd slope(base_.rows());
  for (Eigen::Index i = 0; i < base_.rows(); ++i)
    slope[i] = Term(sign_[i], linear_[i]).slope;
  for (int c = 0; c < q; ++c)
    null->slopes.push_back(base_.transpose() *
                           slope.cwiseProduct(base_.col(c)).asDiagonal() *
                           base_);
}

void LogisticRegression::evaluate_near() {
  const int q = covariates_;
  const Eigen::VectorXd moved = coefficients_.head(q) - near_->coefficients;
  Eigen::MatrixXd curved = Eigen::MatrixXd::Zero(q, q);
  for (int c = 0; c < q; ++c) curved += moved[c] * near_->slopes[c];
  const Eigen::VectorXd first = near_->information * moved;
  const Eigen::VectorXd second = curved * moved;
  log_likelihood_ =
      near_->log_likelihood - moved.dot(first) / 2 - moved.dot(second) / 6;
  score_.head(q) = -first - second / 2;
  score_[q] = 0;
  information_.setZero();
  information_.topLeftCorner(q, q) = near_->information + curved;
  for (const SampleValue& entry : row_) {
    near_row_ = base_.row(entry.sample);
    const double sign = sign_[entry.sample], value = entry.value;
    const double linear = near_row_.dot(coefficients_.head(q));
    const Term without(sign, linear);
    const Term with(sign, linear + value * coefficients_[q]);
    log_likelihood_ += with.log_likelihood - without.log_likelihood;
    score_.head(q) += (with.residual - without.residual) * near_row_;
    score_[q] += value * with.residual;
    information_.topLeftCorner(q, q).noalias() +=
        (with.weight - without.weight) * near_row_ * near_row_.transpose();
    information_.col(q).head(q) += value * with.weight * near_row_;
    information_(q, q) += value * value * with.weight;
  }
  information_.row(q).head(q) = information_.col(q).head(q).transpose();
  if (penalised_) penalise_near();
}

// As penalise() does: half the log determinant and, in the score, half the
// trace of its derivative.
void LogisticRegression::penalise_near() {
  const int q = covariates_;
  factor_.compute(information_);
  if (factor_.info() != Eigen::Success) {
    log_likelihood_ = -std::numeric_limits<double>::infinity();
    return;
  }
  log_likelihood_ += factor_.matrixLLT().diagonal().array().log().sum();
  const Eigen::MatrixXd inverse =
      factor_.solve(Eigen::MatrixXd::Identity(q + 1, q + 1));
  for (int c = 0; c < q; ++c)
    score_[c] +=
        inverse.topLeftCorner(q, q).cwiseProduct(near_->slopes[c]).sum() / 2;
  for (const SampleValue& entry : row_) {
    near_row_ = base_.row(entry.sample);
    const double sign = sign_[entry.sample], value = entry.value;
    const double linear = near_row_.dot(coefficients_.head(q));
    const Eigen::VectorXd across = inverse.topLeftCorner(q, q) * near_row_;
    const double leverage = near_row_.dot(across);
    const double with =
        Term(sign, linear + value * coefficients_[q]).slope *
        (leverage + value * (2 * near_row_.dot(inverse.col(q).head(q)) +
                             value * inverse(q, q)));
    score_.head(q) +=
        (with - Term(sign, linear).slope * leverage) / 2 * near_row_;
    score_[q] += with * value / 2;
  }
}

}  // namespace clustcr
