#include "graph/neighbour_search.hpp"
#include "test_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

namespace {

ClassedSequences classed(const std::vector<std::string>& sequences,
                         Random* random, std::size_t classes) {
  ClassedSequences x;
  x.sequences = set_of(sequences);
  for (std::size_t i = 0; i < sequences.size(); ++i)
    x.classes.push_back(static_cast<std::uint32_t>(random->below(classes)));
  return x;
}

int distance(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return -1;
  int differences = 0;
  for (std::size_t i = 0; i < a.size(); ++i) differences += a[i] != b[i];
  return differences;
}

}  // namespace

TEST(NeighbourSearch, FindsWhatComparingEachPairFinds) {
  Random random(1);
  for (int round = 0; round < 10; ++round) {
    const std::vector<std::string> all = random_repertoire(&random, 400);
    // The rows of the two have different lengths.
    const ClassedSequences held =
        classed({all.begin(), all.begin() + 150}, &random, 2);
    std::vector<std::string> others(all.begin() + 100, all.end());
    others.push_back(std::string(round % 2 ? 40 : 1, 'A'));
    const ClassedSequences streamed = classed(others, &random, 2);
    std::vector<std::uint64_t> expected(held.sequences.size(), 0);
    std::size_t pairs = 0;
    const NeighbourSearch search(held);
    const std::vector<NeighbourPair> found = search.pairs(streamed, threads(2));
    for (std::uint32_t i = 0; i < held.sequences.size(); ++i)
      for (std::uint32_t j = 0; j < streamed.sequences.size(); ++j) {
        const int d = distance(held.sequences[i], streamed.sequences[j]);
        if (held.classes[i] != streamed.classes[j] || d < 0 || d > 1) continue;
        ++expected[i];
        ASSERT_LT(pairs, found.size());
        EXPECT_EQ(found[pairs].held, i);
        EXPECT_EQ(found[pairs].streamed, j);
        EXPECT_EQ(found[pairs].distance, static_cast<std::uint32_t>(d));
        ++pairs;
      }
    EXPECT_EQ(pairs, found.size());
    EXPECT_GT(pairs, 60u);
    std::vector<std::uint64_t> counts;
    search.count(streamed, threads(3), &counts);
    EXPECT_EQ(counts, expected);
    search.count(streamed, threads(1), &counts);  // adds
    for (std::uint64_t& x : expected) x *= 2;
    EXPECT_EQ(counts, expected);
  }
}

TEST(NeighbourSearch, NothingHasNoNeighbours) {
  Random random(2);
  const ClassedSequences none = classed({}, &random, 1);
  const ClassedSequences some = classed({"CASSF", "CAF"}, &random, 1);
  EXPECT_TRUE(NeighbourSearch(none).pairs(some, threads(1)).empty());
  EXPECT_TRUE(NeighbourSearch(some).pairs(none, threads(1)).empty());
}
