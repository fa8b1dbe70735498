#include "graph/component_join.hpp"

#include <algorithm>
#include <atomic>
#include <vector>

#include "base/checked_text.hpp"
#include "base/errors.hpp"
#include "base/parallel.hpp"
#include "base/union_find.hpp"
#include "graph/key_groups.hpp"
#include "graph/key_spill.hpp"
#include "graph/tcrdist_groups.hpp"

namespace clustcr {
namespace {

// Receptors whose keys are in memory before they are spilled.
constexpr std::size_t kRowsAtATime = 1 << 16;

// Partitions small enough for a core's cache, but not so many that spilling
// them writes crumbs.
int spill_bits(std::uint64_t receptors, const NeighbourRule& rule) {
  const std::uint64_t keys = receptors * keys_per_receptor(rule);
  int bits = 0;
  while (bits < 11 && (keys >> bits) > 1 << 15) ++bits;
  return bits;
}

void number_components(UnionFind* sets, ComponentJoin* join) {
  const auto n = static_cast<std::uint32_t>(sets->size());
  std::vector<std::uint32_t>& component = join->component;
  component.assign(n, ComponentJoin::kAlone);
  // Roots are the smallest of their sets, so each is met before its members.
  for (std::uint32_t i = 0; i < n; ++i) {
    const std::uint32_t root = sets->find(i);
    if (root == i) continue;
    if (component[root] == ComponentJoin::kAlone) {
      component[root] = static_cast<std::uint32_t>(join->component_size.size());
      join->component_size.push_back(1);
    }
    component[i] = component[root];
    ++join->component_size[component[root]];
  }
}

// A slice should have several partitions, so that its threads have work.
KeyRange range_of_slice(const JoinOptions& options, std::size_t slice,
                        std::size_t slices) {
  int bits = spill_bits(options.receptors, options.rule);
  while (slices > 1 && (std::size_t{1} << bits) < 8 * slices) ++bits;
  const std::size_t parts = std::size_t{1} << bits;
  return {bits, parts * slice / slices, parts * (slice + 1) / slices};
}

class Joiner {
 public:
  Joiner(ReceptorParts* parts, const JoinOptions& options,
         const KeyRange& range, const Execution& execution)
      : parts_(parts),
        options_(options),
        range_(range),
        keys_(options.rule, options.longest_possible),
        execution_(execution),
        beside_{GeneSets({}, options.rule), {}, {}} {}

  // Which receptors hang together by the keys in the range. All but `links`
  // of the slice is filled.
  UnionFind join(JoinSlice* slice) {
    const std::uint64_t keys =
        options_.receptors * keys_per_receptor(options_.rule);
    std::size_t pass = 0;
    do {
      KeySpill spill(options_.folder, range_.size(),
                     (keys >> range_.bits) * range_.size() * bytes_per_key(),
                     options_.memory_limit);
      spill_keys(pass, &spill, slice);
      if (pass == 0) sets_ = UnionFind(slice->first.back());
      const std::uint64_t edges = join_spilled(&spill);
      if (pass == 0) slice->edges = edges;
    } while (++pass < keys_.passes(longest_));
    return std::move(sets_);
  }

 private:
  // The first pass numbers the receptors, part after part, too.
  void spill_keys(std::size_t pass, KeySpill* spill, JoinSlice* slice) {
    std::uint64_t next = 0;
    std::vector<std::uint32_t> base;
    parts_->for_each_group(execution_, [&](std::size_t first, std::size_t end,
                                           const ReceptorSet* sets) {
      base.clear();
      for (std::size_t k = 0; k < end - first; ++k) {
        base.push_back(static_cast<std::uint32_t>(next));
        next += sets[k].size();
        if (next >= ComponentJoin::kAlone)
          throw InvalidArgument(
              "a clustering must have fewer than 2^32 - 1 distinct receptors");
        if (pass == 0) note(sets[k], base.back(), slice);
      }
      for (std::size_t k = 0; k < end - first;) {
        std::size_t behind = k;
        for (std::size_t rows = 0; behind < end - first; ++behind) {
          rows += sets[behind].size();
          if (behind > k && rows > kRowsAtATime) break;
        }
        spill_some(sets + k, base.data() + k, behind - k, pass, spill);
        k = behind;
      }
    });
    if (pass == 0) slice->first.push_back(static_cast<std::uint32_t>(next));
  }

  void note(const ReceptorSet& set, std::uint32_t base, JoinSlice* slice) {
    slice->first.push_back(base);
    slice->occurrences += set.occurrences.sample.size();
    for (std::size_t i = 0; i < set.size(); ++i)
      longest_ = std::max(longest_, set.sequences.length(i));
    if (options_.rule.genes_beside_keys()) note_genes(set);
  }

  // Threads share the sets where there are enough, else the rows of each.
  void spill_some(const ReceptorSet* sets, const std::uint32_t* base,
                  std::size_t n, std::size_t pass, KeySpill* spill) const {
    std::vector<Partitioned<SpilledKey>> keys(n);
    const auto make = [&](std::size_t k, const Execution& execution) {
      keys[k] = partition_keys<SpilledKey>(
          sets[k], options_.rule, keys_, pass, range_, execution,
          [first = base[k], bits = range_.bits](const NeighbourKey& key,
                                                std::size_t i) {
            return SpilledKey::make(key, bits,
                                    first + static_cast<std::uint32_t>(i));
          });
    };
    if (n < 2 * static_cast<std::size_t>(usable_threads(execution_.threads)))
      for (std::size_t k = 0; k < n; ++k) make(k, execution_);
    else
      parallel_tasks(n, 1, execution_,
                     [&](std::size_t k, std::size_t, int,
                         const Execution& alone) { make(k, alone); });
    spill->append_each(execution_, [&](std::size_t part, std::string* bytes) {
      for (std::size_t k = 0; k < n; ++k)
        append(sets[k], base[k], keys[k], part, bytes);
    });
  }

