// Genes of receptors, of which each may be a set: "TRBV12-3,TRBV12-4" where a
// program could not choose.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "graph/gene_distances.hpp"
#include "graph/neighbour_rule.hpp"

namespace clustcr {

// Whether the genes of two receptors are the same, by their numbers. Where the
// rule lets sets meet, it is enough that each two have a gene in common: of V
// and J and of each chain. No name has nothing in common but with no name.
// Where the rule has distances of V genes, how far apart they are.
class GeneSets {
 public:
  // The genes that receptors have, numbered by their places; different ones.
  GeneSets(const std::vector<std::string>& genes, const NeighbourRule& rule);

  // The number of further genes, or of those that are there.
  std::uint32_t number_of(std::string_view genes);

  bool match(std::uint32_t a, std::uint32_t b) const {
    return a == b || (meet_ && (several_[a] || several_[b]) && meet(a, b));
  }
  // 0 where they match; kGenesApart where they can't be neighbours.
  std::uint32_t distance(std::uint32_t a, std::uint32_t b) const {
    if (a == b) return 0;
    if (v_distance_) return v_distance(a, b);
    return match(a, b) ? 0 : kGenesApart;
  }

 private:
  using Names = std::vector<std::uint32_t>;  // ascending

  void add(const std::string& genes);
  bool meet(std::uint32_t a, std::uint32_t b) const;
  static bool have_common(const Names& x, const Names& y);
  std::uint32_t v_distance(std::uint32_t a, std::uint32_t b) const;
  std::uint32_t nearest(const Names& x, const Names& y) const;

  bool meet_;
  std::shared_ptr<const GeneDistances> v_distance_;
  std::unordered_map<std::string, std::uint32_t> number_;
  std::unordered_map<std::string, std::uint32_t> name_;
  std::vector<std::vector<Names>> sets_;  // of each its segments and chains
  std::vector<char> several_;             // whether any of them has a choice
  // How many of its segments are of V; of each name its number in the table.
  std::vector<std::size_t> v_segments_;
  std::vector<std::uint32_t> in_table_;
};

}  // namespace clustcr
