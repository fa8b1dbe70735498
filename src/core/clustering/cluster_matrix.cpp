#include "clustering/cluster_matrix.hpp"

#include <algorithm>
#include <numeric>

#include "base/errors.hpp"
#include "base/parallel.hpp"

namespace clustcr {
namespace {

// Seven bits a byte, the low ones first; the top bit says that more follow.
std::uint64_t take(const std::uint8_t** at) {
  std::uint64_t number = 0;
  int shift = 0;
  for (;; shift += 7) {
    const std::uint8_t byte = *(*at)++;
    number |= std::uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return number;
  }
}

}  // namespace

ClusterMatrix::ClusterMatrix(std::size_t samples, CellValue value)
    : value_(value),
      cells_of_sample_(samples, 0),
      sum_(samples, 0),
      is_seen_(samples, 0) {}

void ClusterMatrix::put(std::uint64_t number) {
  for (; number >= 0x80; number >>= 7)
    packed_.push_back(static_cast<std::uint8_t>(number | 0x80));
  packed_.push_back(static_cast<std::uint8_t>(number));
}

void ClusterMatrix::count(std::uint32_t sample, std::uint64_t count) {
  if (sample >= samples())
    throw StoreError(
        "the clusters that were kept are of a sample that their clustering "
        "does not have",
        "damaged");
  if (!is_seen_[sample]) seen_.push_back(sample);
  is_seen_[sample] = 1;
  sum_[sample] += value_ == CellValue::kDuplicateCount ? count : 1;
}

void ClusterMatrix::close_cluster() {
  publicity_.push_back(static_cast<std::uint32_t>(seen_.size()));
  std::sort(seen_.begin(), seen_.end());
  // Receptors that were counted 0 times are there, but leave no cell.
  const auto has_cell = [&](std::uint32_t s) { return sum_[s] > 0; };
  put(std::count_if(seen_.begin(), seen_.end(), has_cell));
  std::uint32_t before = 0;
  for (const std::uint32_t sample : seen_) {
    is_seen_[sample] = 0;
    if (sum_[sample] == 0) continue;
    put(sample - before);
    put(value_ == CellValue::kPresence ? 1 : sum_[sample]);
    sum_[sample] = 0;
    ++cells_of_sample_[sample];
    before = sample;
  }
  seen_.clear();
}

void ClusterMatrix::add(const ClusterTable& table) {
  const Occurrences& in = table.rows.occurrences;
  std::size_t row = 0;
  // Also those without rows, as a precluster that is a cluster may be.
  for (std::uint32_t cluster = 0; cluster < table.clusters; ++cluster) {
    const std::size_t first = row;
    for (; row < table.cluster.size() && table.cluster[row] == cluster; ++row)
      for (std::uint64_t k = in.offsets[row]; k < in.offsets[row + 1]; ++k)
        count(in.sample[k], in.duplicate_count[k]);
    sizes_.push_back(static_cast<std::uint32_t>(row - first));
    close_cluster();
  }
  const std::vector<std::uint64_t> added = cluster_identities(table);
  identities_.insert(identities_.end(), added.begin(), added.end());
}

void ClusterMatrix::add_row(const Occurrences& in,
                            const std::vector<std::uint32_t>& members) {
  for (const std::uint32_t i : members)
    for (std::uint64_t k = in.offsets[i]; k < in.offsets[i + 1]; ++k)
      count(in.sample[k], in.duplicate_count[k]);
  sizes_.push_back(static_cast<std::uint32_t>(members.size()));
  close_cluster();
}

void ClusterMatrix::append(const ClusterMatrix& other) {
  const auto behind = [](auto* to, const auto& from) {
    to->insert(to->end(), from.begin(), from.end());
  };
  behind(&sizes_, other.sizes_);
  behind(&publicity_, other.publicity_);
  behind(&identities_, other.identities_);
  behind(&packed_, other.packed_);
  for (std::size_t s = 0; s < samples(); ++s)
    cells_of_sample_[s] += other.cells_of_sample_[s];
}

std::uint64_t ClusterMatrix::cells() const {
  return std::accumulate(cells_of_sample_.begin(), cells_of_sample_.end(),
                         std::uint64_t{0});
}

void ClusterMatrix::fill(Map* matrix) const {
  int* const starts = matrix->outerIndexPtr();
  int* const row_of = matrix->innerIndexPtr();
  double* const values = matrix->valuePtr();
  starts[0] = 0;
  for (std::size_t s = 0; s < samples(); ++s)
    starts[s + 1] = starts[s] + static_cast<int>(cells_of_sample_[s]);
  std::vector<int> next(starts, starts + samples());
  const std::uint8_t* at = packed_.data();
  for (std::size_t c = 0; c < clusters(); ++c) {
    std::uint64_t sample = 0;
    for (std::uint64_t left = take(&at); left > 0; --left) {
      sample += take(&at);
      const int place = next[sample]++;
      row_of[place] = static_cast<int>(c);
      values[place] = static_cast<double>(take(&at));
    }
  }
}

ClusterMatrix cluster_matrix(const ClusteringRun& run,
                             const PreclusterStore& store, std::size_t first,
                             std::size_t end, CellValue value,
                             const Execution& execution) {
  std::vector<std::string> names;
  run.snapshot().samples(&names);
  ClusterMatrix matrix(names.size(), value);
  CancelPoll poll(execution.host);
  for (std::size_t unit = first; unit < end; ++unit) {
    poll.check();
    matrix.add(run.unit(store, unit, execution));
  }
  return matrix;
}

}  // namespace clustcr
