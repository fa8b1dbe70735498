#include "statistics/association_numbers.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include "statistics/association_run.hpp"
#include "statistics/association_wilcoxon.hpp"

namespace clustcr {
namespace {

// Of a sum of squares less than this share is left: rounding.
constexpr double kNothing = 1e-10;

// The continued fraction of the incomplete beta function by Lentz's method.
double beta_fraction(double x, double a, double b) {
  constexpr double kSmall = 1e-300;
  double c = 1, d = 1 - (a + b) * x / (a + 1);
  if (std::abs(d) < kSmall) d = kSmall;
  d = 1 / d;
  double fraction = d;
  for (int m = 1; m < 10000; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 + even * d;
    c = 1 + even / c;
    if (std::abs(d) < kSmall) d = kSmall;
    if (std::abs(c) < kSmall) c = kSmall;
    d = 1 / d;
    fraction *= d * c;
    const double odd =
        -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 + odd * d;
    c = 1 + odd / c;
    if (std::abs(d) < kSmall) d = kSmall;
    if (std::abs(c) < kSmall) c = kSmall;
    d = 1 / d;
    fraction *= d * c;
    if (std::abs(d * c - 1) < 1e-15) break;
  }
  return fraction;
}

}  // namespace

// The incomplete beta function of 1 - square with degrees / 2 and 1 / 2.
double correlation_p(double square, double degrees) {
  if (!(square > 0)) return 1;
  if (square >= 1) return 0;
  const double a = degrees / 2, b = 0.5, x = 1 - square;
  const double front =
      std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
               a * std::log1p(-square) + b * std::log(square));
  if (x < (a + 1) / (a + b + 2))
    return std::min(1.0, front * beta_fraction(x, a, b) / a);
  return std::max(0.0, 1 - front * beta_fraction(square, b, a) / b);
}

namespace {

// The residuals of shuffled samples, in tiles of kTile shuffles.
class NumberShuffles {
 public:
  static constexpr std::size_t kTile = 16;

  NumberShuffles(const Cohort& cohort, const Numbers& numbers,
                 const CovariateBase& base, const AssociationOptions& options)
      : samples_(cohort.samples()), shuffles_(options.permutations) {
    residuals_.assign((shuffles_ + kTile - 1) / kTile * kTile * samples_, 0);
    SampleOrders orders(samples_, options.seed, cohort.stratum);
    Eigen::VectorXd moved(static_cast<Eigen::Index>(samples_));
    for (std::size_t k = 0; k < shuffles_; ++k) {
      const std::vector<std::uint32_t>& order = orders.next();
      for (std::size_t i = 0; i < samples_; ++i)
        moved[static_cast<Eigen::Index>(i)] = numbers.residual[order[i]];
      // Without covariates there is nothing but a mean of zero.
      if (base.cols() > 1)
        moved -= base * (base.transpose() * moved) / double(samples_);
      squares_.push_back(moved.squaredNorm());
      double* const tile =
          residuals_.data() + k / kTile * samples_ * kTile + k % kTile;
      for (std::size_t i = 0; i < samples_; ++i)
        tile[i * kTile] = moved[static_cast<Eigen::Index>(i)];
    }
  }

  std::size_t size() const { return shuffles_; }
  double squares(std::size_t shuffle) const { return squares_[shuffle]; }
  const double* residuals(std::size_t tile, std::size_t sample) const {
    return residuals_.data() + (tile * samples_ + sample) * kTile;
  }

 private:
  std::size_t samples_, shuffles_;
  std::vector<double> residuals_, squares_;
};

class NumbersTest {
 public:
  static constexpr bool kSlow = false, kAfter = true, kKeys = true;
  static std::size_t grain(std::size_t samples, std::size_t shuffles) {
    return at_most(1024, 2000000, samples + shuffles);
  }

  NumbersTest(const Cohort& cohort, const Numbers& numbers,
              const CovariateBase& base, const NumberShuffles& shuffles)
      : numbers_(numbers),
        base_(base),
        shuffles_(shuffles),
        samples_(cohort.samples()),
        degrees_(static_cast<double>(cohort.samples()) -
                 static_cast<double>(base.cols()) - 1) {
    for (const double x : numbers.residual) squares_ += x * x;
  }

