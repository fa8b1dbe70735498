#include <array>

#include "graph/neighbour_match.hpp"
#include "receptor_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

namespace {

// Of each pair the two, the distance, and whether they are the same.
using Found = std::vector<std::array<std::uint32_t, 4>>;

// As they come, not sorted and some several times; genes numbered in the order
// in which they are first met.
ReceptorSet in_order(const std::vector<Row>& rows, const ReceptorCase& c) {
  ReceptorSet set;
  for (const Row& row : rows) {
    set.sequences.push_back(row.sequence);
    if (!c.v_gene && !c.j_gene) continue;
    const std::string genes = genes_of(row, c);
    const auto at = std::find(set.genes.begin(), set.genes.end(), genes);
    set.gene.push_back(static_cast<std::uint32_t>(at - set.genes.begin()));
    if (at == set.genes.end()) set.genes.push_back(genes);
  }
  return set;
}

Found matched(const ReceptorSet& held, const ReceptorSet& others,
              const ReceptorCase& c, std::size_t block_rows, int workers) {
  NeighbourMatch match(held, c.rule, block_rows, threads(workers));
  Found found;
  auto take = [&](const NeighbourPair& p) {
    found.push_back({p.held, p.other, p.distance, p.same});
  };
  match.add(
      others, [](std::size_t i) { return static_cast<std::uint32_t>(i); },
      take);
  match.flush(take);
  return found;
}

std::uint32_t naive_distance(const Receptor& a, const Receptor& b,
                             const ReceptorCase& c) {
  if (c.by_tcrdist()) {
    const auto x = split(a.first, kChainSeparator);
    const auto y = split(b.first, kChainSeparator);
    std::size_t distance =
        c.rule.v_distance ? naive_gene_distance(a.second, b.second, c) : 0;
    for (std::size_t k = 0; k < x.size(); ++k)
      distance += naive_tcrdist(x[k], y[k]);
    return static_cast<std::uint32_t>(distance);
  }
  if (a.first == b.first) return 0;
  ReceptorCase one = c;
  one.rule.max_distance = 1;
  return are_neighbours(a, b, one) ? 1 : 2;
}

Found naive_matches(const ReceptorSet& held, const ReceptorSet& others,
                    const ReceptorCase& c) {
  const std::vector<Receptor> a = list_of(held), b = list_of(others);
  Found found;
  for (std::uint32_t i = 0; i < a.size(); ++i)
    for (std::uint32_t j = 0; j < b.size(); ++j)
      if (a[i] == b[j])
        found.push_back({i, j, 0, 1});
      else if (are_neighbours(a[i], b[j], c))
        found.push_back({i, j, naive_distance(a[i], b[j], c), 0});
  return found;
}

}  // namespace

TEST(NeighbourMatch, FindsWhatComparingEachPairFinds) {
  for (const ReceptorCase& c : all_cases()) {
    SCOPED_TRACE(c.name());
    Random random(7);
    std::vector<Row> all = random_receptors(&random, 260, c);
    const std::vector<Row> held_rows(all.begin(), all.begin() + 120);
    std::vector<Row> other_rows(all.begin() + 80, all.end());
    // The rows of the two have different widths, and so have blocks.
    other_rows.push_back(all[0]);
    other_rows.back().sequence.insert(0, 40, 'A');
    other_rows.insert(other_rows.end(), all.begin(), all.begin() + 20);
    const ReceptorSet held = in_order(held_rows, c);
    const ReceptorSet others = in_order(other_rows, c);
    const Found expected = naive_matches(held, others, c);
    std::set<std::uint32_t> distances;
    for (const auto& pair : expected) distances.insert(pair[2]);
    if (c.by_tcrdist())
      EXPECT_GT(distances.size(), 3u);
    else
      EXPECT_EQ(distances.size(), c.rule.max_distance + 1u);
    EXPECT_EQ(matched(held, others, c, 1000, 1), expected);
    EXPECT_EQ(matched(held, others, c, 1000, 3), expected);
    // In blocks each pair comes once, in the order of the blocks.
    Found in_blocks = matched(held, others, c, 17, 2);
    std::sort(in_blocks.begin(), in_blocks.end());
    EXPECT_EQ(in_blocks, expected);
  }
}

TEST(NeighbourMatch, NothingHasNoNeighbours) {
  for (const ReceptorCase& c : all_cases()) {
    Random random(2);
    const ReceptorSet none = in_order({}, c);
    const ReceptorSet some = in_order(random_receptors(&random, 20, c), c);
    EXPECT_TRUE(matched(none, some, c, 8, 1).empty());
    EXPECT_TRUE(matched(some, none, c, 8, 1).empty());
  }
}
