#include "clustering/units_text.hpp"

#include <algorithm>

#include "base/parallel.hpp"
#include "clustering/cluster_memory.hpp"
#include "clustering/cluster_text.hpp"

namespace clustcr {

std::size_t append_units(const ClusteringRun& run, const PreclusterStore& store,
                         const std::vector<WrittenUnit>& units,
                         const std::vector<std::string>& wanted, char separator,
                         const std::string& file, const Execution& execution) {
  // What fits into memory; a giant is alone.
  const std::uint64_t most_rows = std::min(
      run.settings().memory_limit / kClusterBytesPerRow,
      2 * kUnitRows *
          static_cast<std::uint64_t>(usable_threads(execution.threads)));
  std::size_t n = 0;
  for (std::uint64_t rows = 0; n < units.size(); ++n) {
    rows += run.rows_of(units[n].unit);
    if (n > 0 && rows > most_rows) break;
  }
  std::vector<std::string> text(n);
  std::vector<char> known(n, 0);
  parallel_tasks(n, 1, execution,
                 [&](std::size_t i, std::size_t, int, const Execution& alone) {
                   known[i] = append_cluster_text(
                       run.unit(store, units[i].unit, alone), store.manifest(),
                       units[i].first_cluster, wanted, separator, &text[i]);
                 });
  std::size_t written = 0;
  while (written < n && known[written]) append_to_file(file, text[written++]);
  return written;
}

}  // namespace clustcr
