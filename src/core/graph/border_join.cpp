#include "graph/border_join.hpp"

#include <algorithm>
#include <mutex>

#include "base/errors.hpp"
#include "base/parallel.hpp"
#include "base/union_find.hpp"
#include "graph/masked_spill.hpp"

namespace clustcr {
namespace {

constexpr std::uint64_t kMaskedPerSequence = 16;  // CDR3s have about 15

// Partitions small enough for a core's cache, but not so many that spilling
// them writes crumbs.
int spill_bits(std::uint64_t sequences) {
  int bits = 0;
  while (bits < 11 && (sequences * kMaskedPerSequence >> bits) > 1 << 16)
    ++bits;
  return bits;
}

void spill_hashes(UniquePreclusters* preclusters, MaskedSpill* spill,
                  BorderJoin* join, const Execution& execution) {
  std::uint64_t next = 0;
  preclusters->for_each(execution, [&](std::size_t, const SequenceSet& set) {
    const auto base = static_cast<std::uint32_t>(next);
    join->first.push_back(base);
    next += set.size();
    if (next >= BorderJoin::kAlone)
      throw InvalidArgument(
          "a run must have fewer than 2^32 - 1 distinct sequences");
    spill->append(partition_masked<MaskedId>(
        set, spill->bits(), execution,
        [base](std::uint64_t hash, std::size_t i) {
          return MaskedId{static_cast<std::uint32_t>(hash >> 32),
                          static_cast<std::uint32_t>(hash),
                          base + static_cast<std::uint32_t>(i)};
        }));
  });
  join->first.push_back(static_cast<std::uint32_t>(next));
}

// What one partition says: edges, and which sequences hang together.
struct PartitionFinding {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> links;
  std::uint64_t edges = 0, edges_within = 0;
};

std::uint64_t pairs_of(std::uint64_t n) { return n * (n - 1) / 2; }

// Entries with the same hash are sequences with the same letters but for one
// position: a clique. A chance collision of 64 bits (a handful are to be
// expected among 10^9 sequences) can at worst put two components into one
// unit, where the exact graph parts them again.
PartitionFinding join_partition(std::vector<MaskedId> entries,
                                const std::vector<std::uint32_t>& first) {
  std::sort(entries.begin(), entries.end(),
            [](const MaskedId& a, const MaskedId& b) {
              return a.hash() != b.hash() ? a.hash() < b.hash() : a.id < b.id;
            });
  PartitionFinding finding;
  for (std::size_t i = 0; i < entries.size();) {
    std::size_t end = i + 1;
    while (end < entries.size() && entries[end].hash() == entries[i].hash())
      finding.links.emplace_back(entries[i].id, entries[end++].id);
    finding.edges += pairs_of(end - i);
    // Ids ascend by precluster: count the runs that share one.
    while (i < end) {
      const auto border =
          std::upper_bound(first.begin(), first.end(), entries[i].id);
      std::size_t run = i;
      while (run < end && entries[run].id < *border) ++run;
      finding.edges_within += pairs_of(run - i);
      i = run;
    }
  }
  return finding;
}

void number_components(UnionFind* sets, BorderJoin* join) {
  const auto n = static_cast<std::uint32_t>(sets->size());
  std::vector<std::uint32_t>& component = join->component;
  component.assign(n, BorderJoin::kAlone);
  // Roots are the smallest of their sets, so each is met before its members.
  for (std::uint32_t i = 0; i < n; ++i) {
    const std::uint32_t root = sets->find(i);
    if (root == i) continue;
    if (component[root] == BorderJoin::kAlone) {
      component[root] = static_cast<std::uint32_t>(join->component_size.size());
      join->component_size.push_back(1);
    }
    component[i] = component[root];
    ++join->component_size[component[root]];
  }
}

}  // namespace

BorderJoin join_borders(UniquePreclusters* preclusters,
                        const std::string& folder, std::uint64_t sequences,
                        std::uint64_t memory_limit,
                        const Execution& execution) {
  BorderJoin join;
  MaskedSpill spill(folder, spill_bits(sequences), memory_limit / 2);
  spill_hashes(preclusters, &spill, &join, execution);
  UnionFind sets(join.first.back());
  std::mutex mutex;
  parallel_for(spill.parts(), 1, execution,
               [&](std::size_t p, std::size_t, int) {
                 const PartitionFinding finding =
                     join_partition(spill.take(p), join.first);
                 std::lock_guard<std::mutex> lock(mutex);
                 for (const auto& [a, b] : finding.links) sets.join(a, b);
                 join.edges += finding.edges;
                 join.edges_within += finding.edges_within;
               });
  number_components(&sets, &join);
  return join;
}

}  // namespace clustcr
