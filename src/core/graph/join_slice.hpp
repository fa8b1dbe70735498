// What one slice of a join's keys says, in memory and as a file: how several
// processes tell each other which receptors hang together.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace clustcr {

struct ReceptorLink {
  std::uint32_t a, b;
};

struct JoinSlice {
  // The same in all slices: as in ComponentJoin.
  std::vector<std::uint32_t> first;
  std::uint64_t occurrences = 0;
  // Of this slice's keys.
  std::uint64_t edges = 0;
  // b is smaller; as few as say what hangs together.
  std::vector<ReceptorLink> links;
};

// In one step: another process that joins the same writes the same bytes.
void write_join_slice(const std::string& path, const JoinSlice& slice,
                      bool durable);
// Throws StoreError ("missing", "damaged") that names the file.
JoinSlice read_join_slice(const std::string& path);

}  // namespace clustcr
