#include "recombination/crossover_null.hpp"

#include <algorithm>

#include "base/parallel.hpp"

namespace clustcr {
namespace {

// Residues that differ; 2 stands for more.
std::uint32_t differing(std::string_view a, std::string_view b) {
  std::uint32_t n = 0;
  for (std::size_t i = 0; i < a.size() && n < 2; ++i) n += a[i] != b[i];
  return n;
}

double share_of(const std::vector<std::string_view>& sequences,
                const std::uint32_t* members, std::size_t n,
                std::uint32_t own) {
  const std::string_view whole = sequences[own];
  const std::size_t cut = whole.size() / 2;
  double left[3] = {}, right[3] = {}, both = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (members[i] == own) continue;
    const std::string_view other = sequences[members[i]];
    const std::uint32_t a =
        differing(whole.substr(0, cut), other.substr(0, cut));
    const std::uint32_t b = differing(whole.substr(cut), other.substr(cut));
    ++left[a];
    ++right[b];
    both += a + b <= 1;
  }
  // Without those of one receptor with itself, which are real neighbours.
  const double near =
      left[0] * right[0] + left[0] * right[1] + left[1] * right[0] - both;
  const double others = static_cast<double>(n) - 1;
  return near / (others * (others - 1));
}

}  // namespace

std::vector<double> crossover_shares(
    const std::vector<std::string_view>& sequences,
    const std::vector<std::uint32_t>& group, const Execution& execution) {
  std::vector<std::uint32_t> order(sequences.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return group[a] != group[b] ? group[a] < group[b] : a < b;
  });
  // Where the group of each place begins and ends.
  std::vector<std::uint32_t> begin(order.size()), size(order.size());
  for (std::size_t from = 0; from < order.size();) {
    std::size_t to = from;
    while (to < order.size() && group[order[to]] == group[order[from]]) ++to;
    for (std::size_t i = from; i < to; ++i) {
      begin[i] = static_cast<std::uint32_t>(from);
      size[i] = static_cast<std::uint32_t>(to - from);
    }
    from = to;
  }
  std::vector<double> found(sequences.size(), -1);
  parallel_for(
      order.size(), 16, execution, [&](std::size_t from, std::size_t to, int) {
        for (std::size_t i = from; i < to; ++i)
          if (size[i] >= 3)
            found[order[i]] =
                share_of(sequences, &order[begin[i]], size[i], order[i]);
      });
  return found;
}

}  // namespace clustcr
