// Long paths: columns that are copied must be those that are computed, and the
// time must not grow with the square of the length.
#include <gtest/gtest.h>

#include <ctime>
#include <numeric>

#include "mcl/markov_clustering.hpp"
#include "mcl/mcl_engine.hpp"
#include "test_helpers.hpp"

namespace clustcr {
namespace {

std::vector<Edge> path_edges(const std::vector<std::uint32_t>& nodes) {
  std::vector<Edge> edges;
  for (std::size_t i = 1; i < nodes.size(); ++i)
    edges.emplace_back(nodes[i - 1], nodes[i]);
  return edges;
}

std::vector<std::uint32_t> numbers(std::uint32_t n) {
  std::vector<std::uint32_t> nodes(n);
  std::iota(nodes.begin(), nodes.end(), 0u);
  return nodes;
}

double seconds(const Graph& graph) {
  double best = 1e9;
  for (int run = 0; run < 2; ++run) {
    const std::clock_t begin = std::clock();
    markov_clustering(graph, MclOptions(), {1, nullptr});
    best = std::min(best,
                    static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
  }
  return best;
}

// Columns in files are computed, all of them. At some limits the memory ends
// in the middle of an iteration.
TEST(Translations, SameColumnsAsComputed) {
  const clustcr_test::TemporaryFolder folder;
  const Graph graph = graph_from_edges(700, path_edges(numbers(700)));
  for (const int expansion : {2, 3})
    for (const double inflation : {1.2, 2.0, 3.0}) {
      MclOptions options;
      options.inflation = inflation;
      options.expansion = expansion;
      options.max_iterations = 12;
      const auto copied = markov_clustering(graph, options, {2, nullptr});
      for (const std::uint64_t bytes : {0u, 300000u, 600000u, 1500000u}) {
        MclMemory memory;
        memory.limit = bytes;
        memory.folder = folder.path();
        EXPECT_EQ(markov_clustering(graph, options, {1, nullptr}, memory),
                  copied)
            << bytes;
      }
    }
}

TEST(Translations, FindsWhatIsMoved) {
  mcl::ArenaMemory memory(MclMemory(), 0);
  mcl::ColumnArena arena(&memory);
  std::vector<mcl::Place> places;
  const std::uint32_t n = 300;
  for (std::uint32_t j = 0; j < n; ++j) {
    std::vector<std::uint32_t> rows;
    for (std::uint32_t i = j == 0 ? 0 : j - 1; i < std::min(n, j + 2); ++i)
      rows.push_back(i);
    std::vector<mcl::Flow> values(rows.size(), 1.0f / rows.size());
    if (j == 150) values[0] += 1e-7f;
    places.push_back(arena.append(rows.data(), values.data(),
                                  static_cast<std::uint32_t>(rows.size())));
  }
  mcl::Translations translations;
  translations.begin(places);
  ASSERT_TRUE(translations.any());
  const std::vector<std::uint8_t> dirty(n, 1);
  translations.find(places, dirty, 2);
  // Columns 0, 1 and 299 have a neighbour of another shape; 150 and 151
  // differ from theirs. So do the columns with one of these as a source.
  for (std::uint32_t j = 0; j < n; ++j)
    EXPECT_EQ(translations.found(j), j > 2 && j < 298 && (j < 149 || j > 152))
        << j;
}

TEST(Translations, TimeOfAPath) {
  clustcr_test::Random random(2);
  std::vector<std::uint32_t> few = numbers(3000), many = numbers(12000);
  random.shuffle(&few);
  random.shuffle(&many);
  const double small = seconds(graph_from_edges(3000, path_edges(few)));
  const double large = seconds(graph_from_edges(12000, path_edges(many)));
  // 16 times the time, or more, would be its square.
  EXPECT_LT(large, 13 * small + 0.5) << small << " s, " << large << " s";
}

}  // namespace
}  // namespace clustcr
