#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "graph/neighbour_graph.hpp"
#include "graph/neighbour_keys.hpp"
#include "test_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

namespace {

bool at_distance_one(const std::string& a, const std::string& b) {
  if (a.size() != b.size()) return false;
  int differences = 0;
  for (std::size_t i = 0; i < a.size(); ++i) differences += a[i] != b[i];
  return differences == 1;
}

std::vector<Edge> naive_pairs(const std::vector<std::string>& sequences) {
  std::vector<Edge> pairs;
  for (std::uint32_t i = 0; i < sequences.size(); ++i)
    for (std::uint32_t j = i + 1; j < sequences.size(); ++j)
      if (at_distance_one(sequences[i], sequences[j])) pairs.emplace_back(i, j);
  return pairs;
}

// Sequences without genes, in the order given.
ReceptorSet plain(const SequenceSet& set) {
  ReceptorSet receptors;
  receptors.sequences = set;
  return receptors;
}

// As they come: in ascending order, none twice, whatever the threads.
std::vector<Edge> pairs_of(const SequenceSet& set, int n_threads) {
  return neighbour_pairs(plain(set), NeighbourRule(), threads(n_threads));
}

std::vector<std::string> without_duplicates(std::vector<std::string> all,
                                            Random* random) {
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  random->shuffle(&all);
  return all;
}

void expect_golden_edges(const std::string& name) {
  const std::string sequences_path =
      shared_path("golden/" + name + "_sequences.txt.gz");
  const std::string edges_path =
      shared_path("golden/" + name + "_hd1_edges.tsv.gz");
  if (!file_is_there(sequences_path) || !file_is_there(edges_path))
    GTEST_SKIP() << sequences_path << " or its edges are not there";
  const std::vector<std::string> sequences = read_lines(sequences_path);
  std::unordered_map<std::string, std::uint32_t> index;
  for (std::uint32_t i = 0; i < sequences.size(); ++i)
    index.emplace(sequences[i], i);
  ASSERT_EQ(index.size(), sequences.size());
  std::vector<Edge> expected;
  for (const std::string& line : read_lines(edges_path)) {
    const std::vector<std::string> pair = split(line, '\t');
    ASSERT_EQ(pair.size(), 2u);
    const std::uint32_t a = index.at(pair[0]), b = index.at(pair[1]);
    expected.emplace_back(std::min(a, b), std::max(a, b));
  }
  std::sort(expected.begin(), expected.end());
  ASSERT_GT(expected.size(), 1000u);
  const SequenceSet set = set_of(sequences);
  for (int n_threads : {1, 2, 4})
    EXPECT_EQ(pairs_of(set, n_threads), expected) << n_threads;
}

}  // namespace

// Small alphabets and lengths, so that nearly everything is a neighbour, a
// prefix or a duplicate of something else.
TEST(NeighbourGraph, AgreesWithAllPairs) {
  Random random(1);
  std::size_t pairs = 0;
  for (int round = 0; round < 300; ++round) {
    const std::string letters = std::string("ACDWY").substr(0, 2 + round % 4);
    const std::size_t longest = 1 + random.below(round % 3 ? 7 : 20);
    std::vector<std::string> sequences;
    const std::size_t n = random.below(200);
    for (std::size_t i = 0; i < n; ++i)
      sequences.push_back(
          random_letters(&random, letters, random.between(1, longest)));
    sequences = without_duplicates(std::move(sequences), &random);
    const std::vector<Edge> expected = naive_pairs(sequences);
    pairs += expected.size();
    for (int n_threads : {1, 2, 4})
      ASSERT_EQ(pairs_of(set_of(sequences), n_threads), expected)
          << "round " << round << ", threads " << n_threads;
  }
  EXPECT_GT(pairs, 10000u);
}

// Differences at every position, at the borders of the 8-letter words too.
TEST(NeighbourGraph, DifferencesAtEveryPosition) {
  for (std::size_t length = 1; length <= 33; ++length) {
    std::vector<std::string> sequences{std::string(length, 'A')};
    for (std::size_t i = 0; i < length; ++i) {
      sequences.emplace_back(length, 'A');
      sequences.back()[i] = 'Y';
    }
    ASSERT_EQ(pairs_of(set_of(sequences), 1), naive_pairs(sequences)) << length;
  }
}

TEST(NeighbourGraph, AnotherLengthIsNoNeighbour) {
  const std::vector<std::string> sequences{
      "C",      "CA",      "CAS",      "CASS",      "CASSF",
      "CASSFF", "CASSFFA", "CASSFFAA", "CASSFFAAA", "CASSFFAAAA"};
  EXPECT_TRUE(pairs_of(set_of(sequences), 1).empty());
}

