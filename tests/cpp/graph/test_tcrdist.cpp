#include <algorithm>
#include <fstream>
#include <sstream>

#include "graph/neighbour_graph.hpp"
#include "graph/tcrdist.hpp"
#include "graph/tcrdist_keys.hpp"
#include "receptor_helpers.hpp"
#include "sequence/alphabet.hpp"

using namespace clustcr;
using namespace clustcr_test;

namespace {

std::string random_chain(Random* random, std::size_t longest) {
  return random_letters(random, kResidues, random->between(1, longest));
}

}  // namespace

TEST(Tcrdist, AgreesWithEveryPlaceOfTheGap) {
  Random random(3);
  std::size_t gapped = 0;
  for (int round = 0; round < 20000; ++round) {
    const std::string a = random_chain(&random, 25);
    std::string b = a;
    for (std::size_t k = random.between(0, 5); k > 0; --k)
      b = mutated(&random, b, kResidues);
    if (random.chance(20)) b = random_chain(&random, 25);
    gapped += a.size() != b.size();
    const std::size_t expected = naive_tcrdist(a, b);
    ASSERT_EQ(tcr_distance(a, b), expected) << a << " " << b;
    ASSERT_EQ(tcr_distance(b, a), expected) << a << " " << b;
    // What is beyond the limit need not be told exactly.
    const int steps = static_cast<int>(expected) / 3;
    const TcrChains x(a.data(), a.size()), y(b.data(), b.size());
    for (const int most : {0, 4, 6, 8}) {
      const int found = tcrdist_steps(x, y, most);
      ASSERT_TRUE(steps <= most ? found == steps : found > most)
          << a << " " << b;
    }
  }
  EXPECT_GT(gapped, 5000u);
}

TEST(Tcrdist, AddsUpOverChains) {
  Random random(4);
  for (int round = 0; round < 2000; ++round) {
    const std::string a = random_chain(&random, 18),
                      b = random_chain(&random, 18),
                      c = mutated(&random, a, kResidues),
                      d = mutated(&random, b, kResidues);
    if (c.empty() || d.empty()) continue;
    ASSERT_EQ(tcr_distance(a + ":" + b, c + ":" + d),
              naive_tcrdist(a, c) + naive_tcrdist(b, d));
  }
  EXPECT_EQ(tcr_distance("CASSL", "CASSL:CASSL"), kTcrdistNever);
  // A chain that is not there is near to no chain.
  EXPECT_EQ(tcr_distance(":CASSL", "C:CASSL"), kTcrdistNever);
  EXPECT_EQ(tcr_distance(":CASSLAF", ":CASSLAF"), 0u);
}

// What keys rest on.
TEST(Tcrdist, OtherClassesCostThreeSteps) {
  for (int i = 0; i < kResidueCount; ++i)
    for (int j = 0; j < kResidueCount; ++j) {
      const char a = kResidues[i], b = kResidues[j];
      const int steps = substitution_steps(a, b);
      EXPECT_EQ(steps, substitution_steps(b, a));
      EXPECT_EQ(steps == 0, a == b);
      EXPECT_LE(steps, 4);
      EXPECT_TRUE(steps >= kClassSteps || residue_class(a) == residue_class(b))
          << a << b;
    }
}

