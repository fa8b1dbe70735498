// Where the clustering of a store stands, kept on disk so that a new session
// goes on from there.
#pragma once
#include <cstdint>
#include <string>

#include "store/precluster_store.hpp"

namespace clustcr {

struct ClusteringProgress {
  std::uint32_t batches = 0;       // committed when clustering began
  std::string mode;                // the host's: progress fits no other
  std::uint64_t next_unit = 0;     // the first not yet done
  std::uint64_t next_cluster = 1;  // the number of its first cluster
};

// False where there is none, or one that fits other batches.
bool read_progress(const PreclusterStore& store, ClusteringProgress* progress);
void write_progress(const PreclusterStore& store,
                    const ClusteringProgress& progress);
void remove_progress(const PreclusterStore& store);

}  // namespace clustcr
