#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "sequence/sequence_set.hpp"
#include "test_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

namespace {

// Many ties: tiny alphabets, and beginnings that 8 and 16 letters can't tell
// apart. Lengths go over the borders of the 8-letter words.
std::vector<std::string> awkward_sequences(Random* random, std::size_t n) {
  std::vector<std::string> sequences;
  for (std::size_t i = 0; i < n; ++i) {
    const std::string shared(random->below(3) * 8, 'A');
    sequences.push_back(shared +
                        random_letters(random, "AC", random->below(6)));
  }
  return sequences;
}

std::vector<std::uint32_t> stable_order(
    const std::vector<std::string>& sequences) {
  std::vector<std::uint32_t> order(sequences.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) {
                     return sequences[a] < sequences[b];
                   });
  return order;
}

}  // namespace

TEST(SequenceSet, HoldsWhatIsPushed) {
  for (std::size_t longest : {0, 7, 8, 15, 16, 40}) {
    Random random(longest + 1);
    SequenceSet set(longest);
    EXPECT_GE(set.longest(), longest);
    EXPECT_TRUE(set.empty());
    std::vector<std::string> expected;
    for (int i = 0; i < 200; ++i) {
      // Longer and longer, so that rows are widened with others in place.
      expected.push_back(
          random_letters(&random, kResidues, random.below(2 + i / 4)));
      set.push_back(expected.back());
    }
    EXPECT_EQ(set.size(), expected.size());
    EXPECT_EQ(strings_of(set), expected);
    set.clear();
    EXPECT_TRUE(set.empty());
    set.push_back("CASSF");
    EXPECT_EQ(strings_of(set), std::vector<std::string>{"CASSF"});
  }
}

TEST(SequenceSet, LengthsAtTheBordersOfWords) {
  SequenceSet set;
  for (std::size_t n = 0; n <= 33; ++n) set.push_back(std::string(n, 'W'));
  for (std::size_t n = 0; n <= 33; ++n) {
    EXPECT_EQ(set.length(n), n);
    EXPECT_EQ(set[n], std::string(n, 'W'));
  }
}

TEST(SequenceSet, ADefaultViewIsAnEmptySequence) {
  SequenceSet set;
  set.push_back(std::string_view());
  ASSERT_EQ(set.size(), 1u);
  EXPECT_EQ(set[0], "");
}

TEST(SequenceSet, ComparesAsStringsDo) {
  Random random(2);
  const std::vector<std::string> sequences = awkward_sequences(&random, 120);
  const SequenceSet set = set_of(sequences);
  auto sign = [](int x) { return (x > 0) - (x < 0); };
  for (std::size_t i = 0; i < sequences.size(); ++i)
    for (std::size_t j = 0; j < sequences.size(); ++j)
      ASSERT_EQ(sign(set.compare(i, j)),
                sign(sequences[i].compare(sequences[j])));
}

TEST(SequenceSet, SortedOrderIsStableSort) {
  Random random(3);
  for (int round = 0; round < 40; ++round) {
    const auto sequences = awkward_sequences(&random, random.below(200));
    ASSERT_EQ(sorted_order(set_of(sequences)), stable_order(sequences));
  }
}

// Many rows are sorted by their digits, and those that agree in the first
// letters by comparing.
TEST(SequenceSet, SortedOrderOfManyIsStableSort) {
  Random random(8);
  const std::string letters = "ACY:Z";
  for (int round = 0; round < 12; ++round) {
    std::vector<std::string> sequences(1000 + random.below(3000));
    for (std::string& sequence : sequences) {
      sequence = std::string("CASSLGQAYEQYFCAV").substr(0, random.below(17));
      for (std::uint64_t k = random.below(4); k > 0; --k)
        sequence += letters[random.below(letters.size())];
    }
    if (round % 4 == 3) sequences[random.below(sequences.size())] = "CaSS";
    ASSERT_EQ(sorted_order(set_of(sequences)), stable_order(sequences));
  }
}

TEST(SequenceSet, SortedUniqueIsAStdSet) {
  Random random(4);
  for (int round = 0; round < 40; ++round) {
    const auto sequences = awkward_sequences(&random, random.below(200));
    const std::set<std::string> expected(sequences.begin(), sequences.end());
    std::vector<std::uint32_t> index_of{99};
    const SequenceSet unique = sorted_unique(set_of(sequences), &index_of);
    ASSERT_EQ(strings_of(unique),
              std::vector<std::string>(expected.begin(), expected.end()));
    ASSERT_EQ(index_of.size(), sequences.size());
    for (std::size_t i = 0; i < sequences.size(); ++i)
      ASSERT_EQ(unique[index_of[i]], sequences[i]);
  }
}

TEST(SequenceSet, RealLookingSequencesSortToo) {
  Random random(5);
  const auto sequences = random_repertoire(&random, 5000);
  const std::set<std::string> expected(sequences.begin(), sequences.end());
  EXPECT_EQ(strings_of(sorted_unique(set_of(sequences, 32))),
            std::vector<std::string>(expected.begin(), expected.end()));
}

TEST(SequenceSet, SortingCanBeCancelled) {
  Random random(7);
  const SequenceSet set = set_of(random_repertoire(&random, 20000));
  StoppingHost host;
  EXPECT_THROW(sorted_unique(set, nullptr, &host), Cancelled);
  StoppingHost patient(1000000);
  EXPECT_EQ(sorted_order(set, &patient), sorted_order(set));
}
