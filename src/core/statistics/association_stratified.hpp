// The exact test of Cochran, Mantel and Haenszel: presence of a cluster in
// cases and controls who are compared within strata only. Given how many
// samples of each stratum have the cluster, the number of cases among all of
// them is a sum of independent hypergeometric numbers. Pairs as strata make it
// McNemar's exact test.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "statistics/association.hpp"
#include "statistics/association_exact.hpp"

namespace clustcr {

// Without strata in the cohort it is Fisher's test. The estimate is the common
// odds ratio by conditional maximum likelihood, with exact limits.
Association associate_stratified(const SparseColumns& matrix,
                                 const Cohort& cohort,
                                 const AssociationOptions& options,
                                 const Execution& execution);

// Clusters share few distributions, so each is computed once. A worker has one
// of its own.
class StratifiedExact {
 public:
  // By the number of cases with the cluster, from the fewest on.
  struct Tables {
    std::size_t fewest = 0;
    std::vector<double> log_probability, p_value;
    std::unordered_map<std::size_t, Estimate> odds_ratio;
  };

  StratifiedExact(const Cohort& cohort, double confidence);

  // Of a row's strata; until the next call.
  Tables& tables(const ClusterRow& row);
  Estimate odds_ratio(Tables* tables, std::size_t case_carriers) const;

 private:
  // Strata of one kind have as many cases and controls.
  struct Kind {
    std::size_t cases = 0, controls = 0;
  };
  // So many strata of a kind in which so many samples have the cluster.
  struct Margin {
    std::uint32_t kind, carriers, strata;
  };

  void describe(const ClusterRow& row);
  template <class Real>
  void compute(Tables* tables) const;

  const Cohort& cohort_;
  double tail_;
  std::vector<Kind> kinds_;
  std::vector<std::uint32_t> kind_of_;  // by stratum
  LogFactorials of_;

  // Of the row: strata that say something, and the cases that must be.
  std::vector<Margin> margins_;
  std::size_t forced_ = 0;
  std::vector<std::uint32_t> carriers_, touched_;

  std::unordered_map<std::string, std::unique_ptr<Tables>> known_;
  std::size_t cells_ = 0;
};

}  // namespace clustcr
