// Units of a run as rows of a text table, many at a time.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "clustering/clustering_run.hpp"

namespace clustcr {

struct WrittenUnit {
  std::size_t unit;
  std::uint64_t first_cluster;  // its number in the table
};

// Writes the rows of units, from the front on as many as threads have work
// with, behind what the file has (append_cluster_text()). Returns how many;
// less where only the host knows how a value of the next is written.
std::size_t append_units(const ClusteringRun& run, const PreclusterStore& store,
                         const std::vector<WrittenUnit>& units,
                         const std::vector<std::string>& wanted, char separator,
                         const std::string& file, const Execution& execution);

}  // namespace clustcr
