// Makes the plan of a clustering across precluster borders.
#pragma once
#include <cstdint>

#include "base/ports.hpp"
#include "clustering/cluster_plan.hpp"

namespace clustcr {

struct PlanOptions {
  bool singletons = false;
  std::uint64_t memory_limit = std::uint64_t{1} << 31;
};

// The plan on disk where it fits; else joins the preclusters and writes one.
// Components stand by size, largest first, then by smallest sequence; units
// are runs of them that fit the memory limit, so that the clusters' order does
// not depend on where units end. With `singletons`, sequences without
// neighbours follow, in alphabetical order.
ClusterPlan plan_units(const PreclusterStore& store, const PlanOptions& options,
                       const Execution& execution);

}  // namespace clustcr