  Outcome observe(const ClusterRow& row) {
    values_.resize(row.size());
    if (numbers_.ranks) {
      ranks_.rank(row, samples_, 0);
      values_ = ranks_.excess();
    } else {
      for (std::size_t i = 0; i < row.size(); ++i)
        values_[i] = row.first[i].value;
    }
    double all = 0, together = 0;
    Eigen::VectorXd along = Eigen::VectorXd::Zero(base_.cols());
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::uint32_t sample = row.first[i].sample;
      all += values_[i] * values_[i];
      along += values_[i] * base_.row(sample).transpose();
      together += values_[i] * numbers_.residual[sample];
    }
    left_ = all - along.squaredNorm() / static_cast<double>(samples_);
    if (!(left_ > kNothing * all)) {
      left_ = 0;
      return {};
    }
    const double square = squared(together, squares_);
    Outcome found;
    found.key = key_of(square);
    found.p_value = correlation_p(square, degrees_);
    found.estimate = numbers_.ranks ? rank_correlation(together, square)
                                    : slope(together, square);
    return found;
  }

  // After observe() of the same row.
  template <class See, class Pool>
  void by_chance(const ClusterRow& row, See&& see, Pool&& pool) {
    if (left_ == 0) return;
    constexpr std::size_t kTile = NumberShuffles::kTile;
    for (std::size_t begin = 0; begin < shuffles_.size(); begin += kTile) {
      double together[kTile] = {};
      for (std::size_t i = 0; i < row.size(); ++i) {
        const double* own =
            shuffles_.residuals(begin / kTile, row.first[i].sample);
        const double value = values_[i];
        for (std::size_t k = 0; k < kTile; ++k) together[k] += value * own[k];
      }
      const std::size_t end = std::min(kTile, shuffles_.size() - begin);
      for (std::size_t k = 0; k < end; ++k) {
        const double key =
            key_of(squared(together[k], shuffles_.squares(begin + k)));
        see(begin + k, key);
        pool(key, 1);
      }
    }
  }

  double p_of_key(double key) const {
    return correlation_p((1 / key - 1) / degrees_, degrees_);
  }

 private:
  // As far apart as p-values are, so that they are found as fast.
  double key_of(double square) const { return 1 / (1 + degrees_ * square); }
  double squared(double together, double squares) const {
    return std::min(1.0, together * together / (left_ * squares));
  }
  Estimate slope(double together, double square) const {
    const double rise = together / left_;
    const double error =
        std::sqrt(std::max(0.0, squares_ * (1 - square)) / degrees_ / left_);
    return {rise, rise - numbers_.quantile * error,
            rise + numbers_.quantile * error};
  }
  Estimate rank_correlation(double together, double square) const {
    const double r = std::copysign(std::sqrt(square), together);
    const double half =
        samples_ > 3
            ? numbers_.quantile * std::sqrt((1 + square / 2) / (samples_ - 3.0))
            : std::numeric_limits<double>::infinity();
    return {r, std::tanh(std::atanh(r) - half),
            std::tanh(std::atanh(r) + half)};
  }

  const Numbers& numbers_;
  const CovariateBase& base_;
  const NumberShuffles& shuffles_;
  std::size_t samples_;
  double degrees_, squares_ = 0, left_ = 0;
  RankSum ranks_;
  std::vector<double> values_;
};

}  // namespace

Association associate_numbers(const SparseColumns& matrix, const Cohort& cohort,
                              const Numbers& numbers, const CovariateBase& base,
                              const AssociationOptions& options,
                              const Execution& execution) {
  const NumberShuffles shuffles(cohort, numbers, base, options);
  return run<NumbersTest>(matrix, cohort, options, execution, [&] {
    return std::make_unique<NumbersTest>(cohort, numbers, base, shuffles);
  });
}

}  // namespace clustcr
