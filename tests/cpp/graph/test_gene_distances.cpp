#include <stdexcept>

#include "base/errors.hpp"
#include "graph/gene_distances.hpp"
#include "test_helpers.hpp"

using namespace clustcr;

TEST(GeneDistances, AreTextAndBack) {
  const GeneDistances table({"TRBV1", "TRBV2", "TRBV3"},
                            {0, 5, 30, 5, 0, 12, 30, 12, 0});
  EXPECT_EQ(table.to_text(), "TRBV1 TRBV2 TRBV3;0 5 30 5 0 12 30 12 0");
  const GeneDistances again = GeneDistances::from_text(table.to_text());
  EXPECT_EQ(again.to_text(), table.to_text());
  EXPECT_EQ(again.between(again.number_of("TRBV3"), again.number_of("TRBV2")),
            12u);
  EXPECT_EQ(again.between(again.number_of("TRBV9"), again.number_of("TRBV2")),
            kGenesApart);
  for (const char* text : {"TRBV1;1", "TRBV1 TRBV1;0 0 0 0", "TRBV1;0 0",
                           "TRBV1 TRBV2;0 1 2 0", "TRBV1;x", "A,B;0"})
    EXPECT_THROW(GeneDistances::from_text(text), std::invalid_argument) << text;
}

TEST(GeneDistances, GroupsAreReachedByShortSteps) {
  const GeneDistances table({"a", "b", "c", "d"}, {0, 5, 9, 20, 5, 0, 5, 20, 9,
                                                   5, 0, 20, 20, 20, 20, 0});
  EXPECT_EQ(table.groups(4), (std::vector<std::uint32_t>{0, 1, 2, 3}));
  EXPECT_EQ(table.groups(5), (std::vector<std::uint32_t>{0, 0, 0, 3}));
  EXPECT_EQ(table.groups(20), (std::vector<std::uint32_t>{0, 0, 0, 0}));
}
