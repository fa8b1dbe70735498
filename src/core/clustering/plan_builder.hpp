// Makes the plan of a clustering.
#pragma once
#include <string>

#include "base/ports.hpp"
#include "clustering/run_plan.hpp"
#include "clustering/run_settings.hpp"

namespace clustcr {

// Without `settings.join` units are preclusters, as many at a time as fit the
// memory limit. With it all receptors are joined and units of whole components
// written below `folder`: components stand by size, largest first, then by
// smallest receptor; units are runs of them that fit the memory limit, so that
// the clusters' order does not depend on where units end. With singletons,
// receptors without neighbours follow, in alphabetical order. Where all slices
// of the join are there (plan_slices.hpp), it is not done again.
RunPlan build_plan(const PreclusterStore& store, const Snapshot& snapshot,
                   const RunSettings& settings, const std::string& folder,
                   const Execution& execution);

}  // namespace clustcr
