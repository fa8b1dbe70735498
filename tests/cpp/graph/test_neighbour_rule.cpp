// Rules, keys and the graph that comes of them, against all pairs.
#include <map>
#include <set>

#include "graph/neighbour_graph.hpp"
#include "graph/neighbour_keys.hpp"
#include "receptor_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

TEST(NeighbourRule, EveryRuleAgreesWithAllPairs) {
  for (const ReceptorCase& c : all_cases()) {
    std::size_t pairs = 0;
    for (int round = 0; round < 4; ++round) {
      Random random(static_cast<std::uint64_t>(round + 1));
      // Chains of up to 14 letters: their texts cross the 8-letter words.
      const ReceptorSet set = receptors_of_rows(
          random_receptors(&random, 400, c, round % 2 ? 5 : 14), c);
      const auto expected = naive_edges(list_of(set), c);
      pairs += expected.size();
      for (int n_threads : {1, 2, 4})
        ASSERT_EQ(neighbour_pairs(set, c.rule, threads(n_threads)), expected)
            << c.name() << ", threads " << n_threads;
    }
    EXPECT_GT(pairs, 5u) << c.name();
  }
}

// Many receptors, in several partitions and blocks: what the threads find is
// the same, and what sampled receptors have is what all pairs say.
TEST(NeighbourRule, ManyReceptorsAgreeWithSampledPairs) {
  for (const ReceptorCase& c : all_cases()) {
    if (c.j_gene || (c.paired && c.v_gene)) continue;
    Random random(5);
    std::vector<Row> rows;
    for (const std::string& s : random_repertoire(&random, 12000)) {
      Row row{s, random.chance(20) ? "" : "TRBV1", 1, 0};
      if (c.paired) row.sequence.insert(s.size() / 2, ":");
      rows.push_back(row);
    }
    const ReceptorSet set = receptors_of_rows(rows, c);
    const auto all = list_of(set);
    const auto found = neighbour_pairs(set, c.rule, threads(4));
    EXPECT_EQ(neighbour_pairs(set, c.rule, threads(1)), found) << c.name();
    std::map<std::uint32_t, std::set<std::uint32_t>> of;
    for (int k = 0; k < 40; ++k)
      of[static_cast<std::uint32_t>(random.below(all.size()))];
    for (const auto& [a, b] : found)
      for (const auto& [i, j] : {std::pair{a, b}, std::pair{b, a}}) {
        const auto at = of.find(i);
        if (at != of.end()) at->second.insert(j);
      }
    for (const auto& [i, near] : of) {
      std::set<std::uint32_t> expected;
      for (std::uint32_t j = 0; j < all.size(); ++j)
        if (j != i && are_neighbours(all[i], all[j], c)) expected.insert(j);
      ASSERT_EQ(near, expected) << c.name() << " " << all[i].first;
    }
  }
}

// A pair of neighbours has exactly one key in common, over all passes, with
// roles and letters that pair; others have none. The join counts its edges by
// that.
TEST(NeighbourRule, NeighboursShareExactlyOneKey) {
  for (const ReceptorCase& c : all_cases()) {
    // By TCRdist they share several.
    if (c.v_gene || c.j_gene || c.by_tcrdist()) continue;
    Random random(6);
    const ReceptorSet set =
        receptors_of_rows(random_receptors(&random, 120, c), c);
    const auto all = list_of(set);
    const NeighbourKeys keys(c.rule, 32);
    // By pass and hash.
    std::vector<std::map<std::pair<std::size_t, std::uint64_t>,
                         std::vector<NeighbourKey>>>
        of(all.size());
    for (std::size_t i = 0; i < all.size(); ++i)
      for (std::size_t pass = 0; pass < keys.passes(32); ++pass)
        keys(set.sequences.row(i), set.sequences.length(i), 0, pass,
             [&](const NeighbourKey& key) {
               of[i][{pass, key.hash}].push_back(key);
             });
    ReceptorCase one = c;
    one.rule.max_distance = 1;
    for (std::size_t i = 0; i < all.size(); ++i)
      for (std::size_t j = i + 1; j < all.size(); ++j) {
        int first_pass = 0, others = 0;
        for (const auto& [pass_and_hash, of_i] : of[i]) {
          const auto found = of[j].find(pass_and_hash);
          if (found == of[j].end()) continue;
          for (const NeighbourKey& a : of_i)
            for (const NeighbourKey& b : found->second)
              if (roles_pair(a.role, b.role) &&
                  (a.role != KeyRole::kAny ||
                   one_letter_differs(a.letters, b.letters)))
                ++(pass_and_hash.first == 0 ? first_pass : others);
        }
        const bool near = are_neighbours(all[i], all[j], one);
        ASSERT_EQ(first_pass, near ? 1 : 0)
            << c.name() << " " << all[i].first << " " << all[j].first;
        if (near) continue;
        ASSERT_EQ(others, are_neighbours(all[i], all[j], c) ? 1 : 0)
            << c.name() << " " << all[i].first << " " << all[j].first;
      }
  }
}

