#include "statistics/association_survival.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>

#include "statistics/association_run.hpp"

namespace clustcr {
namespace {

// Of the information less than this share is left: rounding.
constexpr double kNothing = 1e-10;

class SurvivalTest {
 public:
  static constexpr bool kSlow = false, kAfter = false, kKeys = false;
  static std::size_t grain(std::size_t samples, std::size_t shuffles) {
    return at_most(1024, 400000, samples + shuffles);
  }

  SurvivalTest(const Cohort& cohort, const Survival& survival,
               const std::vector<std::vector<std::uint32_t>>& orders,
               double quantile)
      : cohort_(cohort),
        survival_(survival),
        orders_(orders),
        quantile_(quantile),
        sum_(survival.shared.cols()) {}

  Outcome observe(const ClusterRow& row) {
    at_.clear();
    for (const SampleValue& entry : row) at_.push_back(entry);
    if (!score()) return {};
    const double rise = score_ / information_;
    const double half = quantile_ / std::sqrt(information_);
    return {{rise, rise - half, rise + half}, p_value(), false};
  }

  template <class See, class Pool>
  void by_chance(const ClusterRow& row, See&& see, Pool&& pool) {
    for (std::size_t k = 0; k < orders_.size(); ++k) {
      at_.clear();
      for (const SampleValue& entry : row)
        at_.push_back({orders_[k][entry.sample], entry.value});
      if (!score()) continue;
      see(k, p_value());
      pool(p_value(), 1);
    }
  }

 private:
  // False where nothing is left to test.
  bool score() {
    // In each stratum the latest first: those at risk grow towards the
    // beginning.
    std::sort(at_.begin(), at_.end(),
              [&](const SampleValue& a, const SampleValue& b) {
                const std::uint32_t s = stratum(a), t = stratum(b);
                if (s != t) return s < t;
                const double x = survival_.squared[a.sample];
                const double y = survival_.squared[b.sample];
                return x != y ? x > y : a.sample < b.sample;
              });
    double squares = 0, lost = 0, at_risk = 0;
    score_ = 0;
    sum_.setZero();
    for (std::size_t i = 0; i < at_.size(); ++i) {
      const std::uint32_t s = at_[i].sample;
      const double value = at_[i].value;
      score_ += value * survival_.residual[s];
      squares += value * value * survival_.hazard[s];
      at_risk += value * survival_.risk[s];
      const bool last =
          i + 1 == at_.size() || stratum(at_[i + 1]) != stratum(at_[i]);
      const double earlier = last ? 0 : survival_.squared[at_[i + 1].sample];
      lost += (survival_.squared[s] - earlier) * at_risk * at_risk;
      if (last) at_risk = 0;
      if (sum_.size() > 0) sum_ += value * survival_.shared.row(s).transpose();
    }
    information_ = squares - lost - sum_.squaredNorm();
    return information_ > kNothing * squares;
  }
  double p_value() const {
    return std::erfc(std::abs(score_) / std::sqrt(2 * information_));
  }
  std::uint32_t stratum(const SampleValue& entry) const {
    return cohort_.stratum.empty() ? 0 : cohort_.stratum[entry.sample];
  }

  const Cohort& cohort_;
  const Survival& survival_;
  const std::vector<std::vector<std::uint32_t>>& orders_;
  double quantile_, score_ = 0, information_ = 0;
  Eigen::VectorXd sum_;
  std::vector<SampleValue> at_;
};

}  // namespace

Association associate_survival(const SparseColumns& matrix,
                               const Cohort& cohort, const Survival& survival,
                               const AssociationOptions& options,
                               const Execution& execution) {
  std::vector<std::vector<std::uint32_t>> orders;
  SampleOrders shuffled(cohort.samples(), options.seed, cohort.stratum);
  for (std::size_t k = 0; k < options.permutations; ++k)
    orders.push_back(shuffled.next());
  return run<SurvivalTest>(matrix, cohort, options, execution, [&] {
    return std::make_unique<SurvivalTest>(cohort, survival, orders,
                                          options.quantile);
  });
}

}  // namespace clustcr
