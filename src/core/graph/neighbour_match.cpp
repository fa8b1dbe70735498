#include "graph/neighbour_match.hpp"

#include <algorithm>
#include <tuple>

#include "base/hash.hpp"
#include "base/parallel.hpp"

namespace clustcr {
namespace {

constexpr std::size_t kGrain = 4096;

std::uint64_t hash_of(const ReceptorSet& set, std::size_t i,
                      const std::vector<std::uint64_t>& gene_hash) {
  return hash64(set.sequences[i],
                set.gene.empty() ? 0 : gene_hash[set.gene[i]]);
}

bool before(const NeighbourPair& a, const NeighbourPair& b) {
  return std::tie(a.held, a.other) < std::tie(b.held, b.other);
}

}  // namespace

NeighbourMatch::NeighbourMatch(const ReceptorSet& held,
                               const NeighbourRule& rule,
                               std::size_t block_rows,
                               const Execution& execution)
    : held_(held),
      rule_(rule),
      block_rows_(std::max<std::size_t>(1, block_rows)),
      execution_(execution),
      join_(held, rule, block_rows, execution),
      gene_hash_(gene_hashes(held)) {
  block_.genes = held.genes;
  for (std::uint32_t g = 0; g < held.genes.size(); ++g)
    gene_number_.emplace(held.genes[g], g);
  std::size_t slots = 16;
  while (slots < 2 * held.size()) slots *= 2;
  slots_.assign(slots, kNone);
  for (std::size_t i = 0; i < held.size(); ++i) {
    std::size_t at = hash_of(held, i, gene_hash_) & (slots - 1);
    while (slots_[at] != kNone) at = (at + 1) & (slots - 1);
    slots_[at] = static_cast<std::uint32_t>(i);
  }
}

// The number that each has among the held ones'; kNone where none of them has
// it, and so no neighbour. Where sets may meet, others are numbered behind.
std::vector<std::uint32_t> NeighbourMatch::genes_of_held(
    const std::vector<std::string>& genes) {
  std::vector<std::uint32_t> found;
  for (const std::string& text : genes) {
    const auto at = gene_number_.find(text);
    if (at != gene_number_.end()) {
      found.push_back(at->second);
    } else if (!rule_.genes_beside_keys()) {
      found.push_back(kNone);
    } else {
      found.push_back(static_cast<std::uint32_t>(block_.genes.size()));
      gene_number_.emplace(text, found.back());
      block_.genes.push_back(text);
    }
  }
  return found;
}

std::vector<NeighbourPair> NeighbourMatch::same() const {
  std::vector<std::vector<NeighbourPair>> own(
      usable_threads(execution_.threads));
  parallel_for(
      block_.size(), kGrain, execution_,
      [&](std::size_t begin, std::size_t end, int w) {
        for (std::size_t i = begin; i < end; ++i) {
          if (!block_.gene.empty() && block_.gene[i] >= gene_hash_.size())
            continue;  // of genes that none of the held has
          std::size_t at = hash_of(block_, i, gene_hash_) & (slots_.size() - 1);
          for (; slots_[at] != kNone; at = (at + 1) & (slots_.size() - 1)) {
            const std::uint32_t k = slots_[at];
            if (held_.sequences[k] == block_.sequences[i] &&
                (held_.gene.empty() || held_.gene[k] == block_.gene[i]))
              own[w].push_back({k, static_cast<std::uint32_t>(i), 0, true});
          }
        }
      });
  std::vector<NeighbourPair> all;
  for (const std::vector<NeighbourPair>& part : own)
    all.insert(all.end(), part.begin(), part.end());
  std::sort(all.begin(), all.end(), before);
  return all;
}

// Of neighbours.
std::uint32_t NeighbourMatch::distance(const GeneSets& genes,
                                       std::uint32_t held,
                                       std::uint32_t other) const {
  const SequenceSet& a = held_.sequences;
  const SequenceSet& b = block_.sequences;
  if (rule_.distance == Distance::kTcrdist)
    return tcr_distance(a[held], b[other]) +
           (held_.gene.empty()
                ? 0
                : genes.distance(held_.gene[held], block_.gene[other]));
  if (rule_.ambiguous_genes_match && a[held] == b[other]) return 0;
  if (rule_.max_distance == 1) return 1;
  return differ_at_one(a.row(held), b.row(other),
                       std::min(a.stride(), b.stride()))
             ? 1
             : 2;
}

std::vector<NeighbourPair> NeighbourMatch::pairs() {
  std::vector<NeighbourPair> all;
  if (block_.size() == 0) return all;
  const std::vector<NeighbourPair> identical = same();
  const auto near = join_.pairs(block_, execution_);
  all.reserve(identical.size() + near.size());
  const GeneSets genes(block_.genes, rule_);
  auto next = identical.begin();
  for (const auto& [held, other] : near) {
    const NeighbourPair pair{held, other, distance(genes, held, other), false};
    while (next != identical.end() && before(*next, pair))
      all.push_back(*next++);
    all.push_back(pair);
  }
  all.insert(all.end(), next, identical.end());
  for (NeighbourPair& pair : all) pair.other = numbers_[pair.other];
  return all;
}

}  // namespace clustcr