TEST(NeighbourRule, DifferencesAgreeWithCounting) {
  Random random(7);
  int ones = 0, twos = 0, deletions = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string a = random_letters(&random, "AC", random.between(1, 18));
    std::string b = a;
    for (std::size_t k = random.below(4); k > 0; --k)
      b = mutated(&random, b, "AC");
    if (b.empty()) continue;
    const SequenceSet set = set_of({a, b}, 20);
    std::size_t differences = a.size() == b.size() ? 0 : 99;
    for (std::size_t i = 0; differences != 99 && i < a.size(); ++i)
      differences += a[i] != b[i];
    bool deletion = false;
    for (std::size_t i = 0; i < b.size(); ++i)
      deletion |= b.substr(0, i) + b.substr(i + 1) == a;
    ASSERT_EQ(differ_at_one(set.row(0), set.row(1), set.stride()),
              differences == 1);
    ASSERT_EQ(differ_at_two(set.row(0), set.row(1), set.stride()),
              differences == 2);
    ASSERT_EQ(is_deletion_of(set.row(0), set.row(1), set.stride()), deletion)
        << a << " " << b;
    ones += differences == 1;
    twos += differences == 2;
    deletions += deletion;
  }
  EXPECT_GT(ones, 1000);
  EXPECT_GT(twos, 500);
  EXPECT_GT(deletions, 500);
  const SequenceSet pair = set_of({"CAF", "CA:F"});
  EXPECT_FALSE(is_deletion_of(pair.row(0), pair.row(1), pair.stride()))
      << "what stands between the chains is no letter";
}

TEST(NeighbourRule, LacksGeneAgreesWithSplitting) {
  for (const char* whole :
       {"TRBV1", "TRBV1\tTRBJ1", "TRAV1:TRBV1", "TRAV1:TRBV1\tTRAJ1:TRBJ1"})
    EXPECT_FALSE(lacks_gene(whole)) << whole;
  Random random(8);
  for (int round = 0; round < 3000; ++round) {
    std::string genes = random_letters(&random, "T1:\t", random.below(8));
    EXPECT_EQ(lacks_gene(genes), any_gene_missing(genes))
        << "'" << escaped(genes) << "'";
  }
}

TEST(NeighbourRule, RulesThatAreNoneAreRefused) {
  for (const Distance distance : {Distance::kHamming, Distance::kLevenshtein})
    for (int most = -1; most < 5; ++most) {
      const bool good =
          most == 1 || (most == 2 && distance == Distance::kHamming);
      NeighbourRule rule{distance, most, true};
      std::string message;
      EXPECT_EQ(kind_of_error([&] { check_rule(rule); }, &message),
                good ? "none" : "invalid_argument");
      EXPECT_EQ(kind_of_error(
                    [&] { neighbour_pairs(ReceptorSet(), rule, Execution()); }),
                good ? "none" : "invalid_argument");
      if (!good) {
        EXPECT_TRUE(contains(message, "`max_distance`")) << message;
        EXPECT_TRUE(contains(message, std::to_string(most))) << message;
      }
    }
}
