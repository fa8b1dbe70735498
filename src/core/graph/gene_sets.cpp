#include "graph/gene_sets.hpp"

#include <algorithm>

#include "sequence/alphabet.hpp"

namespace clustcr {

GeneSets::GeneSets(const std::vector<std::string>& genes,
                   const NeighbourRule& rule)
    : meet_(rule.ambiguous_genes_match) {
  // Else numbers say it all.
  if (meet_)
    for (const std::string& text : genes) add(text);
}

std::uint32_t GeneSets::number_of(std::string_view genes) {
  const auto at = number_.find(std::string(genes));
  if (at != number_.end()) return at->second;
  add(std::string(genes));
  return static_cast<std::uint32_t>(sets_.size() - 1);
}

void GeneSets::add(const std::string& genes) {
  number_.emplace(genes, static_cast<std::uint32_t>(sets_.size()));
  std::vector<Names> segments(1);
  std::string name;
  bool several = false;
  // What stands between separators is a name, also nothing.
  for (std::size_t i = 0; i <= genes.size(); ++i) {
    const char c = i < genes.size() ? genes[i] : '\t';
    if (c != ',' && c != '\t' && c != kChainSeparator) {
      name += c;
      continue;
    }
    segments.back().push_back(
        name_.emplace(name, static_cast<std::uint32_t>(name_.size()))
            .first->second);
    name.clear();
    several = several || c == ',';
    if (c != ',' && i < genes.size()) segments.emplace_back();
  }
  for (Names& names : segments) std::sort(names.begin(), names.end());
  sets_.push_back(std::move(segments));
  several_.push_back(several);
}

bool GeneSets::meet(std::uint32_t a, std::uint32_t b) const {
  const auto& x = sets_[a];
  const auto& y = sets_[b];
  if (x.size() != y.size()) return false;
  for (std::size_t s = 0; s < x.size(); ++s) {
    auto i = x[s].begin();
    const bool common =
        std::any_of(y[s].begin(), y[s].end(), [&](std::uint32_t name) {
          i = std::lower_bound(i, x[s].end(), name);
          return i != x[s].end() && *i == name;
        });
    if (!common) return false;
  }
  return true;
}

}  // namespace clustcr
