#ifdef CLUSTCR_FAISS
#include <faiss/IndexFlat.h>

#include <algorithm>
#include <limits>
#include <set>

#include "kmeans/coarse_quantizer.hpp"
#include "test_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

namespace {

#ifdef CLUSTCR_FAISS_OLD_IDX
using FaissId = faiss::Index::idx_t;
#else
using FaissId = faiss::idx_t;
#endif

CoarseQuantizer trained(const SequenceSet& sample, std::size_t centroids,
                        int seed = 42, int n_threads = 1) {
  TrainingOptions options;
  options.centroids = centroids;
  options.seed = seed;
  return CoarseQuantizer::train(SequenceEncoder(32), sample, options,
                                threads(n_threads));
}

// In double precision, from the profiles: no table, no Faiss.
double squared_distance(const CoarseQuantizer& quantizer,
                        std::string_view sequence, std::size_t centroid) {
  const int d = quantizer.encoder().dimensions();
  std::vector<float> profile(d);
  quantizer.encoder().encode(sequence, profile.data());
  double sum = 0;
  for (int i = 0; i < d; ++i) {
    const double difference =
        double{profile[i]} - quantizer.centroids()[centroid * d + i];
    sum += difference * difference;
  }
  return sum;
}

// Ours against Faiss's own search. Where they differ, both must be as near as
// single precision can tell; that may happen to a few in a thousand at most.
void expect_agrees_with_faiss(const CoarseQuantizer& quantizer,
                              const SequenceSet& set) {
  const int d = quantizer.encoder().dimensions();
  faiss::IndexFlatL2 index(d);
  index.add(static_cast<FaissId>(quantizer.size()),
            quantizer.centroids().data());
  const std::vector<std::uint32_t> ours = quantizer.assign(set, threads(2));
  ASSERT_EQ(ours.size(), set.size());
  std::size_t different = 0;
  std::vector<float> profile(d);
  for (std::size_t i = 0; i < set.size(); ++i) {
    quantizer.encoder().encode(set[i], profile.data());
    float distance;
    FaissId theirs;
    index.search(1, profile.data(), 1, &distance, &theirs);
    ASSERT_LT(ours[i], quantizer.size());
    if (static_cast<FaissId>(ours[i]) == theirs) continue;
    ++different;
    ASSERT_NEAR(
        squared_distance(quantizer, set[i], ours[i]),
        squared_distance(quantizer, set[i], static_cast<std::size_t>(theirs)),
        1e-3)
        << set[i];
  }
  EXPECT_LE(different, set.size() / 500);
}

}  // namespace

// Numbers of centroids around the tiles of 64 among them.
TEST(CoarseQuantizer, AssignsAsFaissDoes) {
  Random random(1);
  const SequenceSet set = set_of(random_repertoire(&random, 3000));
  for (std::size_t k : {1, 2, 10, 63, 64, 65, 130}) {
    SCOPED_TRACE(k);
    const CoarseQuantizer quantizer = trained(set, k);
    ASSERT_EQ(quantizer.size(), k);
    ASSERT_EQ(quantizer.centroids().size(), k * 128);
    expect_agrees_with_faiss(quantizer, set);
    const auto nearest = quantizer.assign(set, threads(1));
    EXPECT_GE(std::set<std::uint32_t>(nearest.begin(), nearest.end()).size(),
              k - k / 10)
        << "most centroids must be somebody's nearest";
  }
}

// Not only with the sizes and lengths of today.
TEST(CoarseQuantizer, AssignsAsFaissDoesForEveryLength) {
  Random random(2);
  for (int size : {1, 2, 9, 24, 100}) {
    SCOPED_TRACE(size);
    std::vector<std::string> sequences;
    for (int i = 0; i < 400; ++i)
      sequences.push_back(
          random_letters(&random, kResidues,
                         random.between(1, static_cast<std::size_t>(size))));
    const SequenceSet set = set_of(sequences);
    const SequenceEncoder encoder(size);
    std::vector<float> centroids(70 * encoder.dimensions());
    for (float& v : centroids)
      v = static_cast<float>(random.below(4001)) / 1000.0f - 2.0f;
    expect_agrees_with_faiss(CoarseQuantizer(encoder, centroids), set);
  }
}

// The lowest of equally near ones: in one tile and in two.
TEST(CoarseQuantizer, TiesGoToTheLowest) {
  Random random(3);
  const SequenceEncoder encoder(32);
  const SequenceSet set = set_of(random_repertoire(&random, 50));
  for (std::size_t copies : {2, 5, 70, 200})
    EXPECT_EQ(CoarseQuantizer(encoder, std::vector<float>(copies * 128, 0.5f))
                  .assign(set, threads(1)),
              std::vector<std::uint32_t>(set.size(), 0));
}

