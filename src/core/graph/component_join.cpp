#include "graph/component_join.hpp"

#include <algorithm>
#include <mutex>

#include "base/errors.hpp"
#include "base/parallel.hpp"
#include "base/union_find.hpp"
#include "graph/key_spill.hpp"

namespace clustcr {
namespace {

constexpr std::uint64_t kKeysPerReceptor = 16;  // CDR3s have about 15

// Partitions small enough for a core's cache, but not so many that spilling
// them writes crumbs.
int spill_bits(std::uint64_t receptors, const NeighbourRule& rule) {
  const int factor = rule.distance == Distance::kLevenshtein ? 2 : 1;
  int bits = 0;
  while (bits < 11 && (receptors * kKeysPerReceptor * factor >> bits) > 1 << 16)
    ++bits;
  return bits;
}

using Link = std::pair<std::uint32_t, std::uint32_t>;

// What one partition says: which receptors hang together, and how many edges.
struct Finding {
  std::vector<Link> links;
  std::uint64_t edges = 0;
};

// Receptors with the same key are neighbours, but for texts that all lack a
// letter (kLonger) and that no whole text meets. A chance collision of 62 bits
// (a handful are to be expected among 10^9 receptors) can at worst put two
// components into one unit, where the exact graph parts them again.
Finding links_of(std::vector<SpilledKey> keys) {
  std::sort(keys.begin(), keys.end(),
            [](const SpilledKey& a, const SpilledKey& b) {
              return a.bits() != b.bits() ? a.bits() < b.bits() : a.id < b.id;
            });
  Finding finding;
  for (std::size_t i = 0; i < keys.size();) {
    const SpilledKey& first = keys[i];  // roles ascend
    std::uint64_t count[3] = {0, 0, 0};
    ++count[static_cast<int>(first.role())];
    for (++i; i < keys.size() && keys[i].hash() == first.hash(); ++i) {
      ++count[static_cast<int>(keys[i].role())];
      if (first.role() != KeyRole::kLonger)
        finding.links.emplace_back(first.id, keys[i].id);
    }
    finding.edges += count[0] * (count[0] - 1) / 2 + count[1] * count[2];
  }
  return finding;
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

class Joiner {
 public:
  Joiner(ReceptorParts* parts, const NeighbourRule& rule,
         std::size_t longest_possible, const Execution& execution)
      : parts_(parts),
        rule_(rule),
        keys_(rule, longest_possible),
        execution_(execution) {}

  void operator()(const std::string& folder, int bits,
                  std::uint64_t memory_limit, ComponentJoin* join) {
    std::size_t pass = 0;
    do {
      KeySpill spill(folder, bits, memory_limit);
      spill_keys(pass, &spill, join);
      if (pass == 0) sets_ = UnionFind(join->first.back());
      const std::uint64_t edges = join_spilled(&spill);
      if (pass == 0) join->edges = edges;
    } while (++pass < keys_.passes(longest_));
    number_components(&sets_, join);
  }

 private:
  // The first pass numbers the receptors, part after part, too.
  void spill_keys(std::size_t pass, KeySpill* spill, ComponentJoin* join) {
    std::uint64_t next = 0;
    parts_->for_each(execution_, [&](std::size_t, const ReceptorSet& set) {
      const auto base = static_cast<std::uint32_t>(next);
      next += set.size();
      if (next >= ComponentJoin::kAlone)
        throw InvalidArgument(
            "a clustering must have fewer than 2^32 - 1 distinct receptors");
      if (pass == 0) {
        join->first.push_back(base);
        join->occurrences += set.occurrences.sample.size();
        for (std::size_t i = 0; i < set.size(); ++i)
          longest_ = std::max(longest_, set.sequences.length(i));
      }
      spill->append(partition_keys<SpilledKey>(
          set, rule_, keys_, pass, spill->bits(), execution_,
          [base](std::uint64_t hash, KeyRole role, std::size_t i) {
            return SpilledKey::make(hash, role,
                                    base + static_cast<std::uint32_t>(i));
          }));
    });
    if (pass == 0) join->first.push_back(static_cast<std::uint32_t>(next));
  }

  // Returns the number of edges found.
  std::uint64_t join_spilled(KeySpill* spill) {
    std::mutex mutex;
    std::uint64_t edges = 0;
    parallel_for(spill->parts(), 1, execution_,
                 [&](std::size_t p, std::size_t, int) {
                   const Finding finding = links_of(spill->take(p));
                   std::lock_guard<std::mutex> lock(mutex);
                   for (const auto& [a, b] : finding.links) sets_.join(a, b);
                   edges += finding.edges;
                 });
    return edges;
  }

  ReceptorParts* parts_;
  NeighbourRule rule_;
  NeighbourKeys keys_;
  Execution execution_;
  std::size_t longest_ = 0;
  UnionFind sets_{0};
};

}  // namespace

ComponentJoin join_components(ReceptorParts* parts, const NeighbourRule& rule,
                              const std::string& folder,
                              std::size_t longest_possible,
                              std::uint64_t receptors,
                              std::uint64_t memory_limit,
                              const Execution& execution) {
  check_rule(rule);
  ComponentJoin join;
  Joiner(parts, rule, longest_possible, execution)(
      folder, spill_bits(receptors, rule), memory_limit, &join);
  return join;
}

}  // namespace clustcr
