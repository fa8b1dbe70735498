#include "graph/neighbour_join.hpp"

#include <algorithm>

#include "base/parallel.hpp"

namespace clustcr {
namespace {

using Pair = std::pair<std::uint32_t, std::uint32_t>;

std::size_t longest_of(const SequenceSet& set) {
  std::size_t longest = 0;
  for (std::size_t i = 0; i < set.size(); ++i)
    longest = std::max(longest, set.length(i));
  return longest;
}

// Entries of one side in chains by their hash; the other side's are looked up.
class KeyTable {
 public:
  void fill(const Key* entries, std::size_t count) {
    entries_ = entries;
    std::size_t slots = 16;
    while (slots < 2 * count) slots *= 2;
    mask_ = slots - 1;
    heads_.assign(slots, kNone);
    next_.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      std::uint32_t& head = heads_[entries[i].hash() & mask_];
      next_[i] = head;
      head = static_cast<std::uint32_t>(i);
    }
  }
  template <class Visit>
  void look_up(const Key& key, Visit&& visit) const {
    for (std::uint32_t i = heads_[key.hash() & mask_]; i != kNone; i = next_[i])
      if (entries_[i].same_hash(key)) visit(entries_[i]);
  }

 private:
  static constexpr std::uint32_t kNone = 0xffffffffu;
  const Key* entries_ = nullptr;
  std::size_t mask_ = 0;
  std::vector<std::uint32_t> heads_, next_;
};

// The smaller side goes into the table, which so stays in the cache.
void join_partition(const ReceptorSet& held, const Partitioned<Key>& held_keys,
                    const ReceptorSet& block,
                    const Partitioned<Key>& block_keys, std::size_t p, bool two,
                    const KeyMatch& are_neighbours, KeyTable* table,
                    std::vector<Pair>* found) {
  const std::size_t n = held_keys.count(p), m = block_keys.count(p);
  if (n == 0 || m == 0) return;
  const Key* const held_begin = held_keys.begin(p);
  const Key* const block_begin = block_keys.begin(p);
  auto match = [&](const Key& a, const Key& b) {
    if (are_neighbours(held, a, block, b, two))
      found->emplace_back(a.index, b.index);
  };
  if (m < n) {
    table->fill(block_begin, m);
    for (std::size_t i = 0; i < n; ++i)
      table->look_up(held_begin[i],
                     [&](const Key& b) { match(held_begin[i], b); });
  } else {
    table->fill(held_begin, n);
    for (std::size_t i = 0; i < m; ++i)
      table->look_up(block_begin[i],
                     [&](const Key& a) { match(a, block_begin[i]); });
  }
}

}  // namespace

std::uint64_t NeighbourJoin::bytes_per_receptor(const NeighbourRule& rule) {
  return keys_per_receptor(rule) * sizeof(Key);
}

NeighbourJoin::NeighbourJoin(const ReceptorSet& held, const NeighbourRule& rule,
                             std::size_t block_rows, const Execution& execution)
    : held_(held),
      rule_(rule),
      longest_(longest_of(held.sequences)),
      keys_(rule, longest()),
      bits_(partition_bits(std::max(held.size(), block_rows) *
                           keys_per_receptor(rule))) {
  check_rule(rule);
  held_keys_ = partitioned(held_, 0, execution);
}

Partitioned<Key> NeighbourJoin::partitioned(const ReceptorSet& set,
                                            std::size_t pass,
                                            const Execution& execution) const {
  return partition_keys<Key>(set, rule_, keys_, pass, all_keys(bits_),
                             execution, Key::make);
}

std::vector<Pair> NeighbourJoin::pairs(const ReceptorSet& block,
                                       const Execution& execution) {
  const int workers = usable_threads(execution.threads);
  std::vector<std::vector<Pair>> found(workers);
  std::vector<KeyTable> tables(workers);
  const GeneSets genes(block.genes, rule_);
  const KeyMatch match(rule_, keys_, genes);
  for (std::size_t pass = 0; pass < keys_.passes(longest_); ++pass) {
    if (pass != held_pass_) {
      held_keys_ = Partitioned<Key>();  // before the next ones are made
      held_keys_ = partitioned(held_, pass, execution);
      held_pass_ = pass;
    }
    const Partitioned<Key> block_keys = partitioned(block, pass, execution);
    parallel_for(block_keys.parts(), 1, execution,
                 [&](std::size_t p, std::size_t, int w) {
                   join_partition(held_, held_keys_, block, block_keys, p,
                                  pass > 0, match, &tables[w], &found[w]);
                 });
  }
  std::vector<Pair> all = std::move(found[0]);
  for (int w = 1; w < workers; ++w) {
    all.insert(all.end(), found[w].begin(), found[w].end());
    std::vector<Pair>().swap(found[w]);
  }
  // A pair whose other hashes agree by chance was found more than once.
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace clustcr