TEST(CoarseQuantizer, AssignmentDoesNotDependOnThreadsOrCompany) {
  Random random(4);
  const SequenceSet set = set_of(random_repertoire(&random, 5000));
  const CoarseQuantizer quantizer = trained(set, 40);
  const auto together = quantizer.assign(set, threads(1));
  EXPECT_EQ(quantizer.assign(set, threads(2)), together);
  EXPECT_EQ(quantizer.assign(set, threads(4)), together);
  for (std::size_t i = 0; i < set.size(); i += 97)
    EXPECT_EQ(quantizer.assign(set_of({std::string(set[i])}), threads(1))[0],
              together[i]);
  EXPECT_TRUE(quantizer.assign(SequenceSet(), threads(4)).empty());
}

TEST(CoarseQuantizer, SameCentroidsForAnyThreadsAndForTheSameSeedOnly) {
  Random random(5);
  const SequenceSet sample = set_of(random_repertoire(&random, 4000));
  for (std::size_t k : {7, 70}) {  // 7 * 256: only some are drawn
    const auto centroids = trained(sample, k).centroids();
    for (int n_threads : {1, 2, 4})
      EXPECT_EQ(trained(sample, k, 42, n_threads).centroids(), centroids);
    EXPECT_NE(trained(sample, k, 43).centroids(), centroids);
  }
}

TEST(CoarseQuantizer, OrderAndMultiplicityOfTheSampleDoNotMatter) {
  Random random(6);
  std::vector<std::string> sample = random_repertoire(&random, 3000);
  const auto centroids = trained(set_of(sample), 5).centroids();
  random.shuffle(&sample);
  for (int i = 0; i < 500; ++i) sample.push_back(sample[random.below(3000)]);
  EXPECT_EQ(trained(set_of(sample), 5).centroids(), centroids);
  // Neither does how wide the rows of the set are.
  EXPECT_EQ(trained(set_of(sample, 200), 5).centroids(), centroids);
}

TEST(CoarseQuantizer, TrainingLowersTheDistances) {
  Random random(7);
  const std::vector<std::string> sample = random_repertoire(&random, 3000);
  const SequenceSet set = set_of(sample);
  const auto mean_distance = [&](const CoarseQuantizer& quantizer) {
    const auto nearest = quantizer.assign(set, threads(2));
    double sum = 0;
    for (std::size_t i = 0; i < set.size(); ++i)
      sum += squared_distance(quantizer, set[i], nearest[i]);
    return sum / static_cast<double>(set.size());
  };
  // Without training: centroids are some of the points.
  const SequenceEncoder encoder(32);
  std::vector<float> points(20 * 128);
  for (std::size_t k = 0; k < 20; ++k)
    encoder.encode(sample[k * 131], points.data() + k * 128);
  EXPECT_LT(mean_distance(trained(set, 20)),
            0.8 * mean_distance(CoarseQuantizer(encoder, points)));
}

TEST(CoarseQuantizer, OneCentroidIsTheMean) {
  Random random(8);
  const SequenceSet set =
      sorted_unique(set_of(random_repertoire(&random, 200)));
  const CoarseQuantizer quantizer = trained(set, 1);
  std::vector<double> mean(128, 0);
  std::vector<float> profile(128);
  for (std::size_t i = 0; i < set.size(); ++i) {
    quantizer.encoder().encode(set[i], profile.data());
    for (int d = 0; d < 128; ++d)
      mean[d] += profile[d] / static_cast<double>(set.size());
  }
  for (int d = 0; d < 128; ++d)
    EXPECT_NEAR(quantizer.centroids()[d], mean[d], 1e-4);
  EXPECT_EQ(quantizer.assign(set, threads(1)),
            std::vector<std::uint32_t>(set.size(), 0));
}

// As many sequences as centroids is just enough: each is its own.
TEST(CoarseQuantizer, AsManyCentroidsAsSequences) {
  Random random(9);
  const SequenceSet set = sorted_unique(set_of(random_repertoire(&random, 90)));
  const auto nearest = trained(set, set.size()).assign(set, threads(1));
  EXPECT_EQ(std::set<std::uint32_t>(nearest.begin(), nearest.end()).size(),
            set.size());
}

TEST(CoarseQuantizer, TooFewSequencesNamesTheNumber) {
  Random random(10);
  std::vector<std::string> sample = random_repertoire(&random, 40);
  sample.insert(sample.end(), sample.begin(), sample.end());
  const std::size_t distinct = sorted_unique(set_of(sample)).size();
  std::string message;
  EXPECT_EQ(kind_of_error([&] { trained(set_of(sample), 77); }, &message),
            "invalid_argument");
  EXPECT_TRUE(contains(message, "77")) << message;
  EXPECT_TRUE(contains(message, std::to_string(distinct))) << message;
  EXPECT_TRUE(contains(message, "`faiss_training_data`")) << message;
  EXPECT_EQ(kind_of_error([&] { trained(SequenceSet(), 1); }),
            "invalid_argument");
  EXPECT_EQ(kind_of_error([&] { trained(set_of(sample), 0); }),
            "invalid_argument");
}

