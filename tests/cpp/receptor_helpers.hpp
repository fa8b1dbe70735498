// Receptors by chance, and what the definition says of them, spelled out: every
// pair is looked at, chain by chain.
#pragma once
#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "graph/graph.hpp"
#include "graph/neighbour_rule.hpp"
#include "graph/tcrdist.hpp"
#include "sequence/receptors.hpp"
#include "store/batch_writer.hpp"
#include "store/precluster_store.hpp"
#include "test_helpers.hpp"

namespace clustcr_test {

// What a test goes through: every rule, with and without genes and pairs.
struct ReceptorCase {
  clustcr::NeighbourRule rule;
  bool v_gene = false, j_gene = false, paired = false;

  bool by_tcrdist() const {
    return rule.distance == clustcr::Distance::kTcrdist;
  }

  // The same for the edges that a join counts: those of distance 1, but by
  // TCRdist all.
  ReceptorCase of_counted_edges() const {
    ReceptorCase one = *this;
    if (!by_tcrdist()) one.rule.max_distance = 1;
    return one;
  }

  std::string name() const {
    std::string text = clustcr::distance_name(rule.distance) +
                       std::to_string(rule.max_distance);
    if (v_gene) text += " v";
    if (j_gene) text += " j";
    if (paired) text += " paired";
    if (rule.ambiguous_genes_match) text += " sets";
    if (rule.v_distance) text += " v_distance";
    return text + (rule.missing_genes_match ? "" : " missing apart");
  }
};

// Of genes that random_receptors() has; of some it says nothing.
inline std::shared_ptr<const clustcr::GeneDistances> some_v_distances() {
  return std::make_shared<clustcr::GeneDistances>(
      std::vector<std::string>{"TRBV1", "TRBV2", "TRAV1", "TRAV2"},
      std::vector<std::uint32_t>{0, 5, 99, 99, 5, 0, 99, 99, 99, 99, 0, 6, 99,
                                 99, 6, 0});
}

inline std::vector<ReceptorCase> all_cases() {
  std::vector<ReceptorCase> cases;
  for (const auto& [distance, most] :
       {std::pair{clustcr::Distance::kHamming, 1},
        std::pair{clustcr::Distance::kHamming, 2},
        std::pair{clustcr::Distance::kLevenshtein, 1},
        std::pair{clustcr::Distance::kTcrdist, 12},
        std::pair{clustcr::Distance::kTcrdist, 18},
        std::pair{clustcr::Distance::kTcrdist, 24}})
    for (int genes = 0; genes < 4; ++genes)
      for (const bool match : {true, false})
        for (const bool sets : {false, true})
          for (const bool paired : {false, true}) {
            if (genes == 0 && (!match || sets)) continue;
            const bool tcrdist = distance == clustcr::Distance::kTcrdist;
            if (tcrdist && (genes == 2 || !match)) continue;
            ReceptorCase c;
            c.rule = {distance, most, match, sets, nullptr};
            if (tcrdist && genes == 3) c.rule.v_distance = some_v_distances();
            c.v_gene = genes & 1;
            c.j_gene = genes & 2;
            c.paired = paired;
            cases.push_back(c);
          }
  return cases;
}

// One letter replaced, put in or left out.
inline std::string mutated(Random* random, std::string text,
                           std::string_view letters) {
  const std::size_t at = random->below(text.size() + 1);
  const char letter = letters[random->below(letters.size())];
  switch (random->below(4)) {
    case 0:
      return text.insert(at, 1, letter);
    case 1:
      if (text.size() > 1 && at < text.size()) text.erase(at, 1);
      return text;
    default:
      if (at < text.size()) text[at] = letter;
      return text;
  }
}

// Rows of few letters and short chains, many of them neighbours of others.
inline std::vector<Row> random_receptors(Random* random, std::size_t n,
                                         const ReceptorCase& c,
                                         std::size_t longest = 9) {
  // By TCRdist some are nearer than others.
  const std::string_view letters = c.by_tcrdist() ? "ADEFY" : "ACDY";
  const std::vector<std::string> v =
      c.paired ? std::vector<std::string>{"TRAV1:TRBV1",
                                          "TRAV1:TRBV2",
                                          "TRAV1,TRAV2:TRBV1",
                                          ":TRBV1,TRBV2",
                                          "TRAV1:",
                                          ":"}
               : std::vector<std::string>{
                     "TRBV1",       "TRBV2",       "",
                     "TRBV1,TRBV2", "TRBV2,TRBV3", "TRBV1,TRBV2,TRBV3"};
  const std::vector<std::string> j =
      c.paired ? std::vector<std::string>{"TRAJ1:TRBJ1",
                                          "TRAJ1:", "TRAJ1,TRAJ2:TRBJ1"}
               : std::vector<std::string>{"TRBJ1", "", "TRBJ1,TRBJ2"};
  std::vector<std::pair<std::string, std::string>> chains;
  std::vector<Row> rows;
  while (rows.size() < n) {
    std::pair<std::string, std::string> pair;
    if (chains.empty() || random->chance(25)) {
      pair.first = random_letters(random, letters, random->between(1, longest));
      pair.second =
          random_letters(random, letters, random->between(1, longest));
      if (c.paired && random->chance(10)) pair.first.clear();
      if (c.paired && random->chance(10)) pair.second.clear();
    } else {
      pair = chains[random->below(chains.size())];
      for (std::size_t k = random->between(0, 2); k > 0; --k) {
        std::string& chain = random->chance(50) ? pair.first : pair.second;
        if (!chain.empty()) chain = mutated(random, chain, letters);
      }
      if (pair.first.size() > 14) pair.first.resize(14);
      if (pair.second.size() > 14) pair.second.resize(14);
    }
    if (c.paired ? pair.first.empty() && pair.second.empty()
                 : pair.first.empty())
      continue;
    chains.push_back(pair);
    Row row;
    row.sequence = c.paired
                       ? pair.first + clustcr::kChainSeparator + pair.second
                       : pair.first;
    row.v_call = v[random->below(v.size())];
    row.j_call = j[random->below(j.size())];
    row.duplicate_count = 1 + random->below(5);
    rows.push_back(row);
  }
  return rows;
}

// The genes that are part of the receptor, as the core writes them.
inline std::string genes_of(const Row& row, const ReceptorCase& c) {
  if (c.v_gene && c.j_gene) return row.v_call + "\t" + row.j_call;
  if (c.v_gene) return row.v_call;
  return c.j_gene ? row.j_call : "";
}

using Receptor = std::pair<std::string, std::string>;  // sequence, genes

// The number of letters put in, left out or replaced (Levenshtein 1966).
inline std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min(
          {diagonal + (a[i - 1] != b[j - 1]), above + 1, row[j - 1] + 1});
      diagonal = above;
    }
  }
  return row[b.size()];
}

