// The kernels of Markov clustering, each against what it is said to do, for all
// instruction sets of this processor.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <numeric>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include "graph/graph.hpp"
#include "mcl/column_reader.hpp"
#include "mcl/mcl_arena.hpp"
#include "mcl/mcl_helpers.hpp"
#include "mcl/mcl_kernels.hpp"
#include "mcl/mcl_panel.hpp"

namespace clustcr {
namespace {

TEST(MclKernels, PowerIsAccurate) {
  std::mt19937 random(3);
  for (const mcl::Kernels* kernels : mcl::usable_kernels())
    for (const double r : {1.2, 1.5, 2.0, 3.7, 8.0}) {
      // The powers stay within the range of a float.
      std::uniform_real_distribution<double> exponent(-120 / r, 0);
      std::vector<mcl::Lanes> x(500), power;
      for (auto& row : x)
        for (mcl::Flow& value : row.lane)
          value = static_cast<mcl::Flow>(std::exp2(exponent(random)));
      x[0].lane[0] = 0;
      x[0].lane[1] = 1;
      power = x;
      mcl::Lanes sum;
      kernels->inflate(power.data(), 500, static_cast<mcl::Flow>(r), &sum);
      mcl::Flow total = 0;
      for (std::size_t i = 0; i < x.size(); ++i) {
        total += power[i].lane[3];
        for (std::size_t l = 0; l < mcl::kLanes; ++l) {
          const double base = x[i].lane[l];
          const double expected = std::pow(base, static_cast<mcl::Flow>(r));
          // log2 is rounded to a float: the larger it is, the more is lost.
          const double loss = base > 0 ? 1e-6 - 1e-7 * r * std::log2(base) : 0;
          EXPECT_NEAR(power[i].lane[l], expected, loss * expected)
              << kernels->name << ' ' << base << '^' << r;
        }
      }
      EXPECT_EQ(power[0].lane[0], 0);
      EXPECT_EQ(sum.lane[3], total);
    }
}

// Marks of n rows, and of their blocks.
struct Marks {
  explicit Marks(std::uint32_t n)
      : rows((n / 64 + 1) * 64, 0), blocks((n / 4096 + 1) * 64, 0) {}
  mcl::RowMarks view(bool with_blocks) {
    return {rows.data(), with_blocks ? blocks.data() : nullptr};
  }
  std::vector<std::uint8_t> rows, blocks;
};

TEST(MclKernels, ListsWhatIsMarked) {
  std::mt19937 random(19);
  for (const mcl::Kernels* kernels : mcl::usable_kernels())
    for (const std::uint32_t n : {1u, 63u, 64u, 65u, 1000u, 9000u})
      for (const unsigned share : {1u, 2u, 50u, 2000u})
        for (const bool with_blocks : {false, true}) {
          Marks marks(n);
          Labels expected;
          for (std::uint32_t i = 0; i < n; ++i) {
            if (random() % share != 0) continue;
            marks.view(true).set(i);
            expected.push_back(i);
          }
          Labels found(n + 16);
          found.resize(
              kernels->take_marked(marks.view(with_blocks), n, found.data()));
          EXPECT_EQ(found, expected) << kernels->name << ' ' << n;
          // None is left.
          EXPECT_EQ(std::count(marks.rows.begin(), marks.rows.end(), 0),
                    static_cast<std::ptrdiff_t>(marks.rows.size()));
          if (!with_blocks) continue;
          EXPECT_EQ(std::count(marks.blocks.begin(), marks.blocks.end(), 0),
                    static_cast<std::ptrdiff_t>(marks.blocks.size()));
        }
}

// Columns of all lengths, so that what is left of eight is covered.
TEST(MclKernels, SumsAndMarksWhatColumnsReach) {
  std::mt19937 random(29);
  std::uniform_real_distribution<float> uniform;
  const std::uint32_t n = 500, count = 40;
  std::vector<Labels> rows(count);
  std::vector<std::vector<mcl::Flow>> values(count);
  std::vector<mcl::Column> columns;
  std::vector<mcl::Lanes> flow(count), expected(n);
  std::set<std::uint32_t> reached;
  for (std::uint32_t u = 0; u < count; ++u) {
    for (mcl::Flow& x : flow[u].lane) x = uniform(random);
    for (std::uint32_t i = random() % 10; rows[u].size() < u; i += 1 + u % 3) {
      rows[u].push_back(i);
      values[u].push_back(uniform(random));
      reached.insert(i);
      for (std::uint32_t l = 0; l < mcl::kLanes; ++l) {
        const volatile mcl::Flow product = values[u].back() * flow[u].lane[l];
        expected[i].lane[l] += product;  // two roundings, as the kernels have
      }
    }
    columns.push_back({rows[u].data(), values[u].data(), u});
  }
  for (const mcl::Kernels* kernels : mcl::usable_kernels())
    for (const bool with_blocks : {false, true}) {
      Marks marks(n);
      std::vector<mcl::Lanes> sums(n);
      kernels->expand(columns.data(), flow.data(), count, sums.data(),
                      marks.view(with_blocks));
      for (std::uint32_t i = 0; i < n; ++i) {
        EXPECT_EQ(marks.rows[i], reached.count(i));
        for (std::uint32_t l = 0; l < mcl::kLanes; ++l)
          EXPECT_EQ(sums[i].lane[l], expected[i].lane[l]) << kernels->name;
      }
      Labels found(n + 16);
      found.resize(
          kernels->take_marked(marks.view(with_blocks), n, found.data()));
      EXPECT_EQ(found, Labels(reached.begin(), reached.end()));
    }
}

// With zeros as a step has them: none, some, and rows of nothing else.
TEST(MclKernels, TakingAndInflatingIsOneAfterTheOther) {
  std::mt19937 random(23);
  std::uniform_real_distribution<float> uniform;
  for (const mcl::Kernels* kernels : mcl::usable_kernels())
    for (const float inflation : {1.2f, 1.7f, 2.0f})
      for (const unsigned zeros : {0u, 4u, 8u}) {
        std::vector<mcl::Lanes> sums(600), flow(600), expected(600);
        Labels rows;
        for (std::uint32_t i = 0; i < 600; ++i) {
          for (mcl::Flow& x : sums[i].lane)
            x = random() % 8 < zeros ? 0 : uniform(random);
          if (i % 3 != 0) continue;
          expected[rows.size()] = sums[i];
          rows.push_back(i);
        }
        const std::vector<mcl::Lanes> before = sums;
        const std::uint32_t n = static_cast<std::uint32_t>(rows.size());
        mcl::Lanes total, expected_total;
        kernels->inflate(expected.data(), n, inflation, &expected_total);
        kernels->take_inflated(sums.data(), rows.data(), n, inflation,
                               flow.data(), &total);
        for (std::uint32_t l = 0; l < mcl::kLanes; ++l) {
          EXPECT_EQ(total.lane[l], expected_total.lane[l]);
          for (std::uint32_t i = 0; i < n; ++i)
            EXPECT_EQ(flow[i].lane[l], expected[i].lane[l]) << kernels->name;
          for (std::uint32_t i = 0; i < 600; ++i)
            EXPECT_EQ(sums[i].lane[l], i % 3 ? before[i].lane[l] : 0);
        }
      }
}

// Rows of few and of many entries, as many as fill blocks of eight and not.
TEST(MclKernels, SelectsAndPartsWhatIsLargeEnough) {
  std::mt19937 random(31);
  std::uniform_real_distribution<float> uniform;
  const mcl::Flow least = 0.3f;
  for (const mcl::Kernels* kernels : mcl::usable_kernels())
    for (const std::uint32_t n : {0u, 1u, 7u, 8u, 9u, 100u, 263u}) {
      std::vector<mcl::Lanes> flow(n);
      Labels rows(n);
      mcl::Lanes total, bound;
      for (std::uint32_t l = 0; l < mcl::kLanes; ++l) {
        total.lane[l] = 0.5f + uniform(random);
        bound.lane[l] = least * total.lane[l] * (1 - 1e-6f);
      }
      // A lane that no node has.
      total.lane[7] = 1;
      bound.lane[7] = std::numeric_limits<float>::infinity();
      std::vector<Labels> expected_rows(mcl::kLanes);
      std::vector<std::vector<mcl::Flow>> expected(mcl::kLanes);
      std::uint32_t selected = 0;
      for (std::uint32_t i = 0; i < n; ++i) {
        rows[i] = 3 * i + random() % 3;
        bool any = false;
        for (std::uint32_t l = 0; l < 7; ++l) {
          if (random() % (1 + i % 9) == 0) flow[i].lane[l] = uniform(random);
          // Some exactly at the bound.
          if (random() % 20 == 0) flow[i].lane[l] = least * total.lane[l];
          any = any || flow[i].lane[l] >= bound.lane[l];
          const float value = flow[i].lane[l] / total.lane[l];
          if (value < least) continue;
          expected_rows[l].push_back(rows[i]);
          expected[l].push_back(value);
        }
        selected += any;
      }
      Labels kept_rows(n + mcl::kLanes);
      std::vector<mcl::Lanes> kept(n + mcl::kLanes);
      const std::uint32_t count = kernels->select(
          flow.data(), rows.data(), n, &bound, kept_rows.data(), kept.data());
      EXPECT_EQ(count, selected) << kernels->name;
      const std::size_t stride = n + mcl::kLanes;
      Labels out_rows(mcl::kLanes * stride);
      std::vector<mcl::Flow> out(mcl::kLanes * stride);
      std::uint32_t sizes[mcl::kLanes] = {};
      kernels->part(kept.data(), kept_rows.data(), count, total, least,
                    {out_rows.data(), out.data(), stride, sizes});
      for (std::uint32_t l = 0; l < mcl::kLanes; ++l) {
        const auto begin = static_cast<std::ptrdiff_t>(l * stride);
        EXPECT_EQ(Labels(out_rows.begin() + begin,
                         out_rows.begin() + begin + sizes[l]),
                  expected_rows[l])
            << kernels->name << ' ' << n;
        EXPECT_EQ(std::vector<mcl::Flow>(out.begin() + begin,
                                         out.begin() + begin + sizes[l]),
                  expected[l]);
      }
    }
}

TEST(MclKernels, FindsTheFirstOfTheLargest) {
  std::mt19937 random(37);
  for (const mcl::Kernels* kernels : mcl::usable_kernels())
    for (std::uint32_t n = 1; n < 70; ++n)
      for (const std::uint32_t of : {1u, 3u, 1000u}) {
        std::vector<mcl::Flow> values(n);
        for (mcl::Flow& x : values)
          x = static_cast<float>(1 + random() % of) / 1000;
        EXPECT_EQ(
            kernels->largest(values.data(), n),
            std::max_element(values.begin(), values.end()) - values.begin())
            << kernels->name << ' ' << n;
      }
}

// The flow of a whole step in all bits, for each instruction set, and whoever
// shares the panel.
TEST(MclKernels, SameBitsForAllProcessors) {
  std::mt19937 random(5);
  const Graph graph = planted_graph(8, 12, &random);
  const std::uint32_t n = static_cast<std::uint32_t>(graph.size());
  mcl::ArenaMemory memory(MclMemory(), 0);
  mcl::ColumnArena arena(&memory);
  std::vector<mcl::Place> places(n);
  for (std::uint32_t j = 0; j < n; ++j) {
    Labels rows(graph.begin(j), graph.end(j));
    rows.insert(std::lower_bound(rows.begin(), rows.end(), j), j);
    const std::vector<mcl::Flow> values(
        rows.size(), 1 / static_cast<mcl::Flow>(rows.size()));
    places[j] = arena.append(rows.data(), values.data(),
                             static_cast<std::uint32_t>(rows.size()));
  }
  mcl::ColumnReader columns(&memory);
  columns.begin(places.data(), n, 1);
  Labels nodes(n);
  std::iota(nodes.begin(), nodes.end(), 0u);
  for (const int expansion : {2, 3, 4}) {
    const MclOptions options = with(1.2, expansion);
    std::map<std::uint32_t, std::pair<Labels, std::vector<mcl::Flow>>> first;
    for (const mcl::Kernels* kernels : mcl::usable_kernels())
      for (const std::uint32_t lanes : {8u, 5u, 1u}) {
        mcl::PanelStep step(*kernels);
        step.reserve(n);
        std::shuffle(nodes.begin(), nodes.end(), random);
        for (std::uint32_t i = 0; i < n; i += lanes) {
          const std::uint32_t count = std::min(lanes, n - i);
          step(&columns, nodes.data() + i, count, options);
          for (std::uint32_t l = 0; l < count; ++l) {
            const mcl::Column c = step.column(l);
            const std::pair<Labels, std::vector<mcl::Flow>> found{
                {c.rows, c.rows + c.size}, {c.values, c.values + c.size}};
            const auto known = first.emplace(nodes[i + l], found).first;
            EXPECT_EQ(known->second, found) << kernels->name << ' ' << lanes;
          }
        }
      }
  }
}

}  // namespace
}  // namespace clustcr
