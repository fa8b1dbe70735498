#include <algorithm>
#include <cmath>
#include <numeric>

#include "statistics/association.hpp"
#include "statistics/association_fisher.hpp"
#include "statistics/association_shuffles.hpp"
#include "test_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

namespace {

// A matrix and its owner: mostly zeros, some of them stored.
struct OwnedMatrix {
  std::size_t rows = 0, columns = 0;
  std::vector<int> starts{0}, row_of;
  std::vector<double> values;

  SparseColumns view() const {
    SparseColumns matrix;
    matrix.rows = rows;
    matrix.columns = columns;
    matrix.starts = starts.data();
    matrix.row_of = row_of.data();
    matrix.values = values.data();
    return matrix;
  }
  double at(std::size_t row, std::size_t column) const {
    for (int i = starts[column]; i < starts[column + 1]; ++i)
      if (row_of[i] == static_cast<int>(row)) return values[i];
    return 0;
  }
};

OwnedMatrix random_matrix(Random* random, std::size_t rows,
                          std::size_t columns) {
  OwnedMatrix m;
  m.rows = rows;
  m.columns = columns;
  for (std::size_t c = 0; c < columns; ++c) {
    for (std::size_t r = 0; r < rows; ++r)
      if (random->chance(10 + 30 * (r % 3))) {
        m.row_of.push_back(static_cast<int>(r));
        m.values.push_back(static_cast<double>(random->below(4)));
      }
    m.starts.push_back(static_cast<int>(m.row_of.size()));
  }
  return m;
}

// Every fifth column is left out.
Cohort random_cohort(Random* random, std::size_t columns) {
  Cohort cohort;
  for (std::size_t c = 0; c < columns; ++c) {
    cohort.sample_of_column.push_back(
        c % 5 == 4 ? Cohort::kLeftOut : static_cast<int>(cohort.samples()));
    if (c % 5 != 4) cohort.is_case.push_back(random->below(2) == 1);
  }
  cohort.is_case[0] = cohort.is_case[1] = 1;
  cohort.is_case[2] = cohort.is_case[3] = 0;
  return cohort;
}

bool same(double a, double b) { return a == b || (a != a && b != b); }

void expect_same(const Association& a, const Association& b) {
  for (std::size_t i = 0; i < a.p_value.size(); ++i) {
    EXPECT_TRUE(same(a.p_value[i], b.p_value[i])) << i;
    EXPECT_TRUE(same(a.estimate[i].value, b.estimate[i].value)) << i;
    EXPECT_TRUE(same(a.fdr[i], b.fdr[i])) << i;
  }
  EXPECT_EQ(a.passing_by_chance, b.passing_by_chance);
  EXPECT_EQ(a.smallest_by_chance, b.smallest_by_chance);
}

}  // namespace

TEST(Association, BlocksOfRowsAreTheMatrixTurnedRound) {
  Random random(1);
  for (int round = 0; round < 20; ++round) {
    const OwnedMatrix m = random_matrix(&random, 1 + random.below(40), 15);
    const Cohort cohort = random_cohort(&random, 15);
    RowBlock block;
    const std::size_t size = 1 + random.below(9);
    for (std::size_t begin = 0; begin < m.rows; begin += size) {
      const std::size_t end = std::min(m.rows, begin + size);
      block.fill(m.view(), cohort, begin, end);
      for (std::size_t r = begin; r < end; ++r) {
        std::vector<std::pair<std::uint32_t, double>> found, expected;
        for (const SampleValue& entry : block[r - begin])
          found.emplace_back(entry.sample, entry.value);
        for (std::size_t c = 0; c < m.columns; ++c)
          if (cohort.sample_of_column[c] >= 0 && m.at(r, c) > 0)
            expected.emplace_back(cohort.sample_of_column[c], m.at(r, c));
        EXPECT_EQ(found, expected);
      }
    }
  }
}

TEST(Association, MatricesThatAreNoneAreRefused) {
  Random random(2);
  const OwnedMatrix good = random_matrix(&random, 20, 6);
  EXPECT_NO_THROW(check_sparse_columns(good.view()));
  const auto refused = [&](auto&& spoil) {
    OwnedMatrix m = good;
    spoil(&m);
    return kind_of_error([&] { check_sparse_columns(m.view()); });
  };
  EXPECT_EQ(refused([](OwnedMatrix* m) { m->row_of[2] = 20; }),
            "invalid_argument");
  EXPECT_EQ(refused([](OwnedMatrix* m) { m->row_of[1] = m->row_of[0]; }),
            "invalid_argument");
  EXPECT_EQ(refused([](OwnedMatrix* m) { m->values[3] = -1; }),
            "invalid_argument");
  EXPECT_EQ(refused([](OwnedMatrix* m) { m->values[3] = NAN; }),
            "invalid_argument");
}

