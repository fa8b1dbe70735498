#include "graph/gene_distances.hpp"

#include <stdexcept>

#include "base/errors.hpp"
#include "base/text_fields.hpp"
#include "base/union_find.hpp"

namespace clustcr {
namespace {

// Of names and numbers; no gene has them, and no line ends.
constexpr char kSeparators[] = " ;,:\t\n";

}  // namespace

GeneDistances::GeneDistances(std::vector<std::string> names,
                             std::vector<std::uint32_t> distances)
    : names_(std::move(names)), distances_(std::move(distances)) {
  const std::size_t n = names_.size();
  if (distances_.size() != n * n)
    throw InvalidArgument("`v_distance` must be square");
  for (std::uint32_t i = 0; i < n; ++i) {
    if (names_[i].empty() ||
        names_[i].find_first_of(kSeparators) != std::string::npos)
      throw InvalidArgument("`v_distance` must name single genes, not '" +
                            names_[i] + "'");
    if (!number_.emplace(names_[i], i).second)
      throw InvalidArgument("`v_distance` must name each gene once; '" +
                            names_[i] + "' is there twice");
    for (std::size_t j = 0; j <= i; ++j)
      if (distances_[i * n + j] != distances_[j * n + i] ||
          (i == j && distances_[i * n + i] != 0))
        throw InvalidArgument(
            "`v_distance` must be symmetric, with 0 of each gene to itself; "
            "that of '" +
            names_[i] + "' and '" + names_[j] + "' is not");
  }
}

std::string GeneDistances::to_text() const {
  std::string text;
  for (const std::string& name : names_)
    text += (text.empty() ? "" : " ") + name;
  char separator = ';';
  for (const std::uint32_t distance : distances_) {
    text += separator + std::to_string(distance);
    separator = ' ';
  }
  return text;
}

GeneDistances GeneDistances::from_text(std::string_view text) {
  std::vector<std::string> names;
  std::vector<std::uint32_t> distances;
  std::string_view first = take_field(&text, ';');
  while (!first.empty()) names.emplace_back(take_field(&first, ' '));
  while (!text.empty())
    distances.push_back(
        static_cast<std::uint32_t>(number_from_text(take_field(&text, ' '))));
  try {
    return GeneDistances(std::move(names), std::move(distances));
  } catch (const InvalidArgument& e) {
    throw std::invalid_argument(e.what());
  }
}

std::uint32_t GeneDistances::number_of(const std::string& name) const {
  const auto at = number_.find(name);
  return at == number_.end() ? kGenesApart : at->second;
}

std::vector<std::uint32_t> GeneDistances::groups(std::uint32_t most) const {
  const auto n = static_cast<std::uint32_t>(names_.size());
  UnionFind sets(n);
  for (std::uint32_t i = 0; i < n; ++i)
    for (std::uint32_t j = 0; j < i; ++j)
      if (distances_[std::size_t{i} * n + j] <= most) sets.join(i, j);
  std::vector<std::uint32_t> group(n);
  for (std::uint32_t i = 0; i < n; ++i) group[i] = sets.find(i);
  return group;
}

}  // namespace clustcr
