// How much memory Markov clustering may take, and where the rest goes.
#pragma once
#include <cstdint>
#include <string>

namespace clustcr {

// The flow matrices that pass the limit are kept in files of `folder`, which
// have no name: they vanish with the clustering, or with the process. Labels
// do not depend on any of this.
struct MclMemory {
  // Bytes by which the process may grow. What mcl_bytes_per_node() tells of
  // the largest component is needed in any case; below it and some 10 MB the
  // limit can't be kept.
  std::uint64_t limit = UINT64_MAX;
  std::string folder;  // must be given with a limit, and must exist
};

// What a component takes besides its flow matrices, for each node: sums and
// marks of each thread, the columns' places and orders, its edges.
constexpr std::uint64_t mcl_bytes_per_node(int threads) {
  return 128 + 48 * static_cast<std::uint64_t>(threads);
}

}  // namespace clustcr
