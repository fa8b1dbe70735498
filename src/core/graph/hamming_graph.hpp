// The graph of sequences of equal length that differ at exactly one position.
#pragma once
#include <vector>

#include "base/ports.hpp"
#include "graph/graph.hpp"
#include "sequence/sequence_set.hpp"

namespace clustcr {

// All pairs (i < j) of distinct sequences of `set` at Hamming distance 1, in
// ascending order. The sequences must be unique.
std::vector<Edge> hamming_pairs(const SequenceSet& set,
                                const Execution& execution);

Graph hamming_graph(const SequenceSet& set, const Execution& execution);

}  // namespace clustcr
