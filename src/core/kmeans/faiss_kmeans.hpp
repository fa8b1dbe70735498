// Faiss's k-means with an index of ours in place of the one that would call
// BLAS, whose rounding hangs on the number of threads.
#pragma once
#include <faiss/Index.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kmeans/training.hpp"

namespace clustcr {

// faiss::Index::idx_t became faiss::idx_t in 1.7.4.
#ifdef CLUSTCR_FAISS_OLD_IDX
using FaissId = faiss::Index::idx_t;
#else
using FaissId = faiss::idx_t;
#endif

// The centroids of `count` points of index->d numbers each. `index` is asked
// for the nearest of the centroids added to it. Throws Error ("faiss"), and
// whatever `index` throws.
std::vector<float> faiss_kmeans(const float* points, std::size_t count,
                                const KmeansOptions& options,
                                faiss::Index* index);

// The same of `count` codes of codec.sa_code_size() bytes, which are decoded
// by blocks; the centroids are those of the decoded points, bit by bit.
std::vector<float> faiss_kmeans(const std::uint8_t* codes, std::size_t count,
                                const faiss::Index& codec,
                                const KmeansOptions& options,
                                faiss::Index* index);

}  // namespace clustcr
