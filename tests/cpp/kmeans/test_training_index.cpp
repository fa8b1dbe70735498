#ifdef CLUSTCR_FAISS
#include <faiss/IndexFlat.h>

#include <cmath>
#include <cstring>

#include "kmeans/coarse_quantizer.hpp"
#include "kmeans/training_index.hpp"
#include "test_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

namespace {

std::vector<float> profiles_of(const SequenceEncoder& encoder,
                               const SequenceSet& points) {
  std::vector<float> profiles(points.size() * encoder.dimensions());
  for (std::size_t i = 0; i < points.size(); ++i)
    encoder.encode(points[i], profiles.data() + i * encoder.dimensions());
  return profiles;
}

// K-means as it was before points were decoded by blocks: all profiles in
// memory, and an index that knows them.
class WholeIndex : public faiss::Index {
 public:
  WholeIndex(const SequenceEncoder& encoder, const SequenceSet& points)
      : faiss::Index(encoder.dimensions()),
        encoder_(encoder),
        points_(points) {}
  void add(FaissId n, const float* centroids) override {
    const std::vector<float> rows(centroids, centroids + n * d);
    index_ = std::make_unique<CentroidIndex>(
        encoder_, rows, group_centroids(encoder_, rows, threads(1)));
    ntotal = n;
  }
  void reset() override { ntotal = 0; }
  void search(FaissId n, const float*, FaissId, float* distances,
              FaissId* labels,
              const faiss::SearchParameters* = nullptr) const override {
    ASSERT_EQ(static_cast<std::size_t>(n), points_.size());
    std::vector<Nearest> nearest(points_.size());
    index_->find(points_, 0, points_.size(), nearest.data());
    for (FaissId i = 0; i < n; ++i) {
      distances[i] = nearest[i].distance;
      labels[i] = nearest[i].centroid;
    }
  }

 private:
  SequenceEncoder encoder_;
  const SequenceSet& points_;
  std::unique_ptr<CentroidIndex> index_;
};

SequenceSet some_points(int seed, std::size_t n) {
  Random random(seed);
  return sorted_unique(set_of(random_repertoire(&random, n)));
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() &&
         std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

}  // namespace

// Blocks of one, of some, with a rest, and one of all.
TEST(TrainingIndex, CentroidsAreThoseOfAllProfilesAtOnce) {
  for (int size : {32, 21}) {
    const SequenceEncoder encoder(size);
    for (int seed : {1, 2}) {
      const SequenceSet points = some_points(seed, 400);
      const std::vector<float> profiles = profiles_of(encoder, points);
      for (std::size_t k :
           {std::size_t{1}, std::size_t{9}, std::size_t{70}, points.size()}) {
        SCOPED_TRACE(k);
        KmeansOptions options;
        options.centroids = k;
        options.seed = seed;
        options.iterations = 4;
        WholeIndex whole(encoder, points);
        const std::vector<float> expected =
            faiss_kmeans(profiles.data(), points.size(), options, &whole);
        for (std::size_t block : {1, 7, 64, 100000}) {
          options.block = block;
          options.threads = block == 64 ? 2 : 1;
          TrainingIndex index(encoder, points, threads(options.threads));
          EXPECT_TRUE(same_bits(faiss_kmeans(index.codes(), points.size(),
                                             index, options, &index),
                                expected))
              << "blocks of " << block;
        }
      }
    }
  }
}

// Also where centroids are searched by groups.
TEST(TrainingIndex, CentroidsOfManyAreThoseOfAllProfilesAtOnce) {
  const SequenceEncoder encoder(32);
  const SequenceSet points = some_points(3, 6000);
  ASSERT_GT(points.size(), kGroupedCentroids);
  KmeansOptions options;
  options.centroids = kGroupedCentroids;
  options.iterations = 1;
  WholeIndex whole(encoder, points);
  const std::vector<float> expected = faiss_kmeans(
      profiles_of(encoder, points).data(), points.size(), options, &whole);
  options.block = 1500;
  TrainingIndex index(encoder, points, threads(2));
  EXPECT_TRUE(same_bits(
      faiss_kmeans(index.codes(), points.size(), index, options, &index),
      expected));
}

TEST(TrainingIndex, BlocksChangeNothingInTraining) {
  const SequenceSet sample = some_points(4, 3000);
  TrainingOptions options;
  options.centroids = 11;
  const std::vector<float> centroids =
      CoarseQuantizer::train(SequenceEncoder(32), sample, options, threads(1))
          .centroids();
  for (std::size_t bytes : {0, 512, 60000}) {
    options.block_bytes = bytes;
    EXPECT_TRUE(same_bits(
        CoarseQuantizer::train(SequenceEncoder(32), sample, options, threads(2))
            .centroids(),
        centroids))
        << bytes;
  }
}

TEST(TrainingIndex, DistancesAreWhole) {
  const SequenceEncoder encoder(32);
  const SequenceSet points = some_points(5, 300);
  const std::vector<float> profiles = profiles_of(encoder, points);
  TrainingIndex index(encoder, points, threads(2));
  index.add(20, profiles.data() + 10 * 128);
  std::vector<float> ours(points.size()), theirs(points.size());
  std::vector<FaissId> our_labels(points.size()), their_labels(points.size());
  const FaissId n = static_cast<FaissId>(points.size());
  index.search(n, profiles.data(), 1, ours.data(), our_labels.data());
  faiss::IndexFlatL2 flat(128);
  flat.add(20, profiles.data() + 10 * 128);
  flat.search(n, profiles.data(), 1, theirs.data(), their_labels.data());
  for (std::size_t i = 0; i < points.size(); ++i)
    EXPECT_NEAR(ours[i], theirs[i], 1e-3);
}

// Faiss tells nothing but profiles; a version that asked in another order
// must not train on mixed-up points.
TEST(TrainingIndex, RefusesOtherPointsThanTheNext) {
  const SequenceEncoder encoder(32);
  const SequenceSet points = some_points(6, 100);
  const std::vector<float> profiles = profiles_of(encoder, points);
  const FaissId n = static_cast<FaissId>(points.size());
  TrainingIndex index(encoder, points, threads(1));
  std::vector<float> distances(points.size() + 1);
  std::vector<FaissId> labels(points.size() + 1);
  const auto search = [&](FaissId count, std::size_t from) {
    return kind_of_error([&] {
      index.search(count, profiles.data() + from * 128, 1, distances.data(),
                   labels.data());
    });
  };
  index.add(3, profiles.data());
  EXPECT_EQ(search(10, 1), "internal");
  EXPECT_EQ(search(10, 0), "none");
  EXPECT_EQ(search(10, 0), "internal");  // 10 is the next
  EXPECT_EQ(search(0, 10), "internal");
  EXPECT_EQ(search(n - 9, 10), "internal");  // one too many
  EXPECT_EQ(search(n - 10, 10), "none");
  EXPECT_EQ(search(1, 0), "internal");  // no more
  index.add(3, profiles.data());
  EXPECT_EQ(search(n, 0), "none");
}
#endif
