// The matrix of clusters and samples: in which samples each cluster occurs, and
// how often. The units of a clustering come one after the other and are
// forgotten. What stays of them is two or three bytes a cell, so that the
// arrays of the matrix are made once, of the right size, by whoever keeps them.
#pragma once
#include <Eigen/SparseCore>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/ports.hpp"
#include "clustering/clustering_run.hpp"

namespace clustcr {

// Of a cluster and a sample: how many of its receptors are there, the sum of
// their counts, or 1.
enum class CellValue { kReceptors, kDuplicateCount, kPresence };

class ClusterMatrix {
 public:
  // By columns (samples), on memory of the caller.
  using Map = Eigen::Map<Eigen::SparseMatrix<double>>;

  ClusterMatrix(std::size_t samples, CellValue value);

  // The clusters of the next unit: rows go on where the last ended.
  void add(const ClusterTable& table);
  // One more row, of any receptors together; they have no identity.
  void add_row(const Occurrences& in,
               const std::vector<std::uint32_t>& members);
  // The rows of another matrix of the same samples and values.
  void append(const ClusterMatrix& other);

  std::size_t clusters() const { return sizes_.size(); }
  std::size_t samples() const { return cells_of_sample_.size(); }
  std::uint64_t cells() const;  // that are not zero
  // The receptors of each cluster, and in how many samples it is.
  const std::vector<std::uint32_t>& sizes() const { return sizes_; }
  const std::vector<std::uint32_t>& publicity() const { return publicity_; }
  // As cluster_identities() has them.
  const std::vector<std::uint64_t>& identities() const { return identities_; }

  // Writes all of `matrix`, which must have clusters() rows, samples() columns
  // and room for cells() values.
  void fill(Map* matrix) const;

 private:
  void count(std::uint32_t sample, std::uint64_t count);
  void close_cluster();
  void put(std::uint64_t number);

  CellValue value_;
  std::vector<std::uint32_t> sizes_, publicity_;
  std::vector<std::uint64_t> cells_of_sample_, identities_;
  // Cluster by cluster its number of cells and, by ascending sample, the
  // distance to the sample before and the value, seven bits a byte.
  std::vector<std::uint8_t> packed_;
  // Of the cluster that is being read: by sample, and the samples.
  std::vector<std::uint64_t> sum_;
  std::vector<char> is_seen_;
  std::vector<std::uint32_t> seen_;
};

// The clusters of the units [first, end) of a run; units that are not done are
// made.
ClusterMatrix cluster_matrix(const ClusteringRun& run,
                             const PreclusterStore& store, std::size_t first,
                             std::size_t end, CellValue value,
                             const Execution& execution);

}  // namespace clustcr