TEST(Tcrdist, NeighboursHaveTheirFirstKeyInCommon) {
  Random random(5);
  for (int radius = 0; radius <= kTcrdistMost; radius += 3) {
    const TcrdistKeys keys(radius / 3);
    std::size_t found = 0;
    for (int round = 0; round < 4000; ++round) {
      const bool paired = random.chance(30);
      std::string a[2] = {random_chain(&random, 20), random_chain(&random, 20)};
      std::string b[2] = {a[0], a[1]};
      for (std::size_t k = random.between(0, 3); k > 0; --k) {
        std::string& chain = b[random.below(2)];
        chain = mutated(&random, chain, kResidues);
      }
      const std::string s = paired ? a[0] + ":" + a[1] : a[0];
      const std::string t = paired ? b[0] + ":" + b[1] : b[0];
      if (tcr_distance(s, t) > static_cast<std::uint32_t>(radius)) continue;
      ++found;
      const TcrChains x(s.data(), s.size()), y(t.data(), t.size());
      std::set<std::pair<std::uint64_t, std::uint32_t>> of_x;
      std::set<std::uint32_t> common;
      keys(x, 7, [&](std::uint64_t hash, std::uint32_t n, TcrdistKeys::Side) {
        of_x.emplace(hash, n);
      });
      keys(y, 7, [&](std::uint64_t hash, std::uint32_t n, TcrdistKeys::Side) {
        if (of_x.count({hash, n}) > 0) common.insert(n);
      });
      ASSERT_FALSE(common.empty()) << s << " " << t << " " << radius;
      ASSERT_EQ(keys.first_common(x, y), *common.begin()) << s << " " << t;
    }
    EXPECT_GT(found, 300u) << radius;
  }
}

TEST(Tcrdist, AllPairsOf350AtEveryRadius) {
  for (const bool paired : {false, true})
    for (int radius = 3; radius <= kTcrdistMost; radius += 3) {
      ReceptorCase c;
      c.paired = paired;
      c.rule.distance = Distance::kTcrdist;
      c.rule.max_distance = radius;
      Random random(static_cast<std::uint64_t>(radius));
      const ReceptorSet set =
          receptors_of_rows(random_receptors(&random, 350, c, 20), c);
      EXPECT_EQ(neighbour_pairs(set, c.rule, threads(2)),
                naive_edges(list_of(set), c))
          << c.name();
    }
}

// All pairs that the published implementation finds, and no others.
TEST(Tcrdist, GoldenPairsOfVdjdb) {
  const std::string stem = shared_path("golden/tcrdist_cdr3_vdjdb3000");
  if (!file_is_there(stem + ".tsv")) GTEST_SKIP() << stem << " is not there";
  std::vector<std::string> receptors;
  for (const std::string& line : read_lines(stem + "_receptors.tsv"))
    receptors.push_back(split(line, '\t')[0]);
  receptors.erase(receptors.begin());  // the header
  std::map<Edge, std::uint32_t> golden;
  bool header = true;
  for (const std::string& line : read_lines(stem + ".tsv")) {
    if (!header) {
      const auto field = split(line, '\t');
      golden[{std::stoul(field[0]) - 1, std::stoul(field[1]) - 1}] =
          static_cast<std::uint32_t>(std::stoul(field[2]));
    }
    header = false;
  }
  ASSERT_EQ(receptors.size(), 3000u);
  ASSERT_EQ(golden.size(), 5999u);
  std::map<Edge, std::uint32_t> found;
  for (std::uint32_t i = 0; i < receptors.size(); ++i)
    for (std::uint32_t j = i + 1; j < receptors.size(); ++j) {
      const auto more = static_cast<long>(receptors[i].size()) -
                        static_cast<long>(receptors[j].size());
      const std::uint32_t d = tcr_distance(receptors[i], receptors[j]);
      if (d <= 30 && std::abs(more) <= 2) found[{i, j}] = d;
    }
  EXPECT_EQ(found, golden);
  // Those that are different, by keys.
  std::vector<std::uint32_t> index_of;
  SequenceSet texts(32);
  for (const std::string& s : receptors) texts.push_back(s);
  const ReceptorSet set = receptors_of(texts, &index_of);
  for (int radius = 3; radius <= kTcrdistMost; radius += 3) {
    std::set<Edge> expected;
    for (const auto& [pair, d] : golden) {
      const std::uint32_t a = index_of[pair.first], b = index_of[pair.second];
      if (a != b && d <= static_cast<std::uint32_t>(radius))
        expected.insert({std::min(a, b), std::max(a, b)});
    }
    NeighbourRule rule;
    rule.distance = Distance::kTcrdist;
    rule.max_distance = radius;
    EXPECT_EQ(neighbour_pairs(set, rule, threads(2)),
              std::vector<Edge>(expected.begin(), expected.end()))
        << radius;
  }
}
