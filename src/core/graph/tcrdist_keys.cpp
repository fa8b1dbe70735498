#include "graph/tcrdist_keys.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>

namespace clustcr {
namespace {

constexpr int kMostMore = kTcrdistMost / kTcrdistStep / kTcrdistGapSteps;
// So many that keys of a million receptors meet few others by chance.
constexpr int kGroups[] = {1, 3, 5};

}  // namespace

// A key for each set of `differing` groups.
void TcrdistKeys::deal(int differing, Shape* shape) {
  shape->groups = kGroups[differing];
  for (std::uint32_t set = 0; set < 1u << shape->groups; ++set) {
    int size = 0;
    for (std::uint32_t left = set; left != 0; left &= left - 1) ++size;
    if (size == differing) shape->left_out.push_back(set);
  }
}

TcrdistKeys::TcrdistKeys(int steps) {
  std::uint32_t number = 0;
  for (int code = 0; code < (kMostMore + 1) * (kMostMore + 1) * 8; ++code) {
    Shape shape;
    shape.right[0] = code & 1;
    shape.right[1] = code >> 1 & 1;
    shape.opposite = code >> 2 & 1;
    shape.more[0] = code / 8 % (kMostMore + 1);
    shape.more[1] = code / 8 / (kMostMore + 1);
    const bool idle = (shape.right[0] && shape.more[0] == 0) ||
                      (shape.right[1] && shape.more[1] == 0) ||
                      (shape.opposite && shape.more[0] * shape.more[1] == 0);
    const int left = steps - kTcrdistGapSteps * (shape.more[0] + shape.more[1]);
    if (idle || left < 0) continue;
    deal(left / kClassSteps, &shape);
    shape.first_number = number;
    number += static_cast<std::uint32_t>(shape.left_out.size());
    shapes_.push_back(std::move(shape));
  }
}

std::uint32_t TcrdistKeys::first_common(const TcrChains& a,
                                        const TcrChains& b) const {
  int more[2] = {0, 0};
  bool a_longer[2] = {false, false};
  for (int k = 0; k < a.count; ++k) {
    more[k] = std::abs(a.chain[k].length - b.chain[k].length);
    a_longer[k] = a.chain[k].length > b.chain[k].length;
  }
  const bool first = more[0] > 0 ? a_longer[0] : a_longer[1];
  const bool opposite =
      more[0] > 0 && more[1] > 0 && a_longer[0] != a_longer[1];
  std::string classes;
  for (const Shape& shape : shapes_) {
    if (shape.more[0] != more[0] || shape.more[1] != more[1] ||
        shape.opposite != opposite)
      continue;
    classes.clear();
    line_up(shape, a, first,
            [&](char letter) { classes += residue_class(letter); });
    std::uint32_t differing = 0;
    std::size_t at = 0;
    line_up(shape, b, !first, [&](char letter) {
      if (residue_class(letter) != classes[at])
        differing |= 1u << (at % static_cast<std::size_t>(shape.groups));
      ++at;
    });
    for (std::size_t i = 0; i < shape.left_out.size(); ++i)
      if ((differing & ~shape.left_out[i]) == 0)
        return shape.first_number + static_cast<std::uint32_t>(i);
  }
  return 0xffffffffu;
}

std::uint32_t TcrdistKeys::keys_per_chain() const {
  std::uint32_t keys = 0;
  for (const Shape& shape : shapes_)
    if (shape.chains() == 1)
      keys += static_cast<std::uint32_t>(shape.left_out.size()) *
              (shape.gapped() ? 2 : 1);
  return keys;
}

}  // namespace clustcr
