// Neighbours across two sets of receptors, by any rule: one set is held, others
// come a block at a time.
#pragma once
#include <cstdint>
#include <utility>
#include <vector>

#include "base/ports.hpp"
#include "graph/key_match.hpp"
#include "graph/key_partition.hpp"

namespace clustcr {

// The same receptor is no neighbour of itself. Receptors need not be sorted nor
// distinct; one that is there twice is found twice.
class NeighbourJoin {
 public:
  // `held` must outlive the join. `block_rows`: about how many receptors come
  // at a time.
  NeighbourJoin(const ReceptorSet& held, const NeighbourRule& rule,
                std::size_t block_rows, const Execution& execution);

  // Longer ones have no neighbours, and must not be in a block.
  std::size_t longest() const { return longest_ + most_longer(rule_); }

  // Pairs (held, of the block), each once, in ascending order. Genes of the
  // block must be numbered as the held ones are, and further ones behind them.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs(
      const ReceptorSet& block, const Execution& execution);

  // What a held receptor takes besides itself, in bytes.
  static std::uint64_t bytes_per_receptor(const NeighbourRule& rule);

 private:
  Partitioned<Key> partitioned(const ReceptorSet& set, std::size_t pass,
                               const Execution& execution) const;

  const ReceptorSet& held_;
  NeighbourRule rule_;
  std::size_t longest_;
  NeighbourKeys keys_;
  int bits_;
  // Of the pass that was last used; with one pass made but once.
  Partitioned<Key> held_keys_;
  std::size_t held_pass_ = 0;
};

}  // namespace clustcr
