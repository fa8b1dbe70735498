// Burdens against a choice made anew, sample by sample.
#include "statistics/association_fisher.hpp"
#include "statistics/fisher_limits.hpp"
#include "statistics/fold_burdens.hpp"
#include "test_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

TEST(FisherLimits, AreThoseOfThePValues) {
  Random random(3);
  for (int round = 0; round < 60; ++round) {
    const std::size_t cases = 1 + random.below(30);
    const std::size_t controls = 1 + random.below(30);
    const double max_p =
        std::vector<double>{1, 0.5, 0.05, 1e-3}[random.below(4)];
    FisherExact exact(cases, controls, 0.95);
    const FisherLimits limits = fisher_limits(cases, controls, max_p);
    std::size_t fewest = cases + controls + 1;
    for (std::size_t m = 0; m <= cases + controls; ++m)
      for (std::size_t a = exact.fewest(m); a <= std::min(m, cases); ++a) {
        const bool significant = exact.p_value(m, a) <= max_p;
        const bool many = a * (cases + controls) > m * cases;
        const auto at = static_cast<std::int32_t>(a);
        EXPECT_EQ(at >= limits.many[m], significant && many);
        EXPECT_EQ(at <= limits.few[m], significant && !many);
        if (significant && many) fewest = std::min(fewest, m);
      }
    EXPECT_EQ(limits.fewest_carriers(), fewest);
  }
}

namespace {

struct Presence {
  std::size_t rows, columns;
  std::vector<std::vector<char>> has;  // by row
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
};

Presence random_presence(Random* random, std::size_t rows,
                         std::size_t columns) {
  Presence x{rows, columns, {}, {0}, {}, {}};
  x.has.assign(rows, std::vector<char>(columns));
  for (std::size_t c = 0; c < columns; ++c) {
    for (std::size_t r = 0; r < rows; ++r) {
      x.has[r][c] = random->chance(r % 4 == 0 && c % 2 == 0 ? 80 : 30);
      if (!x.has[r][c]) continue;
      x.row_of.push_back(static_cast<int>(r));
      x.values.push_back(1 + static_cast<double>(random->below(3)));
    }
    x.starts.push_back(static_cast<int>(x.row_of.size()));
  }
  return x;
}

// The clusters that the samples for which `decides` choose.
template <class Decides>
std::vector<std::size_t> chosen_by(const Presence& x, const FoldPlan& plan,
                                   const BurdenOptions& options,
                                   Decides&& decides) {
  std::size_t cases = 0, all = 0;
  for (std::size_t s = 0; s < x.columns; ++s)
    if (decides(s)) ++all, cases += plan.is_case[s];
  FisherExact exact(cases, all - cases, 0.95);
  std::vector<std::size_t> chosen;
  for (std::size_t r = 0; r < x.rows; ++r) {
    std::size_t m = 0, a = 0;
    for (std::size_t s = 0; s < x.columns; ++s)
      if (decides(s) && x.has[r][s]) ++m, a += plan.is_case[s];
    if (m >= options.min_samples && a * all > m * cases &&
        exact.p_value(m, a) <= options.max_p)
      chosen.push_back(r);
  }
  return chosen;
}

std::uint32_t count_in(const Presence& x, std::size_t sample,
                       const std::vector<std::size_t>& clusters) {
  std::uint32_t count = 0;
  for (const std::size_t r : clusters) count += x.has[r][sample];
  return count;
}

}  // namespace

TEST(FoldBurdens, NobodyIsCountedByWhatHeHelpedToChoose) {
  Random random(7);
  for (int round = 0; round < 8; ++round) {
    const Presence x = random_presence(&random, 60, 24);
    BurdenOptions options;
    options.max_p = 0.1;
    options.min_samples = 1 + random.below(6);
    std::vector<FoldPlan> plans(3);
    for (FoldPlan& plan : plans) {
      plan.folds = 2 + static_cast<std::uint32_t>(random.below(4));
      for (std::size_t s = 0; s < x.columns; ++s) {
        plan.is_case.push_back(s % 2 == 0 ? random.chance(90) : 0);
        plan.fold.push_back(static_cast<std::uint32_t>(s) % plan.folds);
      }
    }
    std::vector<std::int32_t> sample_of_column;
    for (std::size_t s = 0; s < x.columns; ++s)
      sample_of_column.push_back(static_cast<std::int32_t>(s));
    const FoldResults found =
        fold_burdens(x.view(), sample_of_column, plans, 2, options, threads(2));
    std::vector<std::uint32_t> times(x.rows, 0);
    for (std::size_t p = 0; p < plans.size(); ++p) {
      const FoldPlan& plan = plans[p];
      const FoldBurdens& of = found.plans[p];
      for (std::uint32_t f = 0; f < plan.folds; ++f) {
        const auto without = [&](std::uint32_t g) {
          return chosen_by(x, plan, options, [&](std::size_t s) {
            return plan.fold[s] != f && plan.fold[s] != g;
          });
        };
        const auto outer = without(f);
        EXPECT_EQ(of.chosen[f], outer.size());
        if (p < 2)
          for (const std::size_t r : outer) ++times[r];
        for (std::size_t s = 0; s < x.columns; ++s)
          EXPECT_EQ(of.burden[f * x.columns + s],
                    count_in(x, s,
                             plan.fold[s] == f || plan.folds == 2
                                 ? outer
                                 : without(plan.fold[s])));
      }
      const auto all =
          chosen_by(x, plan, options, [](std::size_t) { return true; });
      EXPECT_EQ(of.all_chosen,
                std::vector<std::uint32_t>(all.begin(), all.end()));
      for (std::size_t s = 0; s < x.columns; ++s)
        EXPECT_EQ(of.all_burden[s], count_in(x, s, all));
    }
    EXPECT_EQ(found.times_chosen, times);
  }
}
