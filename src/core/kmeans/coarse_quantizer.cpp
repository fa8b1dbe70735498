#include "kmeans/coarse_quantizer.hpp"

#include <faiss/Clustering.h>
#include <faiss/Index.h>
#include <faiss/impl/FaissException.h>
#include <faiss/utils/distances.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <random>
#include <string>

#include "base/errors.hpp"
#include "base/parallel.hpp"

namespace clustcr {
namespace {

// faiss::Index::idx_t became faiss::idx_t in 1.7.4.
#ifdef CLUSTCR_FAISS_OLD_IDX
using FaissId = faiss::Index::idx_t;
#else
using FaissId = faiss::idx_t;
#endif

constexpr std::size_t kBlock = 1024;  // sequences a worker takes at a time

// Faiss's own loops ask OpenMP for the number of threads; this grants ours.
class FaissThreads {
 public:
  explicit FaissThreads(int threads) {
#ifdef _OPENMP
    before_ = omp_get_max_threads();
    omp_set_num_threads(usable_threads(threads));
#else
    (void)threads;
#endif
  }
  ~FaissThreads() {
#ifdef _OPENMP
    omp_set_num_threads(before_);
#endif
  }

 private:
  int before_ = 1;
};

std::vector<Nearest> find_all(const CentroidIndex& index,
                              const SequenceSet& set,
                              const Execution& execution) {
  std::vector<Nearest> nearest(set.size());
  parallel_for(set.size(), kBlock, execution,
               [&](std::size_t begin, std::size_t end, int) {
                 index.find(set, begin, end, nearest.data());
               });
  return nearest;
}

// Faiss's k-means, whose rounding must not depend on threads: with an index of
// ours in place of the one that would call BLAS.
std::vector<float> faiss_kmeans(const float* points, std::size_t count,
                                std::size_t dimensions, std::size_t centroids,
                                int iterations, int seed, faiss::Index* index,
                                int threads) {
  faiss::ClusteringParameters parameters;
  parameters.niter = iterations;
  parameters.seed = seed;
  parameters.min_points_per_centroid = 1;  // else Faiss prints a warning
  parameters.max_points_per_centroid =
      static_cast<int>(count / centroids) + 1;  // it must not draw by itself
  faiss::Clustering kmeans(static_cast<int>(dimensions),
                           static_cast<int>(centroids), parameters);
  const FaissThreads scope(threads);
  try {
    kmeans.train(static_cast<FaissId>(count), points, *index);
  } catch (const faiss::FaissException& e) {
    throw Error("faiss", std::string("Faiss k-means failed: ") + e.what());
  }
  return std::move(kmeans.centroids);
}

// Searches vectors one by one: slower than BLAS, but each result depends on
// its own vector alone.
class PlainIndex : public faiss::Index {
 public:
  PlainIndex(std::size_t dimensions, const Execution& execution)
      : faiss::Index(static_cast<FaissId>(dimensions)), execution_(execution) {}

  void add(FaissId n, const float* vectors) override {
    vectors_.assign(vectors, vectors + n * d);
    ntotal = n;
  }
  void reset() override { ntotal = 0; }
  void search(FaissId n, const float* x, FaissId, float* distances,
              FaissId* labels,
              const faiss::SearchParameters* = nullptr) const override {
    parallel_for(
        static_cast<std::size_t>(n), 64, execution_,
        [&](std::size_t begin, std::size_t end, int) {
          std::vector<float> all(ntotal);
          for (std::size_t i = begin; i < end; ++i) {
            faiss::fvec_L2sqr_ny(all.data(), x + i * d, vectors_.data(), d,
                                 static_cast<std::size_t>(ntotal));
            const auto least = std::min_element(all.begin(), all.end());
            distances[i] = *least;
            labels[i] = least - all.begin();
          }
        });
  }

 private:
  Execution execution_;
  std::vector<float> vectors_;
};

CentroidGroups group_centroids(const std::vector<float>& centroids,
                               std::size_t dimensions,
                               const Execution& execution) {
  CentroidGroups groups;
  const std::size_t count = centroids.size() / dimensions;
  if (count < kGroupedCentroids) return groups;
  // A little more than the square root, which balances the two searches: so
  // most groups of the smallest index fit one tile.
  const auto group_count = static_cast<std::size_t>(1.25 * std::sqrt(count));
  PlainIndex index(dimensions, execution);
  constexpr int kIterations = 10, kSeed = 1;
  groups.middles =
      faiss_kmeans(centroids.data(), count, dimensions, group_count,
                   kIterations, kSeed, &index, execution.threads);
  index.add(static_cast<FaissId>(group_count), groups.middles.data());
  std::vector<float> distances(count);
  std::vector<FaissId> labels(count);
  index.search(static_cast<FaissId>(count), centroids.data(), 1,
               distances.data(), labels.data());
  groups.group_of.assign(labels.begin(), labels.end());
  return groups;
}

// The index Faiss's k-means searches in each iteration: it is asked for the
// nearest centroids of the very training points, of which we still have the
// sequences, and answers by table look-up. Results do not depend on BLAS or
// on the number of threads.
class TrainingIndex : public faiss::Index {
 public:
  TrainingIndex(const SequenceEncoder& encoder, const SequenceSet& points,
                const float* profiles, const Execution& execution)
      : faiss::Index(encoder.dimensions()),
        encoder_(encoder),
        points_(points),
        profiles_(profiles),
        execution_(execution),
        norms_(points.size()) {
    for (std::size_t i = 0; i < norms_.size(); ++i)
      norms_[i] = faiss::fvec_norm_L2sqr(profiles + i * d, d);
  }

