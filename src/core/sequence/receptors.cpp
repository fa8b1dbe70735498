#include "sequence/receptors.hpp"

#include <algorithm>
#include <numeric>

namespace clustcr {

void ReceptorCollector::reserve(std::size_t rows) {
  sequences_.reserve(rows);
  rows_.reserve(rows);
}

void ReceptorCollector::add(std::string_view sequence, std::string_view genes,
                            std::uint32_t sample,
                            std::uint64_t duplicate_count) {
  sequences_.push_back(sequence);
  if (with_genes_ && (last_gene_ == 0xffffffffu || genes != last_genes_)) {
    last_genes_.assign(genes);
    last_gene_ = gene_number_
                     .emplace(last_genes_,
                              static_cast<std::uint32_t>(gene_number_.size()))
                     .first->second;
  }
  rows_.push_back({duplicate_count, sample, with_genes_ ? last_gene_ : 0});
}

// Numbers by order of arrival become ranks by name, so that the order of
// receptors does not depend on the order of rows.
void ReceptorCollector::rank_genes(ReceptorSet* set) {
  for (const auto& entry : gene_number_) set->genes.push_back(entry.first);
  std::sort(set->genes.begin(), set->genes.end());
  std::vector<std::uint32_t> rank(set->genes.size());
  for (std::uint32_t g = 0; g < rank.size(); ++g)
    rank[gene_number_.at(set->genes[g])] = g;
  for (Row& row : rows_) row.gene = rank[row.gene];
}

// By sequence, then genes, then sample.
std::vector<std::uint32_t> ReceptorCollector::sorted_rows() const {
  std::vector<std::uint32_t> order = sorted_order(sequences_);
  auto less = [&](std::uint32_t a, std::uint32_t b) {
    if (rows_[a].gene != rows_[b].gene) return rows_[a].gene < rows_[b].gene;
    if (rows_[a].sample != rows_[b].sample)
      return rows_[a].sample < rows_[b].sample;
    return a < b;
  };
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i + 1;
    while (end < order.size() && sequences_.compare(order[i], order[end]) == 0)
      ++end;
    if (end - i > 1) std::sort(order.begin() + i, order.begin() + end, less);
    i = end;
  }
  return order;
}

ReceptorSet ReceptorCollector::finish(std::vector<std::uint32_t>* index_of) {
  ReceptorSet set;
  if (with_genes_) rank_genes(&set);
  const std::vector<std::uint32_t> order = sorted_rows();
  set.sequences = SequenceSet(sequences_.longest());
  set.sequences.reserve(order.size());
  Occurrences& occurrences = set.occurrences;
  occurrences.sample.reserve(order.size());
  occurrences.duplicate_count.reserve(order.size());
  if (index_of) index_of->resize(order.size());
  for (std::size_t k = 0; k < order.size(); ++k) {
    const std::uint32_t i = order[k];
    const Row& row = rows_[i];
    const bool is_new = k == 0 || sequences_.compare(order[k - 1], i) != 0 ||
                        rows_[order[k - 1]].gene != row.gene;
    if (is_new) {
      set.sequences.push_back(sequences_[i]);
      if (with_genes_) set.gene.push_back(row.gene);
      occurrences.offsets.push_back(occurrences.sample.size());
    }
    if (!is_new && occurrences.sample.back() == row.sample) {
      occurrences.duplicate_count.back() += row.duplicate_count;
    } else {
      occurrences.sample.push_back(row.sample);
      occurrences.duplicate_count.push_back(row.duplicate_count);
    }
    occurrences.offsets.back() = occurrences.sample.size();
    if (index_of)
      (*index_of)[i] = static_cast<std::uint32_t>(set.sequences.size() - 1);
  }
  *this = ReceptorCollector(with_genes_);
  return set;
}

ReceptorSet receptors_of(const SequenceSet& sequences,
                         std::vector<std::uint32_t>* index_of) {
  ReceptorSet set;
  set.sequences = sorted_unique(sequences, index_of);
  return set;
}

}  // namespace clustcr
