// Receptors that are the same as those that are held, or their neighbours, by
// any rule. The others come a block at a time, so that they may be far more.
#pragma once
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/ports.hpp"
#include "graph/neighbour_join.hpp"

namespace clustcr {

struct NeighbourPair {
  std::uint32_t held, other;
  // 0 also of the same sequence with genes that match; by TCRdist also of
  // others.
  std::uint32_t distance;
  bool same;  // the same receptor, which a join does not pair with itself
};

class NeighbourMatch {
 public:
  static constexpr std::size_t kBlockRows = 1 << 18;

  // `held` must outlive this. Neither side need be sorted or distinct.
  NeighbourMatch(const ReceptorSet& held, const NeighbourRule& rule,
                 std::size_t block_rows, const Execution& execution);

  // found(NeighbourPair) for each pair of a block when it is full: by ascending
  // held receptor, then in the order in which the others came. number(i) is
  // what the i-th of `set` is called in it.
  template <class Number, class Found>
  void add(const ReceptorSet& set, Number&& number, Found&& found) {
    const std::vector<std::uint32_t> gene = genes_of_held(set.genes);
    for (std::size_t i = 0; i < set.size(); ++i) {
      const std::uint32_t own = set.gene.empty() ? 0 : gene[set.gene[i]];
      if (own == kNone || set.sequences.length(i) > join_.longest()) continue;
      block_.sequences.push_back(set.sequences[i]);
      if (!set.gene.empty()) block_.gene.push_back(own);
      numbers_.push_back(number(i));
      if (block_.size() >= block_rows_) flush(found);
    }
  }
  // The same for what is left.
  template <class Found>
  void flush(Found&& found) {
    for (const NeighbourPair& pair : pairs()) found(pair);
    block_.sequences.clear();
    block_.gene.clear();
    numbers_.clear();
  }

 private:
  std::vector<std::uint32_t> genes_of_held(
      const std::vector<std::string>& genes);
  std::vector<NeighbourPair> pairs();
  std::vector<NeighbourPair> same() const;
  std::uint32_t distance(const GeneSets& genes, std::uint32_t held,
                         std::uint32_t other) const;

  static constexpr std::uint32_t kNone = 0xffffffffu;

  const ReceptorSet& held_;
  NeighbourRule rule_;
  std::size_t block_rows_;
  Execution execution_;
  NeighbourJoin join_;
  std::unordered_map<std::string, std::uint32_t> gene_number_;
  std::vector<std::uint64_t> gene_hash_;
  std::vector<std::uint32_t> slots_;  // of the held receptors by their hash
  ReceptorSet block_;                 // with the genes' numbers of the held
  std::vector<std::uint32_t> numbers_;
};

}  // namespace clustcr
