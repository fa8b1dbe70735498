// How long the CDR3s are that recombination makes with given genes, without a
// draw: the sums over all residues between the ends.
#pragma once
#include <cstdint>
#include <vector>

#include "base/ports.hpp"
#include "recombination/recombination_model.hpp"

namespace clustcr {

// P(V, J of the sets, and a productive CDR3 of n residues), n from 0 to `most`,
// one set after the other. Productive: it begins with C and ends with F, V or
// W.
std::vector<std::vector<double>> productive_lengths(
    const RecombinationModel& model,
    const std::vector<std::vector<std::uint32_t>>& v_sets,
    const std::vector<std::vector<std::uint32_t>>& j_sets, std::size_t most,
    const Execution& execution);

}  // namespace clustcr
