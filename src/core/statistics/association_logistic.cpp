#include "statistics/association_logistic.hpp"

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
// Steps are as long as the likelihood allows, whatever the values' scale. Where
// there is a maximum a dozen do, or some twenty where a sample's value is far
// off the others'; where there is none, some thirty show it.
constexpr int kSteps = 100;
// Firth's score is solved with the plain information, which converges slower.
constexpr int kPenalisedSteps = 500;
// A step must bring this share of what its slope promises.
constexpr double kArmijo = 1e-4;
constexpr int kHalvings = 40;
// Log odds of a sample whose class is as good as certain.
constexpr double kCertain = 12;
// Values so many times the least are of another scale; and the log odds from
// which a scale is searched.
constexpr double kSpread = 8;
constexpr double kStart = 3;

}  // namespace

LogisticRegression::LogisticRegression(const CovariateBase& base, Of of)
    : base_(base), of_(of), covariates_(static_cast<int>(base.cols())) {
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
  against_ = -sign_ * linear_.array();
  // exp(500) squared is still a number; beyond it the logarithm is a line.
  odds_against_ = against_.min(500.0).exp();
  log_likelihood_ =
      -(1 + odds_against_).log().sum() - (against_ - 500.0).max(0.0).sum();
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
// where it has not come to rest, or never would.
bool LogisticRegression::maximise(int free, int iterations, double enough) {
  evaluate();
  double last = kInfinity;
  for (int i = 0; i < iterations; ++i) {
    factor_.compute(information_.topLeftCorner(free, free));
    if (factor_.info() != Eigen::Success) return false;
    const Eigen::VectorXd step = factor_.solve(score_.head(free));
    const double decrement = step.dot(score_.head(free));
    if (!std::isfinite(decrement)) return false;
    if (decrement < enough) {
      const bool recedes = maximum_recedes(step);
      // At a maximum the decrement falls far faster than by e each step.
      if (recedes && decrement > last / 20) return false;
      if (!recedes) {
        // What is left is worth no evaluation, but the step is there.
        coefficients_.head(free) += step;
        return true;
      }
    }
    last = decrement;
    climb(step, decrement);
  }
  return false;
}

// Along the step, halved until the likelihood has risen enough.
void LogisticRegression::climb(const Eigen::VectorXd& step, double decrement) {
  const Eigen::Index free = step.size();
  const double before = log_likelihood_;
  // Less by rounding is not less.
  const double rounding = 1e-10 * (1 + std::abs(before));
  const Eigen::VectorXd from = coefficients_.head(free);
  // The penalty bends the likelihood of few pairs as much again as the
  // information says: a whole step would end where it began, beyond the
  // maximum.
  double length = penalised_ && of_ == kPairs ? 0.5 : 1;
  for (int halving = 0; halving < kHalvings; ++halving, length /= 2) {
    coefficients_.head(free) = from + length * step;
    evaluate();
    if (log_likelihood_ >= before + kArmijo * length * decrement - rounding)
      break;
  }
}

// The classes are separated: what the likelihood still gains comes from samples
// that are certain already and move on as fast as ever. Near a maximum they
// stand still, however certain they are.
bool LogisticRegression::maximum_recedes(const Eigen::VectorXd& step) const {
  if (penalised_ || near_ || !(against_ < -kCertain).any()) return false;
  const Eigen::Index q = std::min<Eigen::Index>(covariates_, step.size());
  Eigen::ArrayXd moved = base_.leftCols(q) * step.head(q);
  if (step.size() > covariates_)
    for (const SampleValue& entry : row_)
      moved[entry.sample] += entry.value * step[covariates_];
  return ((against_ < -kCertain) && (sign_ * moved > -0.01 * against_)).any();
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

// No value of one class is above any of the other: the likelihood rises with
// the cluster's coefficient without end.
bool LogisticRegression::values_separate() const {
  if (of_ == kPairs) {
    // Without an intercept it does where all differences have one direction.
    double least = kInfinity, most = -kInfinity;
    for (const SampleValue& entry : row_) {
      least = std::min(least, sign_[entry.sample] * entry.value);
      most = std::max(most, sign_[entry.sample] * entry.value);
    }
    return least >= 0 || most <= 0;
  }
  // Of the controls and of the cases; those without the cluster have 0.
  double low[2] = {kInfinity, kInfinity}, high[2] = {0, 0};
  Eigen::Index carriers[2] = {0, 0};
  for (const SampleValue& entry : row_) {
    const int of = sign_[entry.sample] > 0;
    low[of] = std::min(low[of], entry.value);
    high[of] = std::max(high[of], entry.value);
    ++carriers[of];
  }
  const Eigen::Index cases = (sign_ > 0).count();
  if (carriers[0] < sign_.size() - cases) low[0] = 0;
  if (carriers[1] < cases) low[1] = 0;
  return high[0] <= low[1] || high[1] <= low[0];
}

LogisticFit LogisticRegression::fit(const ClusterRow& row, const NullFit& null,
                                    double quantile) {
  const LogisticFit none{{kNaN, kNaN, kNaN}, kNaN, false, false};
  row_.assign(row.begin(), row.end());
  double largest = 0;
  for (const SampleValue& entry : row_)
    largest = std::max(largest, std::abs(entry.value));
  for (SampleValue& entry : row_) entry.value /= largest;
  if (row_.empty() || determined_by_covariates()) return none;
  LogisticFit found = none;
  if (null.converged && !values_separate())
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
  found.fitted = maximise(q + 1, iterations, kDecrement);
  if (penalised) found.fitted = seek_higher(null, found.fitted);
  if (!found.fitted) return found;
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

// Where one value is far above the others the penalty makes maxima of its own:
// one at the scale of the largest, one at that of the others. From starts at
// all scales the highest is taken.
bool LogisticRegression::seek_higher(const NullFit& null, bool fitted) {
  const int q = covariates_;
  double least = 1;
  for (const SampleValue& entry : row_)
    least = std::min(least, std::abs(entry.value));
  if (least * kSpread > 1) return fitted;
  Eigen::VectorXd best = coefficients_;
  double highest = fitted ? log_likelihood_ : -kInfinity;
  const double side = best[q] < 0 ? -1 : 1;
  for (double scale = 1; scale > least / kSpread; scale /= kSpread) {
    coefficients_ = Eigen::VectorXd::Zero(q + 1);
    if (null.converged) coefficients_.head(q) = null.coefficients;
    coefficients_[q] = side * kStart / std::max(scale, least);
    if (!maximise(q + 1, kPenalisedSteps, kDecrement)) continue;
    // By more than rounding, so that units change nothing.
    if (log_likelihood_ < highest + 1e-8) continue;
    highest = log_likelihood_;
    best = coefficients_;
    fitted = true;
  }
  coefficients_ = best;
  evaluate();
  return fitted;
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
