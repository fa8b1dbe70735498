// Neighbours of some sequences among others that stream by: of equal length,
// of the same class (such as a V and a J gene), and different at one position
// at most. Only the first ones are held in memory, so that the others may be
// far more.
#pragma once
#include <cstdint>
#include <vector>

#include "base/ports.hpp"
#include "graph/neighbour_keys.hpp"
#include "sequence/sequence_set.hpp"

namespace clustcr {

// Sequences and of each its class.
struct ClassedSequences {
  SequenceSet sequences;
  std::vector<std::uint32_t> classes;
};

// A held sequence with a streamed one. Distance 0 or 1.
struct NeighbourPair {
  std::uint32_t held, streamed;
  std::uint32_t distance;
};

class NeighbourSearch {
 public:
  // `held` must outlive the search.
  explicit NeighbourSearch(const ClassedSequences& held);

  // Of each held sequence, how many of the streamed ones are its neighbours or
  // the same; added to `counts`, one for each.
  void count(const ClassedSequences& streamed, const Execution& execution,
             std::vector<std::uint64_t>* counts) const;

  // The same as pairs, in ascending order.
  std::vector<NeighbourPair> pairs(const ClassedSequences& streamed,
                                   const Execution& execution) const;

 private:
  template <class Visit>
  void visit(const ClassedSequences& streamed, std::size_t i,
             std::vector<char>* row, Visit&& found) const;
  std::uint64_t class_word(std::uint32_t of) const {
    return mix64(~static_cast<std::uint64_t>(of));
  }

  // All masked forms of the held sequences, in chains by their hash.
  struct Masked {
    std::uint64_t hash;
    std::uint32_t index;
    std::uint32_t next;
    std::uint32_t position;
  };
  static constexpr std::uint32_t kNone = 0xffffffffu;

  const ClassedSequences& held_;
  NeighbourKeys keys_;
  std::vector<std::uint32_t> heads_;
  std::vector<Masked> masked_;
};

}  // namespace clustcr
