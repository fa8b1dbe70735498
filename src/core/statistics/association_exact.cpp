#include "statistics/association_exact.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace clustcr {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Tables as probable as the observed one count with it, whatever rounding
// does to them; the tolerance of R's fisher.test().
constexpr double kTie = 1 + 1e-7;

// The non-central hypergeometric distribution (Fisher's) over the tables of
// given margins, as seen from the observed table `at`.
class NonCentral {
 public:
  NonCentral(const std::vector<double>& log_probability, std::size_t at)
      : log_probability_(log_probability), at_(at) {}

  // Moments at the logarithm of the odds ratio, of tables counted from `at`.
  void tilt(double log_odds) {
    const double at = static_cast<double>(at_);
    double largest = -kInfinity;
    for (std::size_t x = 0; x < log_probability_.size(); ++x)
      largest = std::max(largest, log_probability_[x] + (x - at) * log_odds);
    total = first = second = below = below_first = above = above_first = 0;
    for (std::size_t x = 0; x < log_probability_.size(); ++x) {
      const double shift = static_cast<double>(x) - at;
      const double weight =
          std::exp(log_probability_[x] + shift * log_odds - largest);
      total += weight;
      first += weight * shift;
      second += weight * shift * shift;
      if (x <= at_) below += weight, below_first += weight * shift;
      if (x >= at_) above += weight, above_first += weight * shift;
    }
  }
  double mean() const { return first / total; }

  double total = 0, first = 0, second = 0;
  double below = 0, below_first = 0, above = 0, above_first = 0;

 private:
  const std::vector<double>& log_probability_;
  std::size_t at_;
};

// The root of an ascending function: Newton's steps, but never out of what is
// known to hold the root. `f` gives the value and the slope.
template <class Function>
double ascending_root(double x, Function&& f) {
  double low = -kInfinity, high = kInfinity, reach = 1;
  for (int i = 0; i < 200; ++i) {
    const auto [value, slope] = f(x);
    if (value == 0) return x;
    (value < 0 ? low : high) = x;
    double next = x - value / slope;
    // Before anything else: of a step below rounding the bounds know nothing.
    if (std::abs(next - x) <= 1e-13 * std::max(1.0, std::abs(x))) return next;
    // Of a slope of almost nothing the step is of no use.
    if (!(slope > 0 && std::abs(next - x) <= reach))
      next = value < 0 ? x + reach : x - reach;
    if (!(next > low && next < high)) next = (low + high) / 2;
    reach *= 2;
    x = next;
  }
  return x;
}

}  // namespace

LogFactorials::LogFactorials(std::size_t n) : log_(n + 1) {
  long double sum = 0;
  for (std::size_t i = 1; i <= n; ++i) {
    sum += std::log(static_cast<long double>(i));
    log_[i] = static_cast<double>(sum);
  }
}

std::vector<double> two_sided_p(const std::vector<double>& probability) {
  std::vector<std::size_t> order(probability.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return probability[a] < probability[b];
  });
  std::vector<double> p(order.size());
  // Summed from the least probable, so that the small ones are not lost.
  double sum = 0;
  std::size_t summed = 0;
  for (std::size_t i : order) {
    while (summed < order.size() &&
           probability[order[summed]] <= probability[i] * kTie)
      sum += probability[order[summed++]];
    p[i] = std::min(1.0, sum);
  }
  return p;
}

Estimate exact_odds_ratio(const std::vector<double>& log_probability,
                          std::size_t at, double tail, double start) {
  const bool lowest = at == 0, highest = at + 1 == log_probability.size();
  NonCentral tables(log_probability, at);
  const double log_tail = std::log(tail);

  Estimate found{0, 0, kInfinity};
  if (lowest && highest) found.value = kNaN;
  if (highest && !lowest) found.value = kInfinity;
  if (!lowest && !highest)
    found.value = std::exp(ascending_root(start, [&](double x) {
      tables.tilt(x);
      const double mean = tables.mean();
      return std::pair(mean, tables.second / tables.total - mean * mean);
    }));
  if (!lowest)  // P(as many or more) is the tail
    found.low = std::exp(ascending_root(start, [&](double x) {
      tables.tilt(x);
      return std::pair(std::log(tables.above / tables.total) - log_tail,
                       tables.above_first / tables.above - tables.mean());
    }));
  if (!highest)  // P(as many or fewer) is the tail; it descends
    found.high = std::exp(ascending_root(start, [&](double x) {
      tables.tilt(x);
      return std::pair(log_tail - std::log(tables.below / tables.total),
                       tables.mean() - tables.below_first / tables.below);
    }));
  return found;
}

}  // namespace clustcr
