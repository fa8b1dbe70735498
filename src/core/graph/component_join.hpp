// The connected components of all receptors of a store, out of core.
// Preclusters cut links; components are what MCL never joins, so units of
// whole components give the clusters of the whole graph.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/ports.hpp"
#include "graph/join_slice.hpp"
#include "graph/neighbour_rule.hpp"
#include "store/receptor_parts.hpp"

namespace clustcr {

struct ComponentJoin {
  static constexpr std::uint32_t kAlone = 0xffffffffu;

  // Receptor i of part p (ReceptorParts' order) is number first[p] + i.
  std::vector<std::uint32_t> first;
  // Of each receptor its component, or kAlone.
  std::vector<std::uint32_t> component;
  // Receptors of each component; all 2 or more.
  std::vector<std::uint32_t> component_size;
  std::uint64_t occurrences = 0;  // (receptor, sample) pairs
  // Edges of distance 1, told by keys alone.
  std::uint64_t edges = 0;
};

// How a join is done.
struct JoinOptions {
  NeighbourRule rule;
  // Where keys that do not fit are kept for a time; they are removed again.
  std::string folder;
  std::size_t longest_possible = 0;  // residues of a sequence at most
  std::uint64_t receptors = 0;       // about how many there are
  // Bytes it may take, about; 8 a receptor can't be
  // helped, 16 where genes are no part of keys.
  std::uint64_t memory_limit = 0;
};

// Joins the keys of all receptors.
ComponentJoin join_components(ReceptorParts* parts, const JoinOptions& options,
                              const Execution& execution);

// Several processes can share the work: each goes over all receptors, but
// joins some of the keys only, slice `slice` (from 0) of `slices`. All keys of
// a billion receptors would be a quarter of a terabyte on a shared disk; to
// make those of others too, and drop them, costs a few seconds.
JoinSlice join_slice(ReceptorParts* parts, const JoinOptions& options,
                     std::size_t slice, std::size_t slices,
                     const Execution& execution);
// What all slices say together, each read from its file. Throws StoreError
// where one is damaged.
ComponentJoin combine_slices(const std::vector<std::string>& paths);

}  // namespace clustcr