// The same chain with a gap put in, letter below letter.
inline std::size_t tcrdist_steps_below(const std::string& a,
                                       const std::string& b) {
  std::size_t steps = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i] == '-')
      steps += 4;
    else if (i >= 3 && i + 2 < a.size())
      steps += clustcr::substitution_steps(a[i], b[i]);
  return steps;
}

// TCRdist of one chain (Dash et al. 2017), as it is told: every place of the
// gap is tried.
inline std::size_t naive_tcrdist(std::string a, std::string b) {
  if (a.size() > b.size()) std::swap(a, b);
  if (a.empty() && !b.empty()) return 1000;
  if (a.size() == b.size()) return 3 * tcrdist_steps_below(a, b);
  const std::size_t before = std::min<std::size_t>(5, a.size() / 2);
  std::size_t least = 1000;
  for (std::size_t at = before; at <= a.size() - before; ++at) {
    std::string gapped = a;
    gapped.insert(at, b.size() - a.size(), '-');
    least = std::min(least, 3 * tcrdist_steps_below(gapped, b));
  }
  return least;
}

inline bool any_gene_missing(const std::string& genes) {
  for (const std::string& names : split(genes, '\t'))
    for (const std::string& name : split(names, clustcr::kChainSeparator))
      if (name.empty()) return true;
  return false;
}

