// The cluster matrix against a map of clusters and samples.
#include <map>

#include "clustering/cluster_matrix.hpp"
#include "clustering/run_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

namespace {

using Cells = std::map<std::pair<std::size_t, std::size_t>, double>;

void count_cells(const ClusterTable& table, std::size_t first, CellValue value,
                 Cells* cells) {
  const Occurrences& in = table.rows.occurrences;
  for (std::size_t i = 0; i < table.cluster.size(); ++i)
    for (std::uint64_t k = in.offsets[i]; k < in.offsets[i + 1]; ++k) {
      double& cell = (*cells)[{first + table.cluster[i], in.sample[k]}];
      if (value == CellValue::kPresence)
        cell = 1;
      else
        cell += value == CellValue::kReceptors
                    ? 1
                    : static_cast<double>(in.duplicate_count[k]);
    }
}

void expect_cells(const ClusterMatrix& found, const Cells& expected) {
  const auto n = static_cast<std::size_t>(found.cells());
  ASSERT_EQ(n, expected.size());
  std::vector<int> starts(found.samples() + 1), rows(n);
  std::vector<double> values(n);
  ClusterMatrix::Map matrix(
      static_cast<int>(found.clusters()), static_cast<int>(found.samples()),
      static_cast<int>(n), starts.data(), rows.data(), values.data());
  found.fill(&matrix);
  ASSERT_EQ(starts.back(), static_cast<int>(n));
  std::vector<std::uint32_t> samples(found.clusters());
  for (std::size_t s = 0; s < found.samples(); ++s)
    for (int i = starts[s]; i < starts[s + 1]; ++i) {
      if (i > starts[s]) ASSERT_LT(rows[i - 1], rows[i]);
      const auto at = expected.find({static_cast<std::size_t>(rows[i]), s});
      ASSERT_NE(at, expected.end());
      EXPECT_EQ(values[i], at->second);
      ++samples[static_cast<std::size_t>(rows[i])];
    }
  EXPECT_EQ(found.publicity(), samples);
}

// A table of one receptor a cluster, in these samples with these counts.
ClusterTable table_of(
    const std::vector<std::vector<std::pair<std::uint32_t, std::uint64_t>>>&
        clusters) {
  ClusterTable table;
  for (const auto& cluster : clusters) {
    table.rows.sequences.push_back("CASSF");
    table.cluster.push_back(table.clusters++);
    table.precluster.push_back(0);
    for (const auto& [sample, count] : cluster) {
      table.rows.occurrences.sample.push_back(sample);
      table.rows.occurrences.duplicate_count.push_back(count);
    }
    table.rows.occurrences.offsets.push_back(
        table.rows.occurrences.sample.size());
  }
  return table;
}

}  // namespace

TEST(ClusterMatrix, CountsTheUnitsOfRuns) {
  for (const CellValue value :
       {CellValue::kReceptors, CellValue::kDuplicateCount,
        CellValue::kPresence}) {
    Random random(11);
    const ReceptorCase c;
    std::vector<Row> rows = random_receptors(&random, 600, c);
    const TemporaryFolder folder;
    auto store = store_of_case(folder / "store", 8, c);
    add_in_batches(&store, &rows, 5);
    RunSettings settings;
    settings.rule = c.rule;
    settings.join = false;
    settings.memory_limit = 100 * 2200;
    const ClusteringRun run = begin_run(store, settings);
    const std::size_t units = run.plan().units.size();
    ASSERT_GT(units, 1u);
    Cells expected;
    std::size_t clusters = 0;
    std::vector<std::uint32_t> sizes;
    for (std::size_t u = 0; u < units; ++u) {
      const ClusterTable table = run.unit(store, u, Execution());
      count_cells(table, clusters, value, &expected);
      sizes.resize(clusters + table.clusters);
      for (const std::uint32_t cluster : table.cluster)
        ++sizes[clusters + cluster];
      clusters += table.clusters;
    }
    const ClusterMatrix found =
        cluster_matrix(run, store, 0, units, value, Execution());
    EXPECT_EQ(found.samples(), 5u);
    EXPECT_EQ(found.sizes(), sizes);
    expect_cells(found, expected);
    EXPECT_EQ(cluster_matrix(run, store, 0, 0, value, Execution()).clusters(),
              0u);
  }
}

TEST(ClusterMatrix, LargeNumbersAndEmptyClustersComeBack) {
  const std::uint64_t large = std::uint64_t{1} << 52;
  const auto table = table_of(
      {{{0, 127}, {70000, 128}}, {}, {{69999, large}, {70000, 16384}}});
  ClusterMatrix found(70001, CellValue::kDuplicateCount);
  found.add(table);
  found.add(table);
  Cells expected;
  count_cells(table, 0, CellValue::kDuplicateCount, &expected);
  count_cells(table, 3, CellValue::kDuplicateCount, &expected);
  expect_cells(found, expected);
}

TEST(ClusterMatrix, WhatWasCountedNoTimesIsThere) {
  ClusterMatrix found(2, CellValue::kDuplicateCount);
  found.add(table_of({{{0, 0}, {1, 2}}}));
  EXPECT_EQ(found.cells(), 1u);
  EXPECT_EQ(found.publicity(), std::vector<std::uint32_t>{2});
}

TEST(ClusterMatrix, ASampleThatIsNotThereIsDamage) {
  ClusterMatrix found(2, CellValue::kReceptors);
  EXPECT_EQ(kind_of_error([&] { found.add(table_of({{{2, 1}}})); }), "damaged");
}
