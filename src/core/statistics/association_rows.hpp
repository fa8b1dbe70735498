// The cluster matrix as the tests of association read it. It lies by columns
// (samples), as R's dgCMatrix has it, and a test wants rows (clusters): a block
// of rows is turned round at a time, so that no transposed copy of the whole is
// ever made and each worker needs memory for its block only.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace clustcr {

// Not owned. Rows ascend within a column; values are finite and not negative.
struct SparseColumns {
  std::size_t rows = 0, columns = 0;
  const int* starts = nullptr;  // columns + 1
  const int* row_of = nullptr;
  const double* values = nullptr;
};

// Throws InvalidArgument where the above does not hold.
void check_sparse_columns(const SparseColumns& matrix);

// What takes part: of each column its sample, from 0, or kLeftOut; and of each
// sample whether it is a case (1) or a control (0).
struct Cohort {
  static constexpr std::int32_t kLeftOut = -1;
  std::vector<std::int32_t> sample_of_column;
  std::vector<std::uint8_t> is_case;
  // Of each sample the stratum within which it is compared and shuffled, from
  // 0; empty where there are none.
  std::vector<std::uint32_t> stratum;

  std::size_t samples() const { return is_case.size(); }
  std::size_t cases() const;
  std::size_t controls() const { return samples() - cases(); }
};

// A value above zero: the cluster occurs in the sample.
struct SampleValue {
  std::uint32_t sample;
  double value;
};

// A cluster's row: its samples in the order of the columns.
struct ClusterRow {
  const SampleValue* first;
  const SampleValue* last;

  const SampleValue* begin() const { return first; }
  const SampleValue* end() const { return last; }
  std::size_t size() const { return static_cast<std::size_t>(last - first); }
};

class RowBlock {
 public:
  // Rows [begin, end) of the matrix.
  void fill(const SparseColumns& matrix, const Cohort& cohort,
            std::size_t begin, std::size_t end);
  ClusterRow operator[](std::size_t i) const {
    return {entries_.data() + offsets_[i], entries_.data() + offsets_[i + 1]};
  }

 private:
  struct Range {
    std::int32_t sample;
    int begin, end;
  };
  std::vector<Range> ranges_;
  std::vector<std::size_t> offsets_, next_;
  std::vector<SampleValue> entries_;
};

// Which rows are equal, so that a slow test is made of one of them only. Told
// by 128 bits of hash: that two of a billion different rows share them has a
// chance of 1 in 10^20.
class EqualRows {
 public:
  // Of no matrix: all rows differ.
  EqualRows() = default;
  explicit EqualRows(std::size_t rows) : hash_(rows) {}

  // Different rows may be hashed by different threads at once.
  void hash(std::size_t row, const ClusterRow& values);
  // After all have been hashed.
  void finish();

  // The first row that is equal to this one, and how many are.
  std::size_t first(std::size_t row) const {
    return first_.empty() ? row : first_[row];
  }
  std::uint64_t times(std::size_t row) const {
    return times_.empty() ? 1 : times_[row];
  }

 private:
  std::vector<std::array<std::uint64_t, 2>> hash_;
  std::vector<std::uint32_t> first_, times_;
};

}  // namespace clustcr
