// Removes runs, and stores with all that lies on them.
#pragma once
#include <string>

#include "base/ports.hpp"
#include "store/precluster_store.hpp"

namespace clustcr {

// Removes all runs below `root`, and nothing else. Throws StoreError ("locked")
// where another process works on one.
void remove_runs(const std::string& root);

// Removes a store, its runs and what workers staged for it.
void remove_store(PreclusterStore* store, const std::string& root, double wait,
                  Host* host);

}  // namespace clustcr
