#include "samples/association_logistic.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace clustcr {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Newton's decrement is twice what the log-likelihood still has to gain: here
// coefficients are known to a few millionths of their standard error.
constexpr double kDecrement = 1e-12;
// Along a profile only the log-likelihood counts, to a billionth.
constexpr double kProfileDecrement = 1e-9;
// Where there is a maximum Newton's method is there in far fewer steps; where
// there is none it goes on by one unit of log odds a step.
constexpr int kSteps = 20;
// Firth's score is solved with the plain information, which converges slower.
constexpr int kPenalisedSteps = 200;
constexpr double kLongestStep = 5;

}  // namespace

LogisticRegression::LogisticRegression(const CovariateBase& base)
    : base_(base), covariates_(static_cast<int>(base.cols())) {
  const Eigen::Index n = base.rows();
  sign_.resize(n);
  linear_.resize(n);
  residual_.resize(n);
  weight_.resize(n);
  leverage_.resize(n);
  odds_against_.resize(n);
  weighted_base_.resize(n, covariates_);
  score_.resize(covariates_ + 1);
  information_.resize(covariates_ + 1, covariates_ + 1);
}

void LogisticRegression::set_outcome(const std::uint8_t* is_case,
                                     std::size_t stride) {
  for (Eigen::Index i = 0; i < sign_.size(); ++i)
    sign_[i] = is_case[static_cast<std::size_t>(i) * stride] ? 1 : -1;
}

// Log-likelihood, score and information at the coefficients.
void LogisticRegression::evaluate() {
  near_ ? evaluate_near() : evaluate_all();
}

void LogisticRegression::evaluate_all() {
  const int q = covariates_;
  linear_.noalias() = base_ * coefficients_.head(q);
  for (const SampleValue& entry : row_)
    linear_[entry.sample] += entry.value * coefficients_[q];
  // exp(500) squared is still a number.
  odds_against_ = (-sign_ * linear_.array()).min(500.0).exp();
  log_likelihood_ = -(1 + odds_against_).log().sum();
  weight_ = odds_against_ / (1 + odds_against_).square();
  residual_ = sign_ * odds_against_ / (1 + odds_against_);

  weighted_base_.noalias() = weight_.asDiagonal() * base_;
  information_.setZero();
  // A few long columns: products of matrices have too much of a start.
  for (int b = 0; b < q; ++b)
    for (int a = 0; a <= b; ++a)
      information_(a, b) = information_(b, a) =
          base_.col(a).dot(weighted_base_.col(b));
  for (const SampleValue& entry : row_) {
    information_.col(q).head(q) +=
        entry.value * weighted_base_.row(entry.sample).transpose();
    information_(q, q) += entry.value * entry.value * weight_[entry.sample];
  }
  information_.row(q).head(q) = information_.col(q).head(q).transpose();
  if (penalised_) penalise();

  score_.head(q).noalias() = base_.transpose() * residual_;
  score_[q] = 0;
  for (const SampleValue& entry : row_)
    score_[q] += entry.value * residual_[entry.sample];
}

// Adds half the log determinant of the information to the log-likelihood, and
// its derivative to the residuals.
void LogisticRegression::penalise() {
  const int q = covariates_;
  factor_.compute(information_);
  if (factor_.info() != Eigen::Success) {
    log_likelihood_ = -kInfinity;
    return;
  }
  log_likelihood_ +=
      factor_.matrixLLT().diagonal().array().log().sum();  // of its root
  const Eigen::MatrixXd inverse =
      factor_.solve(Eigen::MatrixXd::Identity(q + 1, q + 1));
  weighted_base_.noalias() = base_ * inverse.topLeftCorner(q, q);
  leverage_ = (weighted_base_.array() * base_.array()).rowwise().sum();
  for (const SampleValue& entry : row_)
    leverage_[entry.sample] +=
        entry.value * (2 * base_.row(entry.sample).dot(inverse.col(q).head(q)) +
                       entry.value * inverse(q, q));
  // 1/2 - the fitted probability of being a case.
  residual_.array() += leverage_.array() * weight_.array() * sign_ *
                       (0.5 - 1 / (1 + odds_against_));
}

// Newton's method on the first `free` coefficients, the others held. False
// where it has not come to rest.
bool LogisticRegression::maximise(int free, int iterations, double enough) {
  evaluate();
  for (int i = 0; i < iterations; ++i) {
    factor_.compute(information_.topLeftCorner(free, free));
    if (factor_.info() != Eigen::Success) return false;
    Eigen::VectorXd step = factor_.solve(score_.head(free));
    const double decrement = step.dot(score_.head(free));
    if (!std::isfinite(decrement)) return false;
    if (decrement < enough) {
      // What is left is worth no evaluation, but the step is there.
      coefficients_.head(free) += step;
      return true;
    }
    const double longest = step.cwiseAbs().maxCoeff();
    if (longest > kLongestStep) step *= kLongestStep / longest;
    const double before = log_likelihood_;
    const Eigen::VectorXd from = coefficients_;
    for (int halving = 0; halving < 12; ++halving, step /= 2) {
      coefficients_.head(free) = from.head(free) + step;
      evaluate();
      // Less by rounding is not less.
      if (log_likelihood_ >= before - 1e-10 * (1 + std::abs(before))) break;
    }
  }
  return false;
}

