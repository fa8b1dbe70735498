// Entries made from the keys of receptors, those of a partition side by side.
#pragma once
#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

#include "base/parallel.hpp"
#include "graph/neighbour_keys.hpp"
#include "sequence/receptors.hpp"

namespace clustcr {

template <class Entry>
struct Partitioned {
  std::unique_ptr<Entry[]> entries;
  std::vector<std::size_t> offsets;  // partition p: offsets[p] .. offsets[p+1]

  std::size_t parts() const { return offsets.size() - 1; }
  const Entry* begin(std::size_t p) const { return entries.get() + offsets[p]; }
  std::size_t count(std::size_t p) const { return offsets[p + 1] - offsets[p]; }
};

// Some of the 2^bits partitions that keys fall into by their first bits.
struct KeyRange {
  int bits = 0;
  std::size_t first = 0, end = 1;

  std::size_t size() const { return end - first; }
  std::size_t part_of(std::uint64_t hash) const {
    return bits == 0 ? 0 : static_cast<std::size_t>(hash >> (64 - bits));
  }
};

inline KeyRange all_keys(int bits) { return {bits, 0, std::size_t{1} << bits}; }

// make(NeighbourKey, i) for every key in the range of every receptor i in this
// pass; partition p of the result is range.first + p. Counts, then places: each
// block of receptors writes to a range of its own in each partition, so threads
// need no locks and the order of the entries is always the same.
template <class Entry, class Make>
Partitioned<Entry> partition_keys(const ReceptorSet& set,
                                  const NeighbourRule& rule,
                                  const NeighbourKeys& keys, std::size_t pass,
                                  const KeyRange& range,
                                  const Execution& execution, Make&& make) {
  constexpr std::size_t kBlock = 1 << 13;
  const std::size_t n = set.size();
  const std::size_t blocks = (n + kBlock - 1) / kBlock;
  const std::size_t parts = range.size();
  const std::vector<std::uint64_t> gene_hash = key_gene_hashes(set, rule);
  std::vector<char> left_out(set.genes.size(), 0);
  if (!rule.missing_genes_match)
    for (std::size_t g = 0; g < set.genes.size(); ++g)
      left_out[g] = lacks_gene(set.genes[g]);
  auto visit_block = [&](std::size_t b, auto&& visit) {
    const std::size_t end = std::min(n, (b + 1) * kBlock);
    for (std::size_t i = b * kBlock; i < end; ++i) {
      if (!set.gene.empty() && left_out[set.gene[i]]) continue;
      keys(set.sequences.row(i), set.sequences.length(i),
           set.gene.empty() ? 0 : gene_hash[set.gene[i]], pass,
           [&](const NeighbourKey& key) {
             const std::size_t part = range.part_of(key.hash) - range.first;
             if (part < parts) visit(part, key, i);
           });
    }
  };

  std::vector<std::size_t> place(blocks * parts, 0);
  parallel_for(blocks, 1, execution, [&](std::size_t b, std::size_t, int) {
    std::size_t* count = place.data() + b * parts;
    visit_block(b, [&](std::size_t part, const NeighbourKey&, std::size_t) {
      ++count[part];
    });
  });
  Partitioned<Entry> result;
  result.offsets.resize(parts + 1);
  std::size_t at = 0;
  for (std::size_t p = 0; p < parts; ++p) {
    result.offsets[p] = at;
    for (std::size_t b = 0; b < blocks; ++b) {
      const std::size_t count = place[b * parts + p];
      place[b * parts + p] = at;
      at += count;
    }
  }
  result.offsets[parts] = at;
  // Not a vector, which would write zeros first.
  result.entries.reset(new Entry[at]);
  parallel_for(blocks, 1, execution, [&](std::size_t b, std::size_t, int) {
    std::size_t* next = place.data() + b * parts;
    visit_block(b,
                [&](std::size_t part, const NeighbourKey& key, std::size_t i) {
                  result.entries[next[part]++] = make(key, i);
                });
  });
  return result;
}

}  // namespace clustcr
