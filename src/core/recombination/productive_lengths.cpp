#include "recombination/productive_lengths.hpp"

#include <string>

#include "base/parallel.hpp"
#include "recombination/generation_probability.hpp"

namespace clustcr {

std::vector<std::vector<double>> productive_lengths(
    const RecombinationModel& model,
    const std::vector<std::vector<std::uint32_t>>& v_sets,
    const std::vector<std::vector<std::uint32_t>>& j_sets, std::size_t most,
    const Execution& execution) {
  const GenerationProbability probability(model, false);
  std::vector<std::vector<double>> found(v_sets.size(),
                                         std::vector<double>(most + 1, 0));
  std::vector<GenerationProbability::Scratch> scratch(
      static_cast<std::size_t>(usable_threads(execution.threads)));
  parallel_for(v_sets.size(), 1, execution,
               [&](std::size_t begin, std::size_t end, int worker) {
                 for (std::size_t i = begin; i < end; ++i) {
                   const VSide v = probability.v_side(v_sets[i]);
                   const JSide j = probability.j_side(j_sets[i]);
                   for (std::size_t n = 2; n <= most; ++n) {
                     std::string residues(n, kAnyResidue);
                     residues.front() = 'C';
                     for (const char last : {'F', 'V', 'W'}) {
                       residues.back() = last;
                       found[i][n] += probability(
                           residues, v, j,
                           &scratch[static_cast<std::size_t>(worker)]);
                     }
                   }
                 }
               });
  return found;
}

}  // namespace clustcr