// Of V and J and of each chain, whether there is a gene in common.
inline bool genes_meet(const std::string& a, const std::string& b) {
  const auto x = split(a, '\t'), y = split(b, '\t');
  for (std::size_t s = 0; s < x.size(); ++s) {
    const auto of_x = split(x[s], clustcr::kChainSeparator);
    const auto of_y = split(y[s], clustcr::kChainSeparator);
    for (std::size_t chain = 0; chain < of_x.size(); ++chain) {
      const auto names = split(of_y[chain], ',');
      bool common = false;
      for (const std::string& name : split(of_x[chain], ','))
        common |= std::count(names.begin(), names.end(), name) > 0;
      if (!common) return false;
    }
  }
  return true;
}

// Of V genes as the table says, of sets that may meet the nearest; J genes must
// be the same.
inline std::size_t naive_gene_distance(const std::string& a,
                                       const std::string& b,
                                       const ReceptorCase& c) {
  constexpr std::size_t kFar = 1000;
  const auto names_of = [&](const std::string& text) {
    return c.rule.ambiguous_genes_match ? split(text, ',')
                                        : std::vector<std::string>{text};
  };
  const auto x = split(a, '\t'), y = split(b, '\t');
  std::size_t sum = 0;
  for (std::size_t s = 0; s < x.size(); ++s) {
    const auto of_x = split(x[s], clustcr::kChainSeparator);
    const auto of_y = split(y[s], clustcr::kChainSeparator);
    for (std::size_t chain = 0; chain < of_x.size(); ++chain) {
      std::size_t least = kFar;
      for (const std::string& i : names_of(of_x[chain]))
        for (const std::string& j : names_of(of_y[chain])) {
          const auto& table = *c.rule.v_distance;
          const std::uint32_t known =
              table.between(table.number_of(i), table.number_of(j));
          if (i == j)
            least = 0;
          else if (s == 0 && known != clustcr::kGenesApart)
            least = std::min<std::size_t>(least, known);
        }
      sum += least;
    }
  }
  return sum;
}

inline bool are_neighbours(const Receptor& a, const Receptor& b,
                           const ReceptorCase& c) {
  std::size_t distance = 0;
  if (c.rule.v_distance) {
    distance = naive_gene_distance(a.second, b.second, c);
  } else if (c.v_gene || c.j_gene) {
    if (c.rule.ambiguous_genes_match ? !genes_meet(a.second, b.second)
                                     : a.second != b.second)
      return false;
    if (!c.rule.missing_genes_match &&
        (any_gene_missing(a.second) || any_gene_missing(b.second)))
      return false;
  }
  const auto x = split(a.first, clustcr::kChainSeparator);
  const auto y = split(b.first, clustcr::kChainSeparator);
  if (x.size() != y.size()) return false;
  for (std::size_t k = 0; k < x.size(); ++k) {
    if (c.by_tcrdist()) {
      distance += naive_tcrdist(x[k], y[k]);
      continue;
    }
    if (c.rule.distance == clustcr::Distance::kLevenshtein) {
      distance += edit_distance(x[k], y[k]);
      continue;
    }
    if (x[k].size() != y[k].size()) return false;
    for (std::size_t i = 0; i < x[k].size(); ++i)
      distance += x[k][i] != y[k][i];
  }
  // Of sets that meet, the same sequence is of two receptors.
  return a != b && distance <= static_cast<std::size_t>(c.rule.max_distance);
}

inline std::vector<clustcr::Edge> naive_edges(const std::vector<Receptor>& all,
                                              const ReceptorCase& c) {
  std::vector<clustcr::Edge> edges;
  for (std::uint32_t i = 0; i < all.size(); ++i)
    for (std::uint32_t j = i + 1; j < all.size(); ++j)
      if (are_neighbours(all[i], all[j], c)) edges.emplace_back(i, j);
  return edges;
}

