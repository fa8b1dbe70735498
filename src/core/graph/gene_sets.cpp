#include "graph/gene_sets.hpp"

#include <algorithm>

#include "sequence/alphabet.hpp"

namespace clustcr {

GeneSets::GeneSets(const std::vector<std::string>& genes,
                   const NeighbourRule& rule)
    : meet_(rule.ambiguous_genes_match), v_distance_(rule.v_distance) {
  // Else numbers say it all.
  if (meet_ || v_distance_)
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
  std::size_t v_segments = 0;
  // What stands between separators is a name, also nothing.
  for (std::size_t i = 0; i <= genes.size(); ++i) {
    const char c = i < genes.size() ? genes[i] : '\t';
    // The same set only is a name like others.
    if ((c != ',' || !meet_) && c != '\t' && c != kChainSeparator) {
      name += c;
      continue;
    }
    const auto at =
        name_.emplace(name, static_cast<std::uint32_t>(name_.size()));
    if (at.second && v_distance_)
      in_table_.push_back(v_distance_->number_of(name));
    segments.back().push_back(at.first->second);
    name.clear();
    if (c == '\t' && v_segments == 0) v_segments = segments.size();
    several = several || c == ',';
    if (c != ',' && i < genes.size()) segments.emplace_back();
  }
  for (Names& names : segments) std::sort(names.begin(), names.end());
  sets_.push_back(std::move(segments));
  several_.push_back(several);
  v_segments_.push_back(v_segments);
}

// Ascending names.
bool GeneSets::have_common(const Names& x, const Names& y) {
  auto i = x.begin();
  return std::any_of(y.begin(), y.end(), [&](std::uint32_t name) {
    i = std::lower_bound(i, x.end(), name);
    return i != x.end() && *i == name;
  });
}

bool GeneSets::meet(std::uint32_t a, std::uint32_t b) const {
  const auto& x = sets_[a];
  const auto& y = sets_[b];
  return std::equal(x.begin(), x.end(), y.begin(), y.end(), have_common);
}

// Of V genes that may be either the nearest count.
std::uint32_t GeneSets::nearest(const Names& x, const Names& y) const {
  if (have_common(x, y)) return 0;
  std::uint32_t least = kGenesApart;
  for (const std::uint32_t i : x)
    for (const std::uint32_t j : y)
      least = std::min(least, v_distance_->between(in_table_[i], in_table_[j]));
  return least;
}

std::uint32_t GeneSets::v_distance(std::uint32_t a, std::uint32_t b) const {
  const auto& x = sets_[a];
  const auto& y = sets_[b];
  if (x.size() != y.size()) return kGenesApart;
  std::uint32_t sum = 0;
  for (std::size_t s = 0; s < x.size(); ++s) {
    if (s >= v_segments_[a]) {
      if (!have_common(x[s], y[s])) return kGenesApart;
      continue;
    }
    const std::uint32_t apart = nearest(x[s], y[s]);
    if (apart == kGenesApart) return kGenesApart;
    sum += apart;
  }
  return sum;
}

}  // namespace clustcr
