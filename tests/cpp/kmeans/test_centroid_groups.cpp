#include <limits>

#include "kmeans/coarse_quantizer.hpp"
#include "test_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

namespace {

const SequenceEncoder& encoder() {
  static const SequenceEncoder encoder(32);
  return encoder;
}

// As many centroids as make groups pay: profiles of distinct sequences.
const std::vector<float>& many_centroids() {
  static const std::vector<float> centroids = [] {
    Random random(21);
    const SequenceSet points =
        sorted_unique(set_of(random_repertoire(&random, 6000)));
    std::vector<float> rows(kGroupedCentroids * 128);
    for (std::size_t k = 0; k < kGroupedCentroids; ++k)
      encoder().encode(points[k], rows.data() + k * 128);
    return rows;
  }();
  return centroids;
}

std::string refusal(std::vector<float> centroids, CentroidGroups groups) {
  std::string message;
  EXPECT_EQ(kind_of_error(
                [&] {
                  CoarseQuantizer(encoder(), std::move(centroids),
                                  std::move(groups));
                },
                &message),
            "invalid_argument");
  return message;
}

}  // namespace

TEST(CentroidGroups, NoneForFewCentroids) {
  std::vector<float> few = many_centroids();
  few.resize((kGroupedCentroids - 1) * 128);
  EXPECT_TRUE(CoarseQuantizer::make_groups(encoder(), few, threads(2)).empty());
}

#ifdef CLUSTCR_FAISS
TEST(CentroidGroups, SameForAnyThreads) {
  const CentroidGroups groups =
      CoarseQuantizer::make_groups(encoder(), many_centroids(), threads(1));
  EXPECT_EQ(groups.middles.size(), 80u * 128);  // 1.25 * 64
  EXPECT_EQ(groups.group_of.size(), kGroupedCentroids);
  for (int n_threads : {2, 4}) {
    const CentroidGroups again = CoarseQuantizer::make_groups(
        encoder(), many_centroids(), threads(n_threads));
    EXPECT_EQ(again.middles, groups.middles);
    EXPECT_EQ(again.group_of, groups.group_of);
  }
}

// The groups given decide what is found, not groups made anew: with wrong
// groups (far ones, none near) other centroids must be found.
TEST(CentroidGroups, StoredGroupsAreUsedAsTheyAre) {
  Random random(22);
  const SequenceSet set = set_of(random_repertoire(&random, 1500));
  const CoarseQuantizer made(encoder(), many_centroids());
  ASSERT_FALSE(made.groups().empty());
  const CoarseQuantizer stored(encoder(), many_centroids(), made.groups());
  EXPECT_EQ(stored.groups().group_of, made.groups().group_of);
  const auto nearest = made.assign(set, threads(1));
  EXPECT_EQ(stored.assign(set, threads(2)), nearest);

  CentroidGroups shifted = made.groups();
  for (std::uint32_t& group : shifted.group_of) group = (group + 40) % 80;
  EXPECT_NE(CoarseQuantizer(encoder(), many_centroids(), shifted)
                .assign(set, threads(2)),
            nearest);
}
#endif

// One group of all is an exact search, and so is none.
TEST(CentroidGroups, WithoutGroupsEveryCentroidIsSearched) {
  Random random(23);
  const SequenceSet set = set_of(random_repertoire(&random, 300));
  CentroidGroups one;
  one.middles.assign(128, 0.0f);
  one.group_of.assign(kGroupedCentroids, 0);
  const CoarseQuantizer exact(encoder(), many_centroids(), CentroidGroups());
  EXPECT_TRUE(exact.groups().empty());
  EXPECT_EQ(exact.assign(set, threads(1)),
            CoarseQuantizer(encoder(), many_centroids(), one)
                .assign(set, threads(1)));
}

#ifdef CLUSTCR_FAISS
TEST(CentroidGroups, TrainingMakesThem) {
  Random random(24);
  TrainingOptions options;
  options.centroids = kGroupedCentroids;
  options.iterations = 1;
  const SequenceSet sample = set_of(random_repertoire(&random, 7000));
  const CoarseQuantizer quantizer =
      CoarseQuantizer::train(encoder(), sample, options, threads(2));
  const CentroidGroups again = CoarseQuantizer::make_groups(
      encoder(), quantizer.centroids(), threads(1));
  EXPECT_EQ(quantizer.groups().middles, again.middles);
  EXPECT_EQ(quantizer.groups().group_of, again.group_of);
  options.centroids = 3;
  EXPECT_TRUE(CoarseQuantizer::train(encoder(), sample, options, threads(2))
                  .groups()
                  .empty());
}
#endif

// They come from files.
TEST(CentroidGroups, RefusesWhatDoesNotFit) {
  const std::vector<float> centroids(5 * 128, 0.5f);
  CentroidGroups good;
  good.middles.assign(2 * 128, 0.25f);
  good.group_of = {0, 1, 1, 0, 1};
  EXPECT_EQ(CoarseQuantizer(encoder(), centroids, good).size(), 5u);

  CentroidGroups bad = good;
  bad.middles.pop_back();
  EXPECT_TRUE(
      contains(refusal(centroids, bad), "rows of 128 numbers, not 255"));
  bad = good;
  bad.middles.clear();
  EXPECT_TRUE(contains(refusal(centroids, bad), "not 0 numbers"));
  for (float value : {std::numeric_limits<float>::quiet_NaN(),
                      std::numeric_limits<float>::infinity()}) {
    bad = good;
    bad.middles.back() = value;
    EXPECT_TRUE(contains(refusal(centroids, bad), "finite"));
  }
  for (std::size_t n : {0, 4, 6}) {
    bad = good;
    bad.group_of.resize(n, 0);
    EXPECT_TRUE(contains(refusal(centroids, bad), "each of the 5 centroids"));
  }
  bad = good;
  bad.group_of[3] = 2;
  EXPECT_TRUE(contains(refusal(centroids, bad), "from 0 to 1, not 2"));
}

// Huge middles overflow; what is found is still a centroid.
TEST(CentroidGroups, HugeMiddlesNeverGiveANumberOutOfRange) {
  Random random(25);
  CentroidGroups groups;
  groups.middles.assign(20 * 128, 3e38f);
  groups.group_of.resize(70);
  for (std::uint32_t k = 0; k < 70; ++k) groups.group_of[k] = k % 20;
  const SequenceSet set = set_of(random_repertoire(&random, 100));
  const CoarseQuantizer quantizer(encoder(), std::vector<float>(70 * 128, 0.5f),
                                  groups);
  for (std::uint32_t nearest : quantizer.assign(set, threads(1)))
    ASSERT_LT(nearest, 70u);
}
