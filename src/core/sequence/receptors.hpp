// Receptors: what is compared residue by residue (one CDR3, or the two of a
// pair), and what must be equal (genes). Where two chains are compared, they
// stand in one text with kChainSeparator between them, which is no residue and
// is never masked: texts of a pair are neighbours when the pairs are.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sequence/alphabet.hpp"
#include "sequence/sequence_set.hpp"

namespace clustcr {

// In which samples receptors occur: those of receptor i are
// [offsets[i], offsets[i + 1]), by ascending sample.
struct Occurrences {
  std::vector<std::uint64_t> offsets{0};
  std::vector<std::uint32_t> sample;
  std::vector<std::uint64_t> duplicate_count;

  bool empty() const { return offsets.size() == 1; }
  std::uint64_t total(std::size_t i) const {
    std::uint64_t sum = 0;
    for (std::uint64_t k = offsets[i]; k < offsets[i + 1]; ++k)
      sum += duplicate_count[k];
    return sum;
  }
};

// Distinct receptors, by ascending sequence, then ascending genes.
struct ReceptorSet {
  SequenceSet sequences;
  // Of each receptor its genes, as an index of `genes`, which ascend; empty
  // where genes are not part of the receptor.
  std::vector<std::uint32_t> gene;
  std::vector<std::string> genes;
  Occurrences occurrences;

  std::size_t size() const { return sequences.size(); }
  std::string_view genes_of(std::size_t i) const {
    return gene.empty() ? std::string_view() : genes[gene[i]];
  }
};

// Gathers rows in any order, receptors as often as they come.
class ReceptorCollector {
 public:
  // `with_genes`: whether genes tell receptors apart.
  explicit ReceptorCollector(bool with_genes) : with_genes_(with_genes) {}

  void reserve(std::size_t rows);
  // `genes`: the text of all genes that must be equal.
  void add(std::string_view sequence, std::string_view genes,
           std::uint32_t sample, std::uint64_t duplicate_count);
  std::size_t rows() const { return rows_.size(); }
  // The distinct receptors. With `index_of`, the place of each row among them.
  ReceptorSet finish(std::vector<std::uint32_t>* index_of = nullptr);

 private:
  void rank_genes(ReceptorSet* set);
  std::vector<std::uint32_t> sorted_rows() const;

  struct Row {
    std::uint64_t duplicate_count;
    std::uint32_t sample, gene;
  };
  bool with_genes_;
  SequenceSet sequences_;
  std::vector<Row> rows_;
  std::unordered_map<std::string, std::uint32_t> gene_number_;
  std::string last_genes_;
  std::uint32_t last_gene_ = 0xffffffffu;
};

// Distinct sequences without genes or samples.
ReceptorSet receptors_of(const SequenceSet& sequences,
                         std::vector<std::uint32_t>* index_of = nullptr);

}  // namespace clustcr