TEST(NeighbourGraph, NothingAndAlmostNothing) {
  for (int n_threads : {1, 4}) {
    EXPECT_TRUE(pairs_of(SequenceSet(), n_threads).empty());
    EXPECT_TRUE(pairs_of(set_of({"CASSF"}), n_threads).empty());
    EXPECT_EQ(
        neighbour_graph(ReceptorSet(), NeighbourRule(), threads(n_threads))
            .size(),
        0u);
  }
}

// More than one block of sequences and many partitions.
TEST(NeighbourGraph, ManySequencesAgreeWithABucketSearch) {
  Random random(2);
  const std::vector<std::string> sequences =
      without_duplicates(random_repertoire(&random, 30000), &random);
  // Another way to the same pairs: buckets of sequences with a hole.
  std::map<std::string, std::vector<std::uint32_t>> buckets;
  for (std::uint32_t i = 0; i < sequences.size(); ++i)
    for (std::size_t p = 0; p < sequences[i].size(); ++p) {
      std::string hole = sequences[i];
      hole[p] = '.';
      buckets[hole].push_back(i);
    }
  std::vector<Edge> expected;
  for (const auto& [hole, members] : buckets)
    for (std::size_t i = 0; i < members.size(); ++i)
      for (std::size_t j = i + 1; j < members.size(); ++j)
        expected.emplace_back(members[i], members[j]);
  std::sort(expected.begin(), expected.end());
  ASSERT_GT(expected.size(), 10000u);
  for (int n_threads : {1, 2, 4})
    EXPECT_EQ(pairs_of(set_of(sequences), n_threads), expected) << n_threads;
}

TEST(NeighbourGraph, GoldenHip20k) { expect_golden_edges("hip20k"); }
TEST(NeighbourGraph, GoldenHip60k) { expect_golden_edges("hip60k"); }

TEST(NeighbourGraph, GraphFromEdgesIsSymmetricAndSorted) {
  Random random(3);
  for (int round = 0; round < 50; ++round) {
    const std::uint32_t n = 1 + static_cast<std::uint32_t>(random.below(30));
    std::vector<std::set<std::uint32_t>> expected(n);
    std::vector<Edge> edges;
    for (int k = 0; k < 60; ++k) {
      const auto a = static_cast<std::uint32_t>(random.below(n));
      const auto b = static_cast<std::uint32_t>(random.below(n));
      if (a == b || expected[a].count(b)) continue;
      edges.emplace_back(a, b);  // in either direction
      expected[a].insert(b);
      expected[b].insert(a);
    }
    const Graph graph = graph_from_edges(n, edges);
    ASSERT_EQ(graph.size(), n);
    ASSERT_EQ(graph.neighbours.size(), 2 * edges.size());
    for (std::uint32_t i = 0; i < n; ++i) {
      ASSERT_EQ(graph.degree(i), expected[i].size());
      ASSERT_TRUE(std::equal(graph.begin(i), graph.end(i), expected[i].begin(),
                             expected[i].end()));
    }
  }
}

TEST(NeighbourGraph, ComponentsAgreeWithMergingLabels) {
  Random random(4);
  for (int round = 0; round < 50; ++round) {
    const std::uint32_t n = static_cast<std::uint32_t>(random.below(40));
    std::vector<std::uint32_t> label(n);
    for (std::uint32_t i = 0; i < n; ++i) label[i] = i;
    std::set<Edge> edges;
    for (std::size_t k = 0; n > 1 && k < random.below(40); ++k) {
      const auto a = static_cast<std::uint32_t>(random.below(n));
      const auto b = static_cast<std::uint32_t>(random.below(n));
      if (a == b) continue;
      edges.emplace(std::min(a, b), std::max(a, b));
      const std::uint32_t from = std::max(label[a], label[b]);
      const std::uint32_t to = std::min(label[a], label[b]);
      for (std::uint32_t& l : label)
        if (l == from) l = to;
    }
    // By smallest node: number the labels, each its component's smallest.
    std::map<std::uint32_t, std::uint32_t> number;
    for (std::uint32_t l : label) number[l];
    std::uint32_t next = 0;
    for (auto& [l, c] : number) c = next++;
    for (std::uint32_t& l : label) l = number[l];
    std::uint32_t count = 99;
    ASSERT_EQ(connected_components(
                  graph_from_edges(n, {edges.begin(), edges.end()}), &count),
              label);
    ASSERT_EQ(count, number.size());
  }
}

TEST(NeighbourGraph, CanBeCancelled) {
  Random random(5);
  const SequenceSet set =
      set_of(without_duplicates(random_repertoire(&random, 2000), &random));
  for (int n_threads : {1, 2}) {
    StoppingHost host;
    EXPECT_THROW(
        neighbour_pairs(plain(set), NeighbourRule(), threads(n_threads, &host)),
        Cancelled);
  }
}
