#include "recombination/segment_tree.hpp"

#include <algorithm>

namespace clustcr {

void SegmentTree::add(const Nucleotides& letters,
                      const std::vector<double>& remain,
                      const std::vector<double>& weights) {
  std::size_t at = 0;
  for (std::size_t k = 0; k < letters.size(); ++k) {
    std::int32_t next = drafts_[at].below[letters[k]];
    if (next < 0) {
      next = static_cast<std::int32_t>(drafts_.size());
      drafts_[at].below[letters[k]] = next;
      drafts_.emplace_back();
      drafts_.back().weights.assign(columns_, 0);
    }
    at = static_cast<std::size_t>(next);
    for (std::size_t c = 0; c < columns_; ++c)
      drafts_[at].weights[c] += remain[k + 1] * weights[c];
  }
}

void SegmentTree::finish() {
  for (std::uint8_t letter = 0; letter < 4; ++letter)
    if (drafts_[0].below[letter] >= 0)
      lay_out(static_cast<std::size_t>(drafts_[0].below[letter]), letter, 1);
  drafts_.clear();
}

// Whether anything was left of it.
bool SegmentTree::lay_out(std::size_t draft, std::uint8_t letter,
                          std::uint16_t depth) {
  const Draft& own = drafts_[draft];
  const std::size_t at = nodes_.size();
  nodes_.push_back({letter, depth, 0});
  weights_.insert(weights_.end(), own.weights.begin(), own.weights.end());
  bool any = std::any_of(own.weights.begin(), own.weights.end(),
                         [](double w) { return w > 0; });
  for (std::uint8_t next = 0; next < 4; ++next)
    if (own.below[next] >= 0)
      any |= lay_out(static_cast<std::size_t>(own.below[next]), next,
                     static_cast<std::uint16_t>(depth + 1));
  if (!any) {
    nodes_.resize(at);
    weights_.resize(at * columns_);
    return false;
  }
  nodes_[at].after = static_cast<std::uint32_t>(nodes_.size());
  deepest_ = std::max<std::size_t>(deepest_, depth);
  return true;
}

}  // namespace clustcr
