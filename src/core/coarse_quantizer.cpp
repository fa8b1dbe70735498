#include "coarse_quantizer.hpp"

#include <faiss/Clustering.h>
#include <faiss/Index.h>
#include <faiss/impl/FaissException.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <random>
#include <string>

#include "errors.hpp"
#include "parallel.hpp"

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

void assign_blocks(const DistanceTable& table, const SequenceSet& set,
                   const Execution& execution, std::uint32_t* centroid,
                   float* distances) {
  parallel_for(set.size(), kBlock, execution,
               [&](std::size_t begin, std::size_t end, int) {
                 table.nearest(set, begin, end, centroid + begin,
                               distances ? distances + begin : nullptr);
               });
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
        execution_(execution) {}

  void add(FaissId n, const float* centroids) override {
    table_ = std::make_unique<DistanceTable>(encoder_, centroids,
                                             static_cast<std::size_t>(n));
    ntotal = n;
  }
  void reset() override {
    table_.reset();
    ntotal = 0;
  }
  void search(FaissId n, const float* x, FaissId k, float* distances,
              FaissId* labels,
              const faiss::SearchParameters* = nullptr) const override {
    if (x != profiles_ || k != 1 ||
        n != static_cast<FaissId>(points_.size()))
      throw Error("internal", "Faiss asked for points it was not trained on");
    std::vector<std::uint32_t> centroid(points_.size());
    assign_blocks(*table_, points_, execution_, centroid.data(), distances);
    std::copy(centroid.begin(), centroid.end(), labels);
  }

 private:
  SequenceEncoder encoder_;
  const SequenceSet& points_;
  const float* profiles_;
  Execution execution_;
  std::unique_ptr<DistanceTable> table_;
};

// At most `most` of the sequences, drawn by `seed`. Faiss would draw by
// itself, but then the points it searches could not be told.
SequenceSet draw_points(const SequenceSet& unique, std::size_t most,
                        int seed) {
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

}  // namespace

CoarseQuantizer::CoarseQuantizer(const SequenceEncoder& encoder,
                                 std::vector<float> centroids)
    : encoder_(encoder),
      centroids_(std::move(centroids)),
      count_(centroids_.size() / encoder.dimensions()),
      table_(encoder, centroids_.data(), count_) {
  if (count_ == 0 || centroids_.size() % encoder.dimensions() != 0)
    throw InvalidArgument("centroids must be rows of " +
                          std::to_string(encoder.dimensions()) +
                          " numbers, not " + std::to_string(centroids_.size()) +
                          " numbers in all");
  if (!std::all_of(centroids_.begin(), centroids_.end(),
                   [](float x) { return std::isfinite(x); }))
    throw InvalidArgument("centroids must be finite numbers");
}

CoarseQuantizer CoarseQuantizer::train(const SequenceEncoder& encoder,
                                       const SequenceSet& sample,
                                       const TrainingOptions& options,
                                       const Execution& execution) {
  const SequenceSet unique = sorted_unique(sample);
  if (unique.size() < std::max<std::size_t>(1, options.centroids))
    throw InvalidArgument(
        "`faiss_training_data` must have at least as many distinct valid "
        "sequences as there are centroids: " +
        std::to_string(options.centroids) + " are needed, " +
        std::to_string(unique.size()) + " given");
  const SequenceSet points = draw_points(
      unique, options.centroids * options.max_points_per_centroid,
      options.seed);
  const std::size_t dimensions = encoder.dimensions();
  std::vector<float> profiles(points.size() * dimensions);
  for (std::size_t i = 0; i < points.size(); ++i)
    encoder.encode(points[i], profiles.data() + i * dimensions);

  faiss::ClusteringParameters parameters;
  parameters.niter = options.iterations;
  parameters.seed = options.seed;
  parameters.min_points_per_centroid = 1;  // else Faiss prints a warning
  parameters.max_points_per_centroid = options.max_points_per_centroid;
  faiss::Clustering kmeans(static_cast<int>(dimensions),
                           static_cast<int>(options.centroids), parameters);
  TrainingIndex index(encoder, points, profiles.data(), execution);
  const FaissThreads threads(execution.threads);
  try {
    kmeans.train(static_cast<FaissId>(points.size()), profiles.data(), index);
  } catch (const faiss::FaissException& e) {
    throw Error("faiss", std::string("Faiss k-means failed: ") + e.what());
  }
  return CoarseQuantizer(encoder, std::move(kmeans.centroids));
}

std::vector<std::uint32_t> CoarseQuantizer::assign(
    const SequenceSet& set, const Execution& execution) const {
  std::vector<std::uint32_t> centroid(set.size());
  assign_blocks(table_, set, execution, centroid.data(), nullptr);
  return centroid;
}

}  // namespace clustcr
