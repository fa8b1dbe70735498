#include "graph/neighbour_graph.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <string>

#include "base/errors.hpp"
#include "base/parallel.hpp"
#include "graph/key_match.hpp"
#include "graph/key_partition.hpp"

namespace clustcr {
namespace {

// Joins one partition: entries with the same hash are chained, and each new
// one is paired with those already in its chain. The number of steps is that
// of the pairs found, but for chance collisions.
class PartitionJoin {
 public:
  void operator()(const ReceptorSet& set, const KeyMatch& match, bool two,
                  const Key* entries, std::size_t count,
                  std::vector<Edge>* pairs) {
    std::size_t slots = 16;
    while (slots < 2 * count) slots *= 2;
    heads_.assign(slots, kNone);
    next_.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      std::uint32_t& head = heads_[entries[i].hash() & (slots - 1)];
      for (std::uint32_t j = head; j != kNone; j = next_[j])
        if (entries[j].same_hash(entries[i]) &&
            match(set, entries[j], set, entries[i], two))
          pairs->emplace_back(std::min(entries[i].index, entries[j].index),
                              std::max(entries[i].index, entries[j].index));
      next_[i] = head;
      head = static_cast<std::uint32_t>(i);
    }
  }

 private:
  static constexpr std::uint32_t kNone = 0xffffffffu;

  std::vector<std::uint32_t> heads_, next_;
};

// All that was found of n receptors, ascending: by the first of a pair at one
// go, by the second among the few of each.
std::vector<Edge> in_order(std::vector<std::vector<Edge>>* found,
                           std::size_t n) {
  std::vector<std::size_t> next(n + 1, 0);
  for (const auto& some : *found)
    for (const Edge& pair : some) ++next[pair.first + 1];
  std::partial_sum(next.begin(), next.end(), next.begin());
  std::vector<Edge> pairs(next[n]);
  for (auto& some : *found) {
    for (const Edge& pair : some) pairs[next[pair.first]++] = pair;
    std::vector<Edge>().swap(some);
  }
  auto begin = pairs.begin();
  for (std::size_t i = 0; i < n; ++i) {
    const auto end = pairs.begin() + static_cast<std::ptrdiff_t>(next[i]);
    if (end - begin > 1) std::sort(begin, end);
    begin = end;
  }
  // A pair whose other hashes agree by chance was found more than once.
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  return pairs;
}

}  // namespace

std::vector<Edge> neighbour_pairs(const ReceptorSet& set,
                                  const NeighbourRule& rule,
                                  const Execution& execution) {
  check_rule(rule);
  if (set.size() >= std::numeric_limits<std::uint32_t>::max())
    throw InvalidArgument(
        "a graph must have fewer than 2^32 - 1 receptors, not " +
        std::to_string(set.size()));
  std::size_t longest = 0;
  for (std::size_t i = 0; i < set.size(); ++i)
    longest = std::max(longest, set.sequences.length(i));
  const std::size_t total = set.size() * keys_per_receptor(rule);
  const NeighbourKeys keys(rule, longest);
  const GeneSets genes(set.genes, rule);
  const KeyMatch match(rule, keys, genes);
  const int workers = usable_threads(execution.threads);
  std::vector<std::vector<Edge>> found(workers);
  std::vector<PartitionJoin> joins(workers);
  for (std::size_t pass = 0; pass < keys.passes(longest); ++pass) {
    const auto partitions = partition_keys<Key>(set, rule, keys, pass,
                                                all_keys(partition_bits(total)),
                                                execution, Key::make);
    parallel_for(partitions.parts(), 1, execution,
                 [&](std::size_t p, std::size_t, int w) {
                   joins[w](set, match, pass > 0, partitions.begin(p),
                            partitions.count(p), &found[w]);
                 });
  }
  return in_order(&found, set.size());
}

std::vector<std::uint32_t> tcr_distances(const ReceptorSet& set,
                                         const std::vector<Edge>& pairs,
                                         const NeighbourRule& rule,
                                         const Execution& execution) {
  constexpr std::size_t kGrain = 4096;
  const GeneSets genes(set.genes, rule);
  std::vector<std::uint32_t> distances(pairs.size());
  parallel_for(pairs.size(), kGrain, execution,
               [&](std::size_t begin, std::size_t end, int) {
                 for (std::size_t k = begin; k < end; ++k) {
                   const auto [i, j] = pairs[k];
                   distances[k] =
                       tcr_distance(set.sequences[i], set.sequences[j]);
                   if (!set.gene.empty())
                     distances[k] += genes.distance(set.gene[i], set.gene[j]);
                 }
               });
  return distances;
}

Graph neighbour_graph(const ReceptorSet& set, const NeighbourRule& rule,
                      const Execution& execution) {
  return graph_from_edges(set.size(), neighbour_pairs(set, rule, execution));
}

}  // namespace clustcr
