#include "graph/neighbour_graph.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "base/errors.hpp"
#include "base/parallel.hpp"
#include "graph/key_partition.hpp"

namespace clustcr {
namespace {

// A key: 30 bits of its hash with its role below them, and whose it is. The
// hash's upper bits have chosen the partition, so 38 and more bits have to
// agree.
struct Key {
  std::uint32_t hash_and_role;
  std::uint32_t index;

  std::uint32_t hash() const { return hash_and_role >> 2; }
  KeyRole role() const { return static_cast<KeyRole>(hash_and_role & 3); }
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
  void operator()(const ReceptorSet& set, bool two, const Key* entries,
                  std::size_t count, std::vector<Edge>* pairs) {
    std::size_t slots = 16;
    while (slots < 2 * count) slots *= 2;
    heads_.assign(slots, kNone);
    next_.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      std::uint32_t& head = heads_[entries[i].hash() & (slots - 1)];
      for (std::uint32_t j = head; j != kNone; j = next_[j])
        if (entries[j].hash() == entries[i].hash() &&
            are_neighbours(set, two, entries[j], entries[i]))
          pairs->emplace_back(std::min(entries[i].index, entries[j].index),
                              std::max(entries[i].index, entries[j].index));
      next_[i] = head;
      head = static_cast<std::uint32_t>(i);
    }
  }

 private:
  static constexpr std::uint32_t kNone = 0xffffffffu;

  static bool are_neighbours(const ReceptorSet& set, bool two, const Key& a,
                             const Key& b) {
    if (!roles_pair(a.role(), b.role())) return false;
    if (!set.gene.empty() && set.gene[a.index] != set.gene[b.index])
      return false;
    const SequenceSet& s = set.sequences;
    const char* x = s.row(a.index);
    const char* y = s.row(b.index);
    if (a.role() == KeyRole::kAny)
      return two ? differ_at_two(x, y, s.stride())
                 : differ_at_one(x, y, s.stride());
    return a.role() == KeyRole::kShorter ? is_deletion_of(x, y, s.stride())
                                         : is_deletion_of(y, x, s.stride());
  }

  std::vector<std::uint32_t> heads_, next_;
};

}  // namespace

std::vector<Edge> neighbour_pairs(const ReceptorSet& set,
                                  const NeighbourRule& rule,
                                  const Execution& execution) {
  check_rule(rule);
  if (set.size() >= std::numeric_limits<std::uint32_t>::max())
    throw InvalidArgument(
        "a graph must have fewer than 2^32 - 1 receptors, not " +
        std::to_string(set.size()));
  std::size_t total = 0, longest = 0;
  for (std::size_t i = 0; i < set.size(); ++i) {
    total += set.sequences.length(i);
    longest = std::max(longest, set.sequences.length(i));
  }
  if (rule.distance == Distance::kLevenshtein) total *= 2;
  const NeighbourKeys keys(rule, longest);
  const int workers = usable_threads(execution.threads);
  std::vector<std::vector<Edge>> found(workers);
  std::vector<PartitionJoin> joins(workers);
  for (std::size_t pass = 0; pass < keys.passes(longest); ++pass) {
    const auto partitions = partition_keys<Key>(
        set, rule, keys, pass, partition_bits(total), execution,
        [](std::uint64_t hash, KeyRole role, std::size_t i) {
          return Key{static_cast<std::uint32_t>(hash) << 2 |
                         static_cast<std::uint32_t>(role),
                     static_cast<std::uint32_t>(i)};
        });
    parallel_for(partitions.parts(), 1, execution,
                 [&](std::size_t p, std::size_t, int w) {
                   joins[w](set, pass > 0, partitions.begin(p),
                            partitions.count(p), &found[w]);
                 });
  }
  std::vector<Edge> pairs = std::move(found[0]);
  for (int w = 1; w < workers; ++w) {
    pairs.insert(pairs.end(), found[w].begin(), found[w].end());
    std::vector<Edge>().swap(found[w]);
  }
  // A pair whose other hashes agree by chance was found more than once.
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  return pairs;
}

Graph neighbour_graph(const ReceptorSet& set, const NeighbourRule& rule,
                      const Execution& execution) {
  return graph_from_edges(set.size(), neighbour_pairs(set, rule, execution));
}

}  // namespace clustcr
