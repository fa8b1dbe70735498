// Permutation control: the same tests with the labels of cases and controls
// shuffled among the samples. What passes then passes by chance.
#pragma once
#include <cstdint>
#include <vector>

#include "statistics/association_rows.hpp"

namespace clustcr {

// Orders of the samples at random, one after the other: samples change places
// within their stratum only. No strata: all samples are one.
class SampleOrders {
 public:
  SampleOrders(std::size_t samples, std::uint64_t seed,
               const std::vector<std::uint32_t>& stratum = {});

  // Of each place the sample that is there now.
  const std::vector<std::uint32_t>& next();

 private:
  std::uint64_t state_;
  std::vector<std::uint32_t> order_;
  std::vector<std::vector<std::uint32_t>> strata_;  // their places
};

// Shuffled labels, in tiles of kTile shuffles: of each sample kTile bytes side
// by side, so that a row's sums over all shuffles of a tile are vector
// additions. Those behind the last shuffle are zero.
class LabelShuffles {
 public:
  static constexpr std::size_t kTile = 64;

  LabelShuffles(const Cohort& cohort, std::size_t shuffles, std::uint64_t seed);

  std::size_t size() const { return shuffles_; }
  std::size_t tiles() const { return (shuffles_ + kTile - 1) / kTile; }
  std::size_t in_tile(std::size_t tile) const {
    const std::size_t left = shuffles_ - tile * kTile;
    return left < kTile ? left : kTile;
  }
  const std::uint8_t* labels(std::size_t tile, std::size_t sample = 0) const {
    return labels_.data() + (tile * samples_ + sample) * kTile;
  }
  // see(shuffle, sum of the row's labels) for each shuffle.
  template <class See>
  void for_each_count(const ClusterRow& row, See&& see) const {
    for (std::size_t tile = 0; tile < tiles(); ++tile) {
      std::uint32_t sums[kTile] = {};
      for (const SampleValue& entry : row) {
        const std::uint8_t* own = labels(tile, entry.sample);
        for (std::size_t k = 0; k < kTile; ++k) sums[k] += own[k];
      }
      for (std::size_t k = 0; k < in_tile(tile); ++k)
        see(tile * kTile + k, sums[k]);
    }
  }

 private:
  std::size_t samples_, shuffles_;
  std::vector<std::uint8_t> labels_;
};

// The p-values observed, ascending, and what of them counts as significant.
class ObservedP {
 public:
  // Values that are not numbers count as not tested. `alpha`: the largest
  // q-value (Benjamini and Hochberg 1995) that passes.
  ObservedP(const std::vector<double>& p, double alpha)
      : ObservedP(p, p, alpha) {}
  // By keys that ascend with the p-values and stand for them from here on.
  ObservedP(const std::vector<double>& p, const std::vector<double>& key,
            double alpha);

  std::size_t size() const { return sorted_.size(); }
  double operator[](std::size_t i) const { return sorted_[i]; }
  // The largest p-value that passes; below 0 where none does.
  double cutoff() const { return cutoff_; }
  std::size_t passing() const { return passing_; }
  // The first place whose p-value is as large as `p`, but for rounding.
  std::size_t place(double p) const;

 private:
  std::vector<double> sorted_;
  std::vector<std::uint32_t> bucket_;  // by the leading bits
  double cutoff_ = -1;
  std::size_t passing_ = 0;
};

// What one worker sees by chance.
struct ByChance {
  ByChance(const ObservedP& observed, std::size_t shuffles)
      : at_place(observed.size() + 1),
        passing(shuffles),
        smallest(shuffles, 1.0) {}

  // `times`: of so many clusters.
  void see(const ObservedP& observed, std::size_t shuffle, double p,
           std::uint64_t times) {
    if (p <= observed.cutoff()) passing[shuffle] += times;
    if (p < smallest[shuffle]) smallest[shuffle] = p;
  }
  void add(const ByChance& other);

  std::vector<std::uint64_t> at_place;  // p-values, by ObservedP::place()
  std::vector<std::uint64_t> passing;   // by shuffle
  std::vector<double> smallest;         // by shuffle
};

// By place: the clusters expected by chance with a p-value as small, over
// those observed with one; at most 1, and never less for a larger p-value.
std::vector<double> empirical_fdr(const ObservedP& observed,
                                  const ByChance& chance);

}  // namespace clustcr
