#include "statistics/association_rows.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "base/errors.hpp"
#include "base/hash.hpp"

namespace clustcr {

void check_sparse_columns(const SparseColumns& matrix) {
  for (std::size_t column = 0; column < matrix.columns; ++column) {
    const int begin = matrix.starts[column], end = matrix.starts[column + 1];
    for (int i = begin; i < end; ++i) {
      const bool in_place =
          matrix.row_of[i] >= 0 &&
          static_cast<std::size_t>(matrix.row_of[i]) < matrix.rows &&
          (i == begin || matrix.row_of[i - 1] < matrix.row_of[i]);
      if (!in_place)
        throw InvalidArgument(
            "the rows of each column of `x` must ascend; those of column " +
            std::to_string(column + 1) + " do not");
      if (!std::isfinite(matrix.values[i]) || matrix.values[i] < 0)
        throw InvalidArgument(
            "the values of `x` must be numbers of zero or more; row " +
            std::to_string(matrix.row_of[i] + 1) + " of column " +
            std::to_string(column + 1) + " is " +
            (std::isfinite(matrix.values[i]) ? "negative" : "not a number"));
    }
  }
}

std::size_t Cohort::cases() const {
  return std::accumulate(is_case.begin(), is_case.end(), std::size_t{0});
}

void RowBlock::fill(const SparseColumns& matrix, const Cohort& cohort,
                    std::size_t begin, std::size_t end) {
  ranges_.clear();
  offsets_.assign(end - begin + 1, 0);
  for (std::size_t column = 0; column < matrix.columns; ++column) {
    const std::int32_t sample = cohort.sample_of_column[column];
    if (sample == Cohort::kLeftOut) continue;
    const int* const first = matrix.row_of + matrix.starts[column];
    const int* const last = matrix.row_of + matrix.starts[column + 1];
    const int* const low =
        std::lower_bound(first, last, static_cast<int>(begin));
    const int* const high = std::lower_bound(low, last, static_cast<int>(end));
    if (low == high) continue;
    ranges_.push_back({sample, static_cast<int>(low - matrix.row_of),
                       static_cast<int>(high - matrix.row_of)});
    for (int i = ranges_.back().begin; i < ranges_.back().end; ++i)
      // A zero may be stored all the same.
      offsets_[matrix.row_of[i] - begin + 1] += matrix.values[i] > 0;
  }
  std::partial_sum(offsets_.begin(), offsets_.end(), offsets_.begin());
  next_.assign(offsets_.begin(), offsets_.end() - 1);
  entries_.resize(offsets_.back());
  for (const Range& range : ranges_)
    for (int i = range.begin; i < range.end; ++i)
      if (matrix.values[i] > 0)
        entries_[next_[matrix.row_of[i] - begin]++] = {
            static_cast<std::uint32_t>(range.sample), matrix.values[i]};
}

void EqualRows::hash(std::size_t row, const ClusterRow& values) {
  std::string bytes;
  bytes.reserve(values.size() * (sizeof(std::uint32_t) + sizeof(double)));
  for (const SampleValue& entry : values) {
    bytes.append(reinterpret_cast<const char*>(&entry.sample),
                 sizeof(entry.sample));
    bytes.append(reinterpret_cast<const char*>(&entry.value),
                 sizeof(entry.value));
  }
  hash_[row] = {hash64(bytes, 1), hash64(bytes, 2)};
}

void EqualRows::finish() {
  std::vector<std::uint32_t> order(hash_.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return hash_[a] != hash_[b] ? hash_[a] < hash_[b] : a < b;
  });
  first_.resize(order.size());
  times_.assign(order.size(), 0);
  std::uint32_t first = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i == 0 || hash_[order[i]] != hash_[order[i - 1]]) first = order[i];
    first_[order[i]] = first;
    ++times_[first];
  }
  hash_ = {};
}

}  // namespace clustcr
