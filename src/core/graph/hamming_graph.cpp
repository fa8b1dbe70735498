#include "graph/hamming_graph.hpp"

#include <algorithm>
#include <limits>

#include "base/errors.hpp"
#include "base/parallel.hpp"
#include "graph/partition.hpp"

namespace clustcr {
namespace {

// A masked sequence: 32 bits of its hash and whose it is. The hash's upper
// bits have chosen the partition, so 40 and more bits have to agree.
struct Masked {
  std::uint32_t hash;
  std::uint32_t index;
};

// Entries a partition should hold: with its chains it stays within an L2
// cache, so that joining never waits for memory.
constexpr std::size_t kPartitionEntries = 1 << 14;
int partition_bits(std::size_t entries) {
  int bits = 0;
  while (bits < 16 && (entries >> bits) > kPartitionEntries) ++bits;
  return bits;
}

// Joins one partition: entries with the same hash are chained, and each new
// one is paired with those already in its chain. The number of steps is that
// of the pairs found, but for chance collisions.
class PartitionJoin {
 public:
  void operator()(const SequenceSet& set, const Masked* entries,
                  std::size_t count, std::vector<Edge>* pairs) {
    std::size_t slots = 16;
    while (slots < 2 * count) slots *= 2;
    heads_.assign(slots, kNone);
    next_.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      std::uint32_t& head = heads_[entries[i].hash & (slots - 1)];
      for (std::uint32_t j = head; j != kNone; j = next_[j])
        if (entries[j].hash == entries[i].hash)
          add_pair(set, entries[j].index, entries[i].index, pairs);
      next_[i] = head;
      head = static_cast<std::uint32_t>(i);
    }
  }

 private:
  static constexpr std::uint32_t kNone = 0xffffffffu;

  static void add_pair(const SequenceSet& set, std::uint32_t a, std::uint32_t b,
                       std::vector<Edge>* pairs) {
    if (differ_at_one(set.row(a), set.row(b), set.stride()))
      pairs->emplace_back(std::min(a, b), std::max(a, b));
  }

  std::vector<std::uint32_t> heads_, next_;
};

}  // namespace

std::vector<Edge> hamming_pairs(const SequenceSet& set,
                                const Execution& execution) {
  if (set.size() >= std::numeric_limits<std::uint32_t>::max())
    throw InvalidArgument(
        "a Hamming graph must have fewer than 2^32 - 1 sequences, not " +
        std::to_string(set.size()));
  std::size_t total = 0;
  for (std::size_t i = 0; i < set.size(); ++i) total += set.length(i);
  const auto partitions =
      partition_masked<Masked>(set, partition_bits(total), execution,
                               [](std::uint64_t hash, std::size_t i) {
                                 return Masked{static_cast<std::uint32_t>(hash),
                                               static_cast<std::uint32_t>(i)};
                               });
  const int workers = usable_threads(execution.threads);
  std::vector<std::vector<Edge>> found(workers);
  std::vector<PartitionJoin> joins(workers);
  parallel_for(
      partitions.parts(), 1, execution, [&](std::size_t p, std::size_t, int w) {
        joins[w](set, partitions.begin(p), partitions.count(p), &found[w]);
      });
  std::vector<Edge> pairs = std::move(found[0]);
  for (int w = 1; w < workers; ++w)
    pairs.insert(pairs.end(), found[w].begin(), found[w].end());
  // A pair whose other hashes agree by chance was found more than once.
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  return pairs;
}

Graph hamming_graph(const SequenceSet& set, const Execution& execution) {
  return graph_from_edges(set.size(), hamming_pairs(set, execution));
}

}  // namespace clustcr