  void add(FaissId n, const float* centroids) override {
    const std::vector<float> rows(centroids, centroids + n * d);
    index_ = std::make_unique<CentroidIndex>(
        encoder_, rows, group_centroids(rows, d, execution_));
    ntotal = n;
  }
  void reset() override {
    index_.reset();
    ntotal = 0;
  }
  void search(FaissId n, const float* x, FaissId k, float* distances,
              FaissId* labels,
              const faiss::SearchParameters* = nullptr) const override {
    if (x != profiles_ || k != 1 || n != static_cast<FaissId>(points_.size()))
      throw Error("internal", "Faiss asked for points it was not trained on");
    const std::vector<Nearest> nearest = find_all(*index_, points_, execution_);
    for (std::size_t i = 0; i < nearest.size(); ++i) {
      distances[i] = nearest[i].distance + norms_[i];
      labels[i] = nearest[i].centroid;
    }
  }

 private:
  SequenceEncoder encoder_;
  const SequenceSet& points_;
  const float* profiles_;
  Execution execution_;
  std::vector<float> norms_;  // what our distances lack
  std::unique_ptr<CentroidIndex> index_;
};

// At most `most` of the sequences, drawn by `seed`. Faiss would draw by
// itself, but then the points it searches could not be told.
SequenceSet draw_points(const SequenceSet& unique, std::size_t most, int seed) {
  if (unique.size() <= most) return unique;
  std::vector<std::uint32_t> order(unique.size());
  std::iota(order.begin(), order.end(), 0);
  // Fisher-Yates by hand: what std::shuffle draws differs between libraries.
  std::mt19937_64 random(static_cast<std::uint64_t>(seed));
  for (std::size_t i = 0; i < most; ++i)
    std::swap(order[i], order[i + random() % (order.size() - i)]);
  SequenceSet points(unique.longest());
  points.reserve(most);
  for (std::size_t i = 0; i < most; ++i) points.push_back(unique[order[i]]);
  return points;
}

std::vector<float> checked_centroids(std::vector<float> centroids,
                                     std::size_t dimensions) {
  if (centroids.empty() || centroids.size() % dimensions != 0)
    throw InvalidArgument("centroids must be rows of " +
                          std::to_string(dimensions) + " numbers, not " +
                          std::to_string(centroids.size()) + " numbers in all");
  if (!std::all_of(centroids.begin(), centroids.end(),
                   [](float x) { return std::isfinite(x); }))
    throw InvalidArgument("centroids must be finite numbers");
  return centroids;
}

}  // namespace

CoarseQuantizer::CoarseQuantizer(const SequenceEncoder& encoder,
                                 std::vector<float> centroids)
    : encoder_(encoder),
      centroids_(checked_centroids(std::move(centroids), encoder.dimensions())),
      index_(encoder, centroids_,
             group_centroids(centroids_, encoder.dimensions(), Execution())) {}

CoarseQuantizer CoarseQuantizer::train(const SequenceEncoder& encoder,
                                       const SequenceSet& sample,
                                       const TrainingOptions& options,
                                       const Execution& execution) {
  if (options.centroids == 0)
    throw InvalidArgument("the number of centroids must be at least 1, not 0");
  const SequenceSet unique = sorted_unique(sample);
  if (unique.size() < options.centroids)
    throw InvalidArgument(
        "`faiss_training_data` must have at least as many distinct valid "
        "sequences as there are centroids: " +
        std::to_string(options.centroids) + " are needed, " +
        std::to_string(unique.size()) + " given");
  const SequenceSet points =
      draw_points(unique, options.centroids * options.max_points_per_centroid,
                  options.seed);
  const std::size_t dimensions = encoder.dimensions();
  std::vector<float> profiles(points.size() * dimensions);
  for (std::size_t i = 0; i < points.size(); ++i)
    encoder.encode(points[i], profiles.data() + i * dimensions);

  TrainingIndex index(encoder, points, profiles.data(), execution);
  return CoarseQuantizer(
      encoder, faiss_kmeans(profiles.data(), points.size(), dimensions,
                            options.centroids, options.iterations, options.seed,
                            &index, execution.threads));
}

std::vector<std::uint32_t> CoarseQuantizer::assign(
    const SequenceSet& set, const Execution& execution) const {
  const std::vector<Nearest> nearest = find_all(index_, set, execution);
  std::vector<std::uint32_t> centroid(set.size());
  for (std::size_t i = 0; i < nearest.size(); ++i)
    centroid[i] = nearest[i].centroid;
  return centroid;
}

}  // namespace clustcr
