// The smallest receptor of each of many components, by sequence, then genes:
// what orders components of the same size. Rows of a flat array, where a string
// for each of ten million components took most of a gigabyte.
#pragma once
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sequence/receptors.hpp"

namespace clustcr {

class SmallestReceptors {
 public:
  explicit SmallestReceptors(std::size_t components)
      : rows_(components * stride_, 0), genes_(components, 0) {}

  // Receptors with the same sequence come by ascending genes.
  void offer(std::uint32_t component, const ReceptorSet& set, std::size_t i) {
    const std::string_view sequence = set.sequences[i];
    if (sequence.size() > stride_) widen(sequence.size());
    char* const row = rows_.data() + component * stride_;
    // None is empty.
    if (row[0] != 0 && sequence >= std::string_view(row, strnlen(row, stride_)))
      return;
    std::memset(row, 0, stride_);
    sequence.copy(row, sequence.size());
    genes_[component] = number_of(set.genes_of(i));
  }

  bool less(std::uint32_t a, std::uint32_t b) const {
    const int order = std::memcmp(rows_.data() + a * stride_,
                                  rows_.data() + b * stride_, stride_);
    return order != 0 ? order < 0 : texts_[genes_[a]] < texts_[genes_[b]];
  }

 private:
  void widen(std::size_t longest) {
    const std::size_t wider = (longest + 7) / 8 * 8;
    std::vector<char> moved(genes_.size() * wider, 0);
    for (std::size_t c = 0; c < genes_.size(); ++c)
      std::memcpy(moved.data() + c * wider, rows_.data() + c * stride_,
                  stride_);
    rows_ = std::move(moved);
    stride_ = wider;
  }

  std::uint32_t number_of(std::string_view genes) {
    if (!texts_.empty() && texts_[last_] == genes) return last_;
    const auto at = number_.emplace(std::string(genes),
                                    static_cast<std::uint32_t>(texts_.size()));
    if (at.second) texts_.emplace_back(genes);
    return last_ = at.first->second;
  }

  std::size_t stride_ = 16;
  std::vector<char> rows_;
  std::vector<std::uint32_t> genes_;
  std::vector<std::string> texts_;
  std::unordered_map<std::string, std::uint32_t> number_;
  std::uint32_t last_ = 0;
};

}  // namespace clustcr