NullFit LogisticRegression::fit_null() {
  row_.clear();
  penalised_ = false;
  coefficients_ = Eigen::VectorXd::Zero(covariates_ + 1);
  NullFit null;
  null.converged = maximise(covariates_, kSteps, kDecrement);
  null.coefficients = coefficients_.head(covariates_);
  null.log_likelihood = log_likelihood_;
  if (null.converged) expand(&null);
  return null;
}

// The part of the values that the covariates leave is nothing but rounding.
bool LogisticRegression::determined_by_covariates() const {
  Eigen::VectorXd projection = Eigen::VectorXd::Zero(covariates_);
  double squares = 0;
  for (const SampleValue& entry : row_) {
    projection += entry.value * base_.row(entry.sample).transpose();
    squares += entry.value * entry.value;
  }
  const double left =
      squares - projection.squaredNorm() / static_cast<double>(base_.rows());
  return left <= 1e-9 * squares;
}

// All samples with the cluster are of one class: the likelihood rises with the
// cluster's coefficient without end.
bool LogisticRegression::one_class_only() const {
  for (const SampleValue& entry : row_)
    if (sign_[entry.sample] != sign_[row_[0].sample]) return false;
  return true;
}

LogisticFit LogisticRegression::fit(const ClusterRow& row, const NullFit& null,
                                    double quantile) {
  const LogisticFit none{{kNaN, kNaN, kNaN}, kNaN, false, false};
  row_.assign(row.begin(), row.end());
  double largest = 0;
  for (const SampleValue& entry : row_)
    largest = std::max(largest, entry.value);
  for (SampleValue& entry : row_) entry.value /= largest;
  if (row_.empty() || determined_by_covariates()) return none;
  LogisticFit found = none;
  if (null.converged && !one_class_only())
    found = fit_by(false, null, quantile);
  if (!found.fitted) found = fit_by(true, null, quantile);
  for (double* x :
       {&found.log_odds.value, &found.log_odds.low, &found.log_odds.high})
    *x /= largest;
  return found;
}

LogisticFit LogisticRegression::fit_by(bool penalised, const NullFit& null,
                                       double quantile) {
  const int q = covariates_;
  LogisticFit found{{kNaN, kNaN, kNaN}, kNaN, penalised, false};
  const int iterations = penalised ? kPenalisedSteps : kSteps;
  penalised_ = penalised;
  coefficients_ = Eigen::VectorXd::Zero(q + 1);
  if (null.converged) coefficients_.head(q) = null.coefficients;
  double without = null.log_likelihood;
  if (penalised) {
    search_near(null, [&] { return maximise(q, iterations, kDecrement); });
    if (!maximise(q, iterations, kDecrement)) return found;
    without = log_likelihood_;
  }
  search_near(null, [&] { return maximise(q + 1, iterations, kDecrement); });
  if (!maximise(q + 1, iterations, kDecrement)) return found;
  found.fitted = true;
  found.log_odds.value = coefficients_[q];
  const double largest = log_likelihood_;
  // Twice the difference is chi-square with one degree of freedom.
  found.p_value = std::erfc(std::sqrt(std::max(0.0, largest - without)));
  if (quantile > 0) {
    Profile profile{coefficients_, {}, largest, 0};
    factor_.compute(information_);
    profile.error =
        std::sqrt(factor_.solve(Eigen::VectorXd::Unit(q + 1, q))[q]);
    factor_.compute(information_.topLeftCorner(q, q));
    profile.direction = -factor_.solve(information_.col(q).head(q));
    found.log_odds.low = limit(profile, null, -quantile);
    found.log_odds.high = limit(profile, null, quantile);
  }
  return found;
}

double LogisticRegression::limit(const Profile& profile, const NullFit& null,
                                 double reach) {
  double distance = std::abs(reach) * profile.error;
  coefficients_ = profile.best;
  search_near(null, [&] {
    // Of the expansion, too, the limit is off its own best.
    Profile near = profile;
    evaluate();
    near.largest = log_likelihood_;
    const double found = limit_from(near, reach, distance);
    if (!std::isfinite(found)) return false;
    distance = std::abs(found - profile.best[covariates_]);
    return true;
  });
  return limit_from(profile, reach, distance);
}

// Where the signed root of twice the profile log-likelihood's fall is `reach`.
// It is nearly a straight line, so that Newton's method needs few steps.
double LogisticRegression::limit_from(const Profile& profile, double reach,
                                      double distance) {
  const int q = covariates_;
  const double side = reach < 0 ? -1 : 1, target = std::abs(reach);
  const int iterations = penalised_ ? kPenalisedSteps : kSteps;
  // What is known to hold the limit.
  double low = 0, high = kInfinity;
  for (int i = 0; i < 60; ++i) {
    const double move = profile.best[q] + side * distance - coefficients_[q];
    coefficients_.head(q) += move * profile.direction;
    coefficients_[q] += move;
    if (!maximise(q, iterations, kProfileDecrement)) return kNaN;
    const double root =
        std::sqrt(2 * std::max(0.0, profile.largest - log_likelihood_));
    if (std::abs(root - target) <= 1e-6 * target) break;
    (root < target ? low : high) = distance;
    const double slope = -side * score_[q] / std::max(root, 1e-12);
    double next = distance + (target - root) / slope;
    if (!(next > low))
      next = high < kInfinity ? (low + high) / 2 : 2 * distance;
    next = std::min(next, 3 * distance);
    if (!(next < high)) next = (low + high) / 2;
    if (next > 1e4 * profile.error) return side * kInfinity;
    distance = next;
  }
  return profile.best[q] + side * distance;
}

}  // namespace clustcr