TEST(CoarseQuantizer, StoredCentroidsAssignTheSame) {
  Random random(11);
  const SequenceSet set = set_of(random_repertoire(&random, 2000));
  const CoarseQuantizer quantizer = trained(set, 30);
  const CoarseQuantizer restored(SequenceEncoder(32), quantizer.centroids());
  EXPECT_EQ(restored.size(), quantizer.size());
  EXPECT_EQ(restored.assign(set, threads(2)),
            quantizer.assign(set, threads(2)));
}

TEST(CoarseQuantizer, RefusesCentroidsThatDoNotFit) {
  const SequenceEncoder encoder(32);
  for (std::size_t n : {0, 1, 127, 129, 300})
    EXPECT_EQ(kind_of_error([&] {
                CoarseQuantizer quantizer(encoder, std::vector<float>(n));
              }),
              "invalid_argument")
        << n;
}

// They come from files and from R; with one in the table no centroid is
// nearest, and the number of "none" was one past the end.
TEST(CoarseQuantizer, RefusesCentroidsThatAreNotFinite) {
  for (float bad : {std::numeric_limits<float>::quiet_NaN(),
                    std::numeric_limits<float>::infinity(),
                    -std::numeric_limits<float>::infinity()}) {
    std::vector<float> centroids(3 * 128, 0.25f);
    centroids[200] = bad;
    EXPECT_EQ(kind_of_error([&] {
                CoarseQuantizer quantizer(SequenceEncoder(32), centroids);
              }),
              "invalid_argument");
  }
}

// Finite, but too large to be squared: still an existing centroid.
TEST(CoarseQuantizer, HugeCentroidsNeverGiveANumberOutOfRange) {
  Random random(12);
  const SequenceSet set = set_of(random_repertoire(&random, 200));
  for (float huge : {1e18f, 3e19f, 3e38f}) {
    std::vector<float> centroids(70 * 128);
    for (std::size_t i = 0; i < centroids.size(); ++i)
      centroids[i] = random.chance(50) ? huge : -huge;
    for (std::uint32_t nearest : CoarseQuantizer(SequenceEncoder(32), centroids)
                                     .assign(set, threads(1)))
      ASSERT_LT(nearest, 70u) << huge;
  }
}

TEST(CoarseQuantizer, TrainingAndAssigningCanBeCancelled) {
  Random random(13);
  const SequenceSet set = set_of(random_repertoire(&random, 5000));
  for (int n_threads : {1, 2}) {
    StoppingHost host;
    TrainingOptions options;
    options.centroids = 20;
    EXPECT_THROW(CoarseQuantizer::train(SequenceEncoder(32), set, options,
                                        threads(n_threads, &host)),
                 Cancelled);
    EXPECT_THROW(trained(set, 20).assign(set, threads(n_threads, &host)),
                 Cancelled);
  }
}

// So many centroids are searched by groups: not exactly, but nearly.
TEST(CoarseQuantizer, GroupedSearchFindsTheNearestNearlyAlways) {
  Random random(14);
  const SequenceEncoder encoder(32);
  const SequenceSet points =
      sorted_unique(set_of(random_repertoire(&random, 6000)));
  ASSERT_GT(points.size(), kGroupedCentroids);
  std::vector<float> centroids(kGroupedCentroids * 128);
  for (std::size_t k = 0; k < kGroupedCentroids; ++k)
    encoder.encode(points[k], centroids.data() + k * 128);
  const CoarseQuantizer quantizer(encoder, centroids);
  const SequenceSet set = set_of(random_repertoire(&random, 1000));
  const auto nearest = quantizer.assign(set, threads(1));
  EXPECT_EQ(quantizer.assign(set, threads(4)), nearest);
  EXPECT_EQ(CoarseQuantizer(encoder, centroids).assign(set, threads(2)),
            nearest);
  faiss::IndexFlatL2 index(128);
  index.add(static_cast<FaissId>(kGroupedCentroids), centroids.data());
  std::size_t farther = 0;
  std::vector<float> profile(128);
  for (std::size_t i = 0; i < set.size(); ++i) {
    encoder.encode(set[i], profile.data());
    float distance;
    FaissId best;
    index.search(1, profile.data(), 1, &distance, &best);
    ASSERT_LT(nearest[i], kGroupedCentroids);
    farther +=
        squared_distance(quantizer, set[i], nearest[i]) >
        squared_distance(quantizer, set[i], static_cast<std::size_t>(best)) +
            1e-3;
  }
  EXPECT_LT(farther, set.size() / 50);
  // A centroid that is a sequence's own profile is never missed.
  const auto own = quantizer.assign(points, threads(2));
  for (std::uint32_t k = 0; k < kGroupedCentroids; ++k) ASSERT_EQ(own[k], k);
}
#endif