  bool by_tcrdist() const {
    return options_.rule.distance == Distance::kTcrdist;
  }
  // About; the letters that TCRdist compares are some ten.
  std::size_t bytes_per_key() const {
    return sizeof(SpilledKey) + (by_tcrdist() ? 20 : 0);
  }

  void append(const ReceptorSet& set, std::uint32_t base,
              const Partitioned<SpilledKey>& keys, std::size_t part,
              std::string* bytes) const {
    const SpilledKey* const begin = keys.begin(part);
    const std::size_t count = keys.count(part);
    if (by_tcrdist())
      for (std::size_t i = 0; i < count; ++i)
        append_tcrdist_key(begin[i], set.sequences[begin[i].id - base], bytes);
    else
      bytes->append(reinterpret_cast<const char*>(begin),
                    count * sizeof(SpilledKey));
  }

  // All receptors of a sequence are in one part, one after the other.
  void note_genes(const ReceptorSet& set) {
    std::vector<std::uint32_t> number;
    for (const std::string& genes : set.genes)
      number.push_back(beside_.sets.number_of(genes));
    for (std::size_t i = 0; i < set.size(); ++i) {
      sequences_ += i == 0 || set.sequences.compare(i - 1, i) != 0;
      beside_.genes.push_back(set.gene.empty() ? 0 : number[set.gene[i]]);
      beside_.sequence.push_back(sequences_);
    }
  }

  struct Groups {
    KeyGroups by_letters;
    TcrdistGroups by_tcrdist;
  };

  KeyLinks links_of(KeySpill* spill, std::size_t part, Groups* groups) const {
    const bool sets = options_.rule.genes_beside_keys();
    if (by_tcrdist())
      return groups->by_tcrdist.links_of(spill->take_bytes(part),
                                         sets ? &beside_ : nullptr);
    const std::vector<SpilledKey> keys = spill->take(part);
    return sets ? groups->by_letters.links_of(keys, beside_)
                : groups->by_letters.links_of(keys);
  }

  // Returns the number of edges found.
  std::uint64_t join_spilled(KeySpill* spill) {
    std::atomic<std::uint64_t> edges{0};
    std::vector<Groups> groups(
        usable_threads(execution_.threads),
        Groups{KeyGroups(), TcrdistGroups(options_.rule, keys_.tcrdist())});
    parallel_for(spill->parts(), 1, execution_,
                 [&](std::size_t p, std::size_t, int worker) {
                   const KeyLinks found = links_of(spill, p, &groups[worker]);
                   for (const auto& [a, b] : found.links) sets_.join(a, b);
                   edges += found.edges;
                 });
    return edges;
  }

  ReceptorParts* parts_;
  JoinOptions options_;
  KeyRange range_;
  NeighbourKeys keys_;
  Execution execution_;
  GenesBesideKeys beside_;  // where genes are no part of keys
  std::uint32_t sequences_ = 0;
  std::size_t longest_ = 0;
  UnionFind sets_{0};
};

ComponentJoin finished(UnionFind* sets, JoinSlice&& slice) {
  ComponentJoin join;
  join.first = std::move(slice.first);
  join.occurrences = slice.occurrences;
  join.edges = slice.edges;
  number_components(sets, &join);
  return join;
}

}  // namespace

ComponentJoin join_components(ReceptorParts* parts, const JoinOptions& options,
                              const Execution& execution) {
  check_rule(options.rule);
  JoinSlice all;
  UnionFind sets =
      Joiner(parts, options, range_of_slice(options, 0, 1), execution)
          .join(&all);
  return finished(&sets, std::move(all));
}

JoinSlice join_slice(ReceptorParts* parts, const JoinOptions& options,
                     std::size_t slice, std::size_t slices,
                     const Execution& execution) {
  check_rule(options.rule);
  JoinSlice result;
  UnionFind sets =
      Joiner(parts, options, range_of_slice(options, slice, slices), execution)
          .join(&result);
  for (std::uint32_t i = 0; i < sets.size(); ++i) {
    const std::uint32_t root = sets.find(i);
    if (root != i) result.links.push_back({i, root});
  }
  return result;
}

ComponentJoin combine_slices(const std::vector<std::string>& paths) {
  JoinSlice all;
  UnionFind sets(0);
  for (const std::string& path : paths) {
    JoinSlice slice = read_join_slice(path);
    if (&path == &paths.front()) {
      all = std::move(slice);
      sets = UnionFind(all.first.back());
      slice.links.swap(all.links);
    } else if (slice.first != all.first ||
               slice.occurrences != all.occurrences) {
      damaged(path, "it is of other receptors");
    } else {
      all.edges += slice.edges;
    }
    for (const auto& [a, b] : slice.links) sets.join(a, b);
  }
  return finished(&sets, std::move(all));
}

}  // namespace clustcr
