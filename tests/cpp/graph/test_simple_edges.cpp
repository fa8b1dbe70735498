// Edges as given against a set of what they are.
#include <gtest/gtest.h>

#include <set>

#include "graph/simple_edges.hpp"
#include "test_helpers.hpp"

namespace clustcr {
namespace {

TEST(SimpleEdges, LoopsRepetitionAndDirectionGo) {
  clustcr_test::Random random(1);
  for (int round = 0; round < 50; ++round) {
    std::vector<Edge> edges;
    std::set<Edge> expected;
    for (std::size_t i = 0; i < 5u * static_cast<unsigned>(round); ++i) {
      const Edge e{static_cast<std::uint32_t>(random.below(12)),
                   static_cast<std::uint32_t>(random.below(12))};
      edges.push_back(e);
      if (e.first != e.second)
        expected.emplace(std::min(e.first, e.second),
                         std::max(e.first, e.second));
    }
    EXPECT_EQ(simple_edges(edges),
              std::vector<Edge>(expected.begin(), expected.end()));
  }
}

}  // namespace
}  // namespace clustcr