// The connected components by merging labels: of each node the smallest of
// its component.
inline std::vector<std::uint32_t> naive_components(
    std::size_t n, const std::vector<clustcr::Edge>& edges) {
  std::vector<std::uint32_t> label(n);
  for (std::uint32_t i = 0; i < n; ++i) label[i] = i;
  for (const auto& [a, b] : edges) {
    const std::uint32_t from = std::max(label[a], label[b]);
    const std::uint32_t to = std::min(label[a], label[b]);
    for (std::uint32_t& l : label)
      if (l == from) l = to;
  }
  return label;
}

inline clustcr::ReceptorSet receptors_of_rows(const std::vector<Row>& rows,
                                              const ReceptorCase& c) {
  clustcr::ReceptorCollector collector(c.v_gene || c.j_gene);
  for (const Row& row : rows)
    collector.add(row.sequence, genes_of(row, c), row.batch,
                  row.duplicate_count);
  return collector.finish();
}

inline std::vector<Receptor> list_of(const clustcr::ReceptorSet& set) {
  std::vector<Receptor> all;
  for (std::size_t i = 0; i < set.size(); ++i)
    all.emplace_back(std::string(set.sequences[i]),
                     std::string(set.genes_of(i)));
  return all;
}

inline std::string samples_of(const clustcr::ReceptorSet& set, std::size_t i) {
  std::string text;
  const clustcr::Occurrences& o = set.occurrences;
  if (o.empty()) return text;
  for (std::uint64_t k = o.offsets[i]; k < o.offsets[i + 1]; ++k)
    text += std::to_string(o.sample[k]) + ":" +
            std::to_string(o.duplicate_count[k]) + ",";
  return text;
}

inline clustcr::PreclusterStore store_of_case(const std::string& directory,
                                              std::size_t preclusters,
                                              const ReceptorCase& c) {
  clustcr::StoreManifest manifest;
  manifest.max_sequence_size = 32;
  manifest.preclusters = preclusters;
  manifest.by_centroid = false;
  manifest.v_gene = c.v_gene;
  manifest.j_gene = c.j_gene;
  return clustcr::PreclusterStore::create(directory, manifest, {}, false);
}

// As precluster_batch() does without a quantizer.
inline std::size_t precluster_of(const std::string& sequence,
                                 std::size_t preclusters) {
  return clustcr::hash64(sequence) % preclusters;
}

inline void add_rows(
    clustcr::PreclusterStore* store, const std::string& name,
    const std::vector<Row>& rows,
    clustcr::OnDuplicate on_duplicate = clustcr::OnDuplicate::kRefuse) {
  clustcr::BatchWriter writer(store, name, writer_options(on_duplicate, 5000));
  for (const Row& row : rows)
    add_row(&writer, precluster_of(row.sequence, store->manifest().preclusters),
            row);
  writer.commit({{"given", rows.size()}});
}

// Rows as `batches` batches of about the same size; their samples are noted in
// `rows` (Row::batch, from 0).
inline void add_in_batches(clustcr::PreclusterStore* store,
                           std::vector<Row>* rows, std::size_t batches) {
  for (std::size_t b = 0; b < batches; ++b) {
    std::vector<Row> part;
    for (std::size_t i = b; i < rows->size(); i += batches) {
      (*rows)[i].batch = static_cast<std::uint32_t>(b);
      part.push_back((*rows)[i]);
    }
    add_rows(store, "sample " + std::to_string(b), part);
  }
}

// Records say of which store they are.
inline std::string without_identity(const std::string& text) {
  std::istringstream lines(text);
  std::string kept, line;
  while (std::getline(lines, line))
    if (!contains(line, "store\t") && !contains(line, "chain\t") &&
        !contains(line, "check:\t"))
      kept += line + "\n";
  return kept;
}

}  // namespace clustcr_test
