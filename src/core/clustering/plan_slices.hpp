// A plan's join, shared by several processes: each makes some slices, and
// whoever plans takes up what all of them say.
//
//   join/0001-of-0004   a slice (graph/join_slice.hpp)
//   join/keys-<name>/   keys of a slice that is being made
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "base/ports.hpp"
#include "clustering/run_folder.hpp"
#include "clustering/run_settings.hpp"
#include "graph/component_join.hpp"
#include "store/precluster_store.hpp"

namespace clustcr {

// The same for all slices and for a join as a whole, so that receptors are
// numbered alike.
JoinOptions join_options(const PreclusterStore& store, const Snapshot& snapshot,
                         const RunSettings& settings,
                         const std::string& folder);
ReceptorParts join_parts(const PreclusterStore& store, const Snapshot& snapshot,
                         const RunSettings& settings);

// Makes slice `slice` (from 0) of `slices` in the run's folder, if it is not
// there. Keys that do not fit in memory lie in `scratch` or, where that is
// empty, beside it.
void make_slice(const PreclusterStore& store, const RunFolder& run,
                const std::string& scratch, std::size_t slice,
                std::size_t slices, const Execution& execution);

// The files of all slices, where none is missing; else none.
std::vector<std::string> complete_slices(const std::string& folder);
void remove_slices(const std::string& folder);

}  // namespace clustcr
