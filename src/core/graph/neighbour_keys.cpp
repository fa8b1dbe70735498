#include "graph/neighbour_keys.hpp"

#include <string>

namespace clustcr {
namespace {

// With the group of each V gene in place of its name.
std::string with_groups(const std::string& genes,
                        const GeneDistances& v_distance,
                        const std::vector<std::uint32_t>& groups) {
  std::string text, name;
  std::size_t i = 0;
  for (; i <= genes.size(); ++i) {
    const char c = i < genes.size() ? genes[i] : '\t';
    if (c != '\t' && c != kChainSeparator) {
      name += c;
      continue;
    }
    const std::uint32_t number = v_distance.number_of(name);
    text += number == kGenesApart ? name : std::to_string(groups[number]);
    text += c;
    name.clear();
    if (c == '\t') break;
  }
  return i < genes.size() ? text + genes.substr(i) : text;
}

}  // namespace

std::vector<std::uint64_t> key_gene_hashes(const ReceptorSet& set,
                                           const NeighbourRule& rule) {
  if (rule.ambiguous_genes_match)
    return std::vector<std::uint64_t>(set.genes.size(), 0);
  if (!rule.v_distance) return gene_hashes(set);
  const auto groups =
      rule.v_distance->groups(static_cast<std::uint32_t>(rule.max_distance));
  std::vector<std::uint64_t> hashes;
  for (const std::string& genes : set.genes)
    hashes.push_back(hash64(with_groups(genes, *rule.v_distance, groups)));
  return hashes;
}

}  // namespace clustcr
