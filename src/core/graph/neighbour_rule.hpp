// Which receptors are neighbours.
#pragma once
#include <cstddef>
#include <memory>
#include <string_view>

#include "graph/gene_distances.hpp"

namespace clustcr {

enum class Distance { kHamming, kLevenshtein, kTcrdist };

// "hamming", "levenshtein", "tcrdist". Other names throw
// std::invalid_argument.
const char* distance_name(Distance distance);
Distance distance_of_name(std::string_view name);

// The defaults are those of the published method. Genes, where they are part
// of the receptor, must be equal, as the rule says.
struct NeighbourRule {
  Distance distance = Distance::kHamming;
  // 1, or 2 with kHamming; with kTcrdist up to kTcrdistMost.
  int max_distance = 1;
  // A receptor that lacks a gene: in a group with others that lack it, or
  // without neighbours.
  bool missing_genes_match = true;
  // Genes that are sets ("TRBV12-3,TRBV12-4"): equal where they have one in
  // common, or the same set only. Then receptors of the same sequence, of sets
  // that meet, are neighbours, too.
  bool ambiguous_genes_match = false;
  // By kTcrdist: V genes may differ, and how far they are apart is added. Those
  // that are not in the table must be equal.
  std::shared_ptr<const GeneDistances> v_distance;

  // Whether genes are no part of keys, but looked at beside them.
  bool genes_beside_keys() const {
    return ambiguous_genes_match || v_distance != nullptr;
  }
};

// Steps of a TCRdist that neighbours have at most; -1 by other distances.
int tcrdist_most_steps(const NeighbourRule& rule);
// The same beside genes that are so far apart; less than 0 where none is left.
int tcrdist_steps_beside(const NeighbourRule& rule, std::uint32_t genes_apart);

// How many letters a neighbour may have more.
std::size_t most_longer(const NeighbourRule& rule);

// Throws InvalidArgument where there is no such rule.
void check_rule(const NeighbourRule& rule);

// Whether `genes`, names with tabs or chain separators between, lacks one.
bool lacks_gene(std::string_view genes);

// How two zero-padded rows of `stride` bytes differ. The rows of a
// SequenceSet: their strides are whole words.
// At exactly one position, lengths equal.
bool differ_at_one(const char* a, const char* b, std::size_t stride);
// At exactly two.
bool differ_at_two(const char* a, const char* b, std::size_t stride);
// `longer` has one letter more, anywhere.
bool is_deletion_of(const char* shorter, const char* longer,
                    std::size_t stride);

}  // namespace clustcr