TEST(Association, FisherPValuesAreThoseOfEnumeration) {
  // All ways to choose the carriers among 5 cases and 6 controls.
  FisherExact exact(5, 6, 0.95);
  for (std::size_t carriers = 0; carriers <= 11; ++carriers) {
    std::vector<double> ways(6, 0);
    for (unsigned set = 0; set < (1u << 11); ++set)
      if (static_cast<std::size_t>(__builtin_popcount(set)) == carriers)
        ways[__builtin_popcount(set & 31)] += 1;
    const double all = std::accumulate(ways.begin(), ways.end(), 0.0);
    for (std::size_t x = 0; x <= 5; ++x) {
      if (ways[x] == 0) continue;
      double as_rare = 0;
      for (double w : ways)
        if (w <= ways[x]) as_rare += w;
      EXPECT_NEAR(exact.p_value(carriers, x), as_rare / all, 1e-13);
    }
  }
}

TEST(Association, ShufflesKeepTheNumberOfCasesAndFavourNoSample) {
  Cohort cohort;
  cohort.is_case = {1, 1, 1, 0, 0, 0, 0, 0, 0, 0};
  const std::size_t n = 20000;
  const LabelShuffles shuffles(cohort, n, 42);
  std::vector<double> times(10, 0);
  for (std::size_t k = 0; k < n; ++k) {
    int cases = 0;
    for (std::size_t i = 0; i < 10; ++i) {
      const int label = shuffles.labels(k / LabelShuffles::kTile,
                                        i)[k % LabelShuffles::kTile];
      cases += label;
      times[i] += label;
    }
    ASSERT_EQ(cases, 3);
  }
  // Five standard deviations of a binomial count.
  for (double t : times) EXPECT_NEAR(t, 0.3 * n, 5 * std::sqrt(0.21 * n));
}

TEST(Association, PlacesAreThoseOfASearch) {
  Random random(3);
  std::vector<double> p;
  for (int i = 0; i < 500; ++i)
    p.push_back(std::pow(10.0, -static_cast<double>(random.below(3000)) / 10));
  p.push_back(NAN);
  p.push_back(1);
  p.push_back(0);
  const ObservedP observed(p, 0.05);
  ASSERT_EQ(observed.size(), 502u);
  for (std::size_t i = 0; i < observed.size(); ++i) {
    const std::size_t place = observed.place(observed[i]);
    EXPECT_LE(place, i);
    EXPECT_EQ(observed[place], observed[i]);
    if (place > 0) {
      EXPECT_LT(observed[place - 1], observed[place]);
    }
    EXPECT_GE(observed.place(std::min(1.0, observed[i] * 1.0001)), place);
  }
}

TEST(Association, ThreadsDoNotMatter) {
  Random random(4);
  const OwnedMatrix m = random_matrix(&random, 9000, 30);
  const Cohort cohort = random_cohort(&random, 30);
  AssociationOptions options;
  options.permutations = 67;
  expect_same(associate_fisher(m.view(), cohort, options, threads(1)),
              associate_fisher(m.view(), cohort, options, threads(4)));
  expect_same(associate_wilcoxon(m.view(), cohort, options, threads(1)),
              associate_wilcoxon(m.view(), cohort, options, threads(4)));
  options.permutations = 2;
  const CovariateBase base =
      CovariateBase::Ones(static_cast<Eigen::Index>(cohort.samples()), 1);
  expect_same(associate_logistic(m.view(), cohort, base, options, threads(1)),
              associate_logistic(m.view(), cohort, base, options, threads(4)));
}

TEST(Association, AHostCanStopIt) {
  Random random(5);
  const OwnedMatrix m = random_matrix(&random, 2000, 30);
  const Cohort cohort = random_cohort(&random, 30);
  AssociationOptions options;
  options.permutations = 100;
  const CovariateBase base =
      CovariateBase::Ones(static_cast<Eigen::Index>(cohort.samples()), 1);
  StoppingHost host(1);
  EXPECT_THROW(
      associate_logistic(m.view(), cohort, base, options, threads(2, &host)),
      Cancelled);
}
