#include "store/unique_preclusters.hpp"

#include "base/parallel.hpp"
#include "clustering/batch_pipeline.hpp"

namespace clustcr {
namespace {

// Rows taken at a time: enough for all threads, little beside any budget.
constexpr std::uint64_t kGroupRows = 1 << 18;

}  // namespace

std::size_t UniquePreclusters::end_of_group(std::size_t first) const {
  std::uint64_t rows = 0;
  std::size_t end = first;
  while (end < size() && (end == first || rows < kGroupRows))
    rows += store_.end_of(end++).rows;
  return end;
}

void UniquePreclusters::load(std::size_t first, std::size_t end,
                             const Execution& execution) {
  parallel_for(end - first, 1, execution, [&](std::size_t i, std::size_t, int) {
    const std::size_t p = first + i;
    if (is_kept_[p]) return;
    kept_[p] = sorted_unique(load_precluster(store_, p));
  });
}

// Keeps what the budget allows. A precluster that was kept once stays.
void UniquePreclusters::release(std::size_t first, std::size_t end) {
  for (std::size_t p = first; p < end; ++p) {
    if (is_kept_[p]) continue;
    const std::uint64_t bytes = kept_[p].size() * kept_[p].stride();
    if (kept_bytes_ + bytes <= memory_limit_) {
      kept_bytes_ += bytes;
      is_kept_[p] = 1;
    } else {
      kept_[p] = SequenceSet();
    }
  }
}

}  // namespace clustcr
