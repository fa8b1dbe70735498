// The training points as Faiss's k-means sees them: rows of letters instead of
// profiles, which would take 2.6 GB for 20,000 centroids. It is the codec that
// makes profiles of them, a block at a time, and the index that is asked for
// the nearest centroids of that block, which it finds by table look-up in the
// sequences. Results do not depend on BLAS, threads or the size of blocks.
#pragma once
#include <memory>
#include <vector>

#include "base/ports.hpp"
#include "kmeans/centroid_index.hpp"
#include "kmeans/faiss_kmeans.hpp"

namespace clustcr {

class TrainingIndex : public faiss::Index {
 public:
  // `points` must outlive the index.
  TrainingIndex(const SequenceEncoder& encoder, const SequenceSet& points,
                const Execution& execution);

  // The codes of all points: sa_code_size() bytes each.
  const std::uint8_t* codes() const;

  std::size_t sa_code_size() const override { return points_.stride(); }
  // Faiss calls this from threads of its own too, for one point each.
  void sa_decode(FaissId n, const std::uint8_t* codes,
                 float* profiles) const override;

  void add(FaissId n, const float* centroids) override;
  void reset() override;
  // Of the next `n` points: Faiss says by their profiles only which they are,
  // but goes through all of them in order after each add().
  void search(FaissId n, const float* profiles, FaissId k, float* distances,
              FaissId* labels,
              const faiss::SearchParameters* = nullptr) const override;

 private:
  void expect_profile(std::size_t point, const float* profile) const;

  SequenceEncoder encoder_;
  const SequenceSet& points_;
  Execution execution_;
  std::unique_ptr<CentroidIndex> index_;
  mutable std::vector<Nearest> nearest_;
  mutable std::size_t next_ = 0;  // the first point not searched yet
};

}  // namespace clustcr
