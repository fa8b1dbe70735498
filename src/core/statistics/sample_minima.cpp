#include "statistics/sample_minima.hpp"

#include <algorithm>
#include <numeric>

#include "base/parallel.hpp"

namespace clustcr {

std::vector<double> sample_minima(const SparseColumns& matrix,
                                  const Execution& execution) {
  constexpr std::size_t kRows = 1 << 12;
  check_sparse_columns(matrix);
  const std::size_t n = matrix.columns;
  Cohort all;
  all.sample_of_column.resize(n);
  std::iota(all.sample_of_column.begin(), all.sample_of_column.end(), 0);
  const int workers = usable_threads(execution.threads);
  std::vector<std::vector<double>> sums(workers);
  std::vector<RowBlock> blocks(workers);
  parallel_for(matrix.rows, kRows, execution,
               [&](std::size_t begin, std::size_t end, int w) {
                 std::vector<double>& sum = sums[w];
                 sum.resize(n * n);
                 blocks[w].fill(matrix, all, begin, end);
                 for (std::size_t i = 0; i < end - begin; ++i) {
                   const ClusterRow row = blocks[w][i];
                   for (const SampleValue& a : row)
                     for (const SampleValue* b = row.first; b <= &a; ++b)
                       sum[a.sample * n + b->sample] +=
                           std::min(a.value, b->value);
                 }
               });
  std::vector<double> total(n * n, 0);
  for (const std::vector<double>& sum : sums)
    for (std::size_t k = 0; k < sum.size(); ++k) total[k] += sum[k];
  // Samples of a row ascend, so that one half is filled.
  for (std::size_t a = 0; a < n; ++a)
    for (std::size_t b = 0; b < a; ++b) total[b * n + a] = total[a * n + b];
  return total;
}

}  // namespace clustcr
