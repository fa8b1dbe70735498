#include "kmeans/coarse_quantizer.hpp"
#include "kmeans/training.hpp"
#include "test_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

#ifdef CLUSTCR_FAISS

TEST(Training, FaissHasAVersion) {
  EXPECT_EQ(split(faiss_version(), '.').size(), 3u);
}

#else

TEST(Training, WithoutFaissItSaysSo) {
  EXPECT_EQ(faiss_version(), "");
  Random random(1);
  const SequenceSet sample = set_of(random_repertoire(&random, 100));
  const SequenceEncoder encoder(32);
  TrainingOptions options;
  std::string message;
  EXPECT_EQ(
      kind_of_error(
          [&] { CoarseQuantizer::train(encoder, sample, options, threads(1)); },
          &message),
      "no_faiss");
  EXPECT_TRUE(contains(message, "no Faiss")) << message;
  // What is wrong with arguments is told as ever.
  options.centroids = 1000;
  EXPECT_EQ(kind_of_error([&] {
              CoarseQuantizer::train(encoder, sample, options, threads(1));
            }),
            "invalid_argument");
  const std::vector<float> many(kGroupedCentroids * 128, 0.5f);
  EXPECT_EQ(kind_of_error([&] {
              CoarseQuantizer::make_groups(encoder, many, threads(1));
            }),
            "no_faiss");
}

#endif

// What was trained elsewhere can be used in every build.
TEST(Training, StoredCentroidsNeedNone) {
  Random random(2);
  const SequenceSet set = sorted_unique(set_of(random_repertoire(&random, 50)));
  const SequenceEncoder encoder(32);
  std::vector<float> centroids(set.size() * 128);
  for (std::size_t i = 0; i < set.size(); ++i)
    encoder.encode(set[i], centroids.data() + i * 128);
  const CoarseQuantizer quantizer(encoder, centroids);
  const auto nearest = quantizer.assign(set, threads(2));
  for (std::size_t i = 0; i < set.size(); ++i) EXPECT_EQ(nearest[i], i);
}
