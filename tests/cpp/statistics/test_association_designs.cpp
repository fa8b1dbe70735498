// The exact test of strata, orders of samples within strata, and the tails of
// distributions that the tests of groups and numbers use.
#include <algorithm>
#include <cmath>
#include <vector>

#include "statistics/association_fisher.hpp"
#include "statistics/association_levels.hpp"
#include "statistics/association_numbers.hpp"
#include "statistics/association_shuffles.hpp"
#include "statistics/association_stratified.hpp"
#include "test_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

namespace {

Cohort cohort_of_strata(Random* random, std::size_t samples,
                        std::uint32_t strata) {
  Cohort cohort;
  for (std::size_t i = 0; i < samples; ++i) {
    cohort.sample_of_column.push_back(static_cast<int>(i));
    cohort.is_case.push_back(random->below(2) == 1);
    cohort.stratum.push_back(static_cast<std::uint32_t>(random->below(strata)));
  }
  return cohort;
}

}  // namespace

TEST(AssociationDesigns, OneStratumIsFishersTest) {
  Random random(1);
  Cohort cohort = cohort_of_strata(&random, 60, 1);
  StratifiedExact exact(cohort, 0.95);
  FisherExact fisher(cohort.cases(), cohort.controls(), 0.95);
  for (std::uint32_t size = 1; size < 60; ++size) {
    std::vector<SampleValue> row;
    for (std::uint32_t i = 0; i < size; ++i) row.push_back({i, 1.0});
    const StratifiedExact::Tables& tables =
        exact.tables({row.data(), row.data() + row.size()});
    const std::vector<double>& p = fisher.p_values(size);
    ASSERT_EQ(tables.p_value.size(), p.size());
    EXPECT_EQ(tables.fewest, fisher.fewest(size));
    for (std::size_t i = 0; i < p.size(); ++i)
      EXPECT_NEAR(tables.p_value[i] / p[i], 1, 1e-10);
  }
}

// All ways to choose the cases within each stratum, counted.
TEST(AssociationDesigns, StrataAreCountedByHand) {
  Random random(2);
  const Cohort cohort = cohort_of_strata(&random, 12, 3);
  StratifiedExact exact(cohort, 0.95);
  std::vector<std::size_t> wanted(3);
  for (std::size_t i = 0; i < 12; ++i)
    wanted[cohort.stratum[i]] += cohort.is_case[i];
  for (int round = 0; round < 20; ++round) {
    std::vector<SampleValue> row;
    for (std::uint32_t i = 0; i < 12; ++i)
      if (random.below(2)) row.push_back({i, 1.0});
    std::vector<double> count(13);
    for (unsigned cases = 0; cases < (1u << 12); ++cases) {
      std::vector<std::size_t> own(3);
      for (std::size_t i = 0; i < 12; ++i)
        own[cohort.stratum[i]] += cases >> i & 1;
      if (own != wanted) continue;
      std::size_t carriers = 0;
      for (const SampleValue& entry : row)
        carriers += cases >> entry.sample & 1;
      ++count[carriers];
    }
    double all = 0;
    for (const double c : count) all += c;
    const StratifiedExact::Tables& tables =
        exact.tables({row.data(), row.data() + row.size()});
    for (std::size_t i = 0; i < tables.p_value.size(); ++i) {
      double p = 0;
      for (const double c : count)
        if (c <= count[tables.fewest + i]) p += c / all;
      EXPECT_NEAR(tables.p_value[i], p, 1e-12);
    }
  }
}

TEST(AssociationDesigns, OrdersKeepWithinStrata) {
  Random random(3);
  const Cohort cohort = cohort_of_strata(&random, 50, 4);
  SampleOrders orders(50, 42, cohort.stratum);
  std::vector<std::uint32_t> last;
  for (int k = 0; k < 20; ++k) {
    const std::vector<std::uint32_t> order = orders.next();
    EXPECT_NE(order, last);
    for (std::size_t i = 0; i < 50; ++i)
      EXPECT_EQ(cohort.stratum[order[i]], cohort.stratum[i]);
    std::vector<std::uint32_t> sorted = order;
    std::sort(sorted.begin(), sorted.end());
    for (std::uint32_t i = 0; i < 50; ++i) EXPECT_EQ(sorted[i], i);
    last = order;
  }
}

TEST(AssociationDesigns, TailsAreThoseOfTables) {
  // pchisq(x, df, lower.tail = FALSE) of R.
  EXPECT_NEAR(chi_square_tail(3.841458820694124, 1), 0.05, 1e-14);
  EXPECT_NEAR(chi_square_tail(5.991464547107979, 2), 0.05, 1e-14);
  EXPECT_NEAR(chi_square_tail(11.07049769351635, 5), 0.05, 1e-13);
  EXPECT_NEAR(chi_square_tail(200, 4) / 3.757276e-42, 1, 1e-6);
  EXPECT_EQ(chi_square_tail(0, 3), 1);
  // With two degrees of freedom the p-value of t is 1 - |r| of r.
  for (const double r : {0.01, 0.3, 0.7, 0.999})
    EXPECT_NEAR(correlation_p(r * r, 2), 1 - r, 1e-13);
  EXPECT_EQ(correlation_p(0, 10), 1);
  EXPECT_EQ(correlation_p(1, 10), 0);
}
