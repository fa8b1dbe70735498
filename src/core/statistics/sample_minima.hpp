// What two samples have in common, counted by the smaller of both: of all pairs
// of samples the sum over clusters of the smaller value.
#pragma once
#include <vector>

#include "base/ports.hpp"
#include "statistics/association_rows.hpp"

namespace clustcr {

// By columns, samples x samples. Exact, and so in any order, where values are
// whole numbers and sums are below 2^53.
std::vector<double> sample_minima(const SparseColumns& matrix,
                                  const Execution& execution);

}  // namespace clustcr
