#include "statistics/association_shuffles.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

namespace clustcr {
namespace {

// The same sums in another order must not make an equal p-value a larger one.
constexpr double kRounding = 1 + 1e-9;

// splitmix64 (Steele et al. 2014): 64 random bits a step, the same everywhere.
class RandomBits {
 public:
  explicit RandomBits(std::uint64_t seed) : state_(seed) {}
  std::uint64_t operator()() {
    std::uint64_t x = (state_ += 0x9e3779b97f4a7c15ULL);
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
  }
  // Below n, all equally likely: what would favour the small ones is refused.
  std::uint64_t below(std::uint64_t n) {
    const std::uint64_t refused = (0 - n) % n;
    std::uint64_t x = (*this)();
    while (x < refused) x = (*this)();
    return x % n;
  }
  std::uint64_t state() const { return state_; }

 private:
  std::uint64_t state_;
};

// Ten bits of the fraction: 1,024 buckets for each power of two.
std::size_t bucket_of(double p) {
  std::uint64_t bits;
  std::memcpy(&bits, &p, sizeof(bits));
  return static_cast<std::size_t>(bits >> 42);
}

}  // namespace

SampleOrders::SampleOrders(std::size_t samples, std::uint64_t seed,
                           const std::vector<std::uint32_t>& stratum)
    : state_(seed), order_(samples), strata_(1) {
  std::iota(order_.begin(), order_.end(), 0u);
  if (!stratum.empty())
    strata_.resize(*std::max_element(stratum.begin(), stratum.end()) + 1);
  for (std::uint32_t i = 0; i < samples; ++i)
    strata_[stratum.empty() ? 0 : stratum[i]].push_back(i);
}

const std::vector<std::uint32_t>& SampleOrders::next() {
  RandomBits random(state_);
  for (const std::vector<std::uint32_t>& places : strata_)
    for (std::size_t i = places.size(); i > 1; --i)
      std::swap(order_[places[i - 1]], order_[places[random.below(i)]]);
  state_ = random.state();
  return order_;
}

LabelShuffles::LabelShuffles(const Cohort& cohort, std::size_t shuffles,
                             std::uint64_t seed)
    : samples_(cohort.samples()),
      shuffles_(shuffles),
      labels_(tiles() * samples_ * kTile) {
  SampleOrders orders(samples_, seed, cohort.stratum);
  for (std::size_t k = 0; k < shuffles; ++k) {
    const std::vector<std::uint32_t>& order = orders.next();
    std::uint8_t* const tile =
        labels_.data() + k / kTile * samples_ * kTile + k % kTile;
    for (std::size_t i = 0; i < samples_; ++i)
      tile[i * kTile] = cohort.is_case[order[i]];
  }
}

ObservedP::ObservedP(const std::vector<double>& p,
                     const std::vector<double>& key, double alpha) {
  std::vector<double> sorted;
  for (std::size_t i = 0; i < p.size(); ++i)
    if (!std::isnan(p[i])) {
      sorted.push_back(p[i]);
      sorted_.push_back(key[i]);
    }
  std::sort(sorted.begin(), sorted.end());
  std::sort(sorted_.begin(), sorted_.end());
  const double n = static_cast<double>(sorted.size());
  for (std::size_t i = sorted.size(); i > 0; --i)
    if (sorted[i - 1] * n <= alpha * static_cast<double>(i)) {
      cutoff_ = sorted_[i - 1] * kRounding;
      passing_ = i;
      break;
    }
  bucket_.assign(bucket_of(1.0) + 2, 0);
  for (double x : sorted_) ++bucket_[bucket_of(x) + 1];
  for (std::size_t i = 1; i < bucket_.size(); ++i) bucket_[i] += bucket_[i - 1];
}

std::size_t ObservedP::place(double p) const {
  const double least = std::min(1.0, p / kRounding);
  const std::size_t bucket = bucket_of(least);
  return static_cast<std::size_t>(
      std::lower_bound(sorted_.begin() + bucket_[bucket],
                       sorted_.begin() + bucket_[bucket + 1], least) -
      sorted_.begin());
}

void ByChance::add(const ByChance& other) {
  for (std::size_t i = 0; i < at_place.size(); ++i)
    at_place[i] += other.at_place[i];
  for (std::size_t k = 0; k < passing.size(); ++k) {
    passing[k] += other.passing[k];
    smallest[k] = std::min(smallest[k], other.smallest[k]);
  }
}

std::vector<double> empirical_fdr(const ObservedP& observed,
                                  const ByChance& chance) {
  const std::size_t n = observed.size();
  const double shuffles = static_cast<double>(chance.passing.size());
  std::vector<double> fdr(n);
  std::uint64_t seen = 0;
  for (std::size_t i = 0, j = 0; i < n; i = j) {
    // Equal p-values are one step.
    while (j < n && observed[j] <= observed[i] * kRounding)
      seen += chance.at_place[j++];
    const double share = static_cast<double>(seen) / shuffles / j;
    for (std::size_t k = i; k < j; ++k) fdr[k] = std::min(1.0, share);
  }
  for (std::size_t i = n; i > 1; --i)
    fdr[i - 2] = std::min(fdr[i - 2], fdr[i - 1]);
  return fdr;
}

}  // namespace clustcr
