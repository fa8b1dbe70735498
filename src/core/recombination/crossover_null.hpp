// How near receptors would be if the two halves of their CDR3s were not linked:
// a null without any model of recombination.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/ports.hpp"

namespace clustcr {

// Of each sequence: the share of the crossovers of two others of its group (the
// left half of one, the right half of another) that are it, or differ from it
// at one residue. All of a group have one length; groups count from 0. The left
// half is the shorter where the length is odd. Below 0 in a group of fewer than
// three.
std::vector<double> crossover_shares(
    const std::vector<std::string_view>& sequences,
    const std::vector<std::uint32_t>& group, const Execution& execution);

}  // namespace clustcr
