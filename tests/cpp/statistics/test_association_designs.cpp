// The exact test of strata, many phenotypes in blocks, q-values, orders of
// samples within strata, and the tails of distributions that the tests of
// groups and numbers use.
#include <algorithm>
#include <cmath>
#include <vector>

#include "statistics/association_fisher.hpp"
#include "statistics/association_levels.hpp"
#include "statistics/association_many.hpp"
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

TEST(AssociationDesigns, QValuesAreThoseOfTheDefinition) {
  Random random(5);
  std::vector<double> all;
  for (int i = 0; i < 200; ++i)
    all.push_back(static_cast<double>(1 + random.below(60)) / 60 *
                  (i < 20 ? 0.01 : 1));
  const std::vector<double> some(all.begin(), all.begin() + 40);
  const auto q = [&](double p) {
    double least = 1;
    for (const double other : all) {
      if (other < p) continue;
      double rank = 0;
      for (const double x : all) rank += x <= other;
      least = std::min(least, other * 200 / rank);
    }
    return least;
  };
  std::vector<double> given = all;
  const StepUp found = step_up(some, &given, 0.1);
  double cutoff = -1;
  for (const double p : all)
    if (q(p) <= 0.1) cutoff = std::max(cutoff, p);
  EXPECT_GT(cutoff, 0);
  EXPECT_EQ(found.cutoff, cutoff);
  for (std::size_t i = 0; i < some.size(); ++i)
    EXPECT_NEAR(found.q_value[i], q(some[i]), 1e-14);
  std::vector<double> none;
  EXPECT_EQ(step_up({}, &none, 0.05).cutoff, -1);
}

namespace {

// Columns of a random matrix, by rows [begin, end).
struct Columns {
  Columns(const std::vector<std::vector<int>>& rows, std::size_t begin,
          std::size_t end)
      : starts{0} {
    for (std::size_t c = 0; c < rows[0].size(); ++c) {
      for (std::size_t r = begin; r < end; ++r)
        if (rows[r][c]) row_of.push_back(static_cast<int>(r - begin));
      starts.push_back(static_cast<int>(row_of.size()));
    }
    values.assign(row_of.size(), 1.0);
    matrix = {end - begin, rows[0].size(), starts.data(), row_of.data(),
              values.data()};
  }
  std::vector<int> starts, row_of;
  std::vector<double> values;
  SparseColumns matrix;
};

}  // namespace

TEST(AssociationDesigns, BlocksAreTheWhole) {
  Random random(6);
  const std::size_t samples = 30, clusters = 90;
  std::vector<std::vector<int>> rows(clusters, std::vector<int>(samples));
  for (auto& row : rows) {
    const std::size_t rare = 2 + random.below(6);
    for (int& x : row) x = random.below(rare) == 0;
  }
  Phenotypes phenotypes;
  phenotypes.samples = samples;
  phenotypes.phenotypes = 7;
  for (std::size_t i = 0; i < samples * 7; ++i)
    phenotypes.labels.push_back(static_cast<std::uint8_t>(random.below(3)));
  ManyOptions options;
  options.permutations = 5;
  options.alpha = 1;
  const Columns all(rows, 0, clusters);
  const ManyAssociation whole =
      associate_many(all.matrix, phenotypes, options, Execution());
  EXPECT_GT(whole.p_value.size(), 300u);
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{1} << 30}) {
    options.shuffle_bytes = bytes;
    ManyTests tests(phenotypes, options);
    std::size_t passes = 0;
    do {
      for (std::size_t begin = 0; begin < clusters; begin += 40) {
        const Columns block(rows, begin, std::min(begin + 40, clusters));
        tests.block(block.matrix, Execution());
      }
      ++passes;
    } while (tests.next(Execution()));
    EXPECT_EQ(passes, bytes == 0 ? 7u : 3u);
    const ManyAssociation found = tests.result();
    EXPECT_EQ(found.cluster, whole.cluster);
    EXPECT_EQ(found.phenotype, whole.phenotype);
    EXPECT_EQ(found.p_value, whole.p_value);
    EXPECT_EQ(found.q_value, whole.q_value);
    EXPECT_EQ(found.fdr, whole.fdr);
    EXPECT_EQ(found.passing_by_chance, whole.passing_by_chance);
    EXPECT_EQ(found.smallest_by_chance, whole.smallest_by_chance);
  }
}
