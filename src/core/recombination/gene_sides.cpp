#include "recombination/gene_sides.hpp"

namespace clustcr {
namespace {

Nucleotides backwards(const Nucleotides& letters) {
  return {letters.rbegin(), letters.rend()};
}

}  // namespace

VSide::VSide(const RecombinationModel& model,
             const std::vector<std::uint32_t>& alleles)
    : alleles_(alleles) {
  if (model.has_d()) trees_.emplace_back(1);
  for (const std::uint32_t v : alleles) {
    if (!model.has_d()) trees_.emplace_back(1);
    trees_.back().add(model.v[v].letters, model.v[v].remain,
                      {model.has_d() ? model.v_choice[v] : 1.0});
  }
  for (SegmentTree& tree : trees_) tree.finish();
}

JSide::JSide(const RecombinationModel& model,
             const std::vector<std::uint32_t>& alleles)
    : alleles_(alleles) {
  const std::size_t ds = model.d.size();
  const bool one = model.has_d() && alleles.size() == 1;
  if (model.has_d()) trees_.emplace_back(one ? 1 : ds);
  for (const std::uint32_t j : alleles) {
    if (!model.has_d()) trees_.emplace_back(1);
    std::vector<double> weights = {1};
    if (one) {
      weights[0] = model.j_choice[j];
    } else if (model.has_d()) {
      weights.assign(ds, model.j_choice[j]);
      for (std::size_t d = 0; d < ds; ++d)
        weights[d] *= model.d_of_j[j * ds + d];
    }
    trees_.back().add(backwards(model.j[j].letters), model.j[j].remain,
                      weights);
  }
  if (one) {
    const auto row =
        model.d_of_j.begin() + static_cast<std::ptrdiff_t>(alleles[0] * ds);
    shares_.assign(row, row + static_cast<std::ptrdiff_t>(ds));
  }
  for (SegmentTree& tree : trees_) tree.finish();
}

}  // namespace clustcr
