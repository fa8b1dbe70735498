#include "clustering/cluster_assignment.hpp"

#include <algorithm>
#include <unordered_map>

#include "base/errors.hpp"
#include "base/hash.hpp"
#include "base/parallel.hpp"
#include "store/receptor_parts.hpp"

namespace clustcr {
namespace {

constexpr std::size_t kGrain = 4096;
constexpr std::size_t kFewestRows = 1024, kMostRows = 1 << 20;

std::uint64_t hash_of(const ReceptorSet& set, std::size_t i,
                      const std::vector<std::uint64_t>& gene_hash) {
  return hash64(set.sequences[i],
                set.gene.empty() ? 0 : gene_hash[set.gene[i]]);
}

// What a receptor takes as text, with its keys.
std::uint64_t bytes_per_row(const NeighbourRule& rule, std::size_t longest) {
  return (longest / 8 + 1) * 8 + 16 + NeighbourJoin::bytes_per_receptor(rule);
}

std::size_t rows_within(std::uint64_t bytes, std::uint64_t per_row,
                        std::size_t most) {
  return static_cast<std::size_t>(std::min<std::uint64_t>(
      most, std::max<std::uint64_t>(kFewestRows, bytes / per_row)));
}

}  // namespace

ClusterAssigner::ClusterAssigner(const ReceptorSet& fresh,
                                 const NeighbourRule& rule,
                                 std::size_t block_rows,
                                 const Execution& execution)
    : fresh_(fresh),
      block_rows_(std::max<std::size_t>(1, block_rows)),
      execution_(execution),
      join_(fresh, rule, block_rows, execution),
      gene_hash_(gene_hashes(fresh)),
      stored_neighbours_(fresh.size(), 0),
      stored_(fresh.size(), 0),
      own_cluster_(fresh.size(), 0) {
  block_.genes = fresh.genes;
  std::size_t slots = 16;
  while (slots < 2 * fresh.size()) slots *= 2;
  slots_.assign(slots, kNone);
  for (std::size_t i = 0; i < fresh.size(); ++i) {
    std::size_t at = hash_of(fresh, i, gene_hash_) & (slots - 1);
    while (slots_[at] != kNone) at = (at + 1) & (slots - 1);
    slots_[at] = static_cast<std::uint32_t>(i);
  }
}

// The number that each of the genes of `set` has among those of the new
// receptors; kNone where none of them has it, and so no neighbour.
std::vector<std::uint32_t> ClusterAssigner::genes_of_fresh(
    const ReceptorSet& set) const {
  std::unordered_map<std::string_view, std::uint32_t> number;
  for (std::uint32_t g = 0; g < fresh_.genes.size(); ++g)
    number.emplace(fresh_.genes[g], g);
  std::vector<std::uint32_t> found;
  for (const std::string& genes : set.genes) {
    const auto at = number.find(genes);
    found.push_back(at == number.end() ? kNone : at->second);
  }
  return found;
}

void ClusterAssigner::flush() {
  if (block_.size() > 0) {
    find_identical();
    find_neighbours();
  }
  block_.sequences.clear();
  block_.gene.clear();
  block_clusters_.clear();
}

// Each new receptor is met once at most, for what is stored is distinct.
void ClusterAssigner::find_identical() {
  parallel_for(
      block_.size(), kGrain, execution_,
      [&](std::size_t begin, std::size_t end, int) {
        for (std::size_t i = begin; i < end; ++i) {
          std::size_t at = hash_of(block_, i, gene_hash_) & (slots_.size() - 1);
          for (; slots_[at] != kNone; at = (at + 1) & (slots_.size() - 1)) {
            const std::uint32_t k = slots_[at];
            if (fresh_.sequences[k] != block_.sequences[i] ||
                (!fresh_.gene.empty() && fresh_.gene[k] != block_.gene[i]))
              continue;
            stored_[k] = 1;
            if (clustered_) own_cluster_[k] = block_clusters_[i];
            break;
          }
        }
      });
}

void ClusterAssigner::find_neighbours() {
  const auto pairs = join_.pairs(block_, execution_);
  if (!clustered_) {
    all_stored_ = true;
    for (const auto& [receptor, other] : pairs) ++stored_neighbours_[receptor];
    return;
  }
  // Those of a receptor are side by side; its clusters are few.
  const std::size_t before = hits_.size();
  for (std::size_t k = 0; k < pairs.size(); ++k) {
    const std::uint32_t cluster = block_clusters_[pairs[k].second];
    if (hits_.size() > before && hits_.back().receptor == pairs[k].first &&
        hits_.back().cluster == cluster)
      ++hits_.back().neighbours;
    else
      hits_.push_back({pairs[k].first, cluster, 1});
  }
}

// A cluster may have come in several blocks.
void ClusterAssigner::gather_hits(ClusterAssignment* result) {
  std::sort(hits_.begin(), hits_.end(), [](const Hit& a, const Hit& b) {
    return a.receptor != b.receptor ? a.receptor < b.receptor
                                    : a.cluster < b.cluster;
  });
  result->offsets.reserve(fresh_.size() + 1);
  std::vector<NeighbourCluster>& clusters = result->clusters;
  std::size_t k = 0;
  for (std::size_t i = 0; i < fresh_.size(); ++i) {
    const std::size_t begin = clusters.size();
    std::uint32_t total = 0;
    for (; k < hits_.size() && hits_[k].receptor == i; ++k) {
      total += hits_[k].neighbours;
      if (clusters.size() == begin ||
          clusters.back().cluster != hits_[k].cluster)
        clusters.push_back({hits_[k].cluster, 0});
      clusters.back().neighbours += hits_[k].neighbours;
    }
    std::stable_sort(clusters.begin() + static_cast<std::ptrdiff_t>(begin),
                     clusters.end(),
                     [](const NeighbourCluster& a, const NeighbourCluster& b) {
                       return a.neighbours > b.neighbours;
                     });
    result->offsets.push_back(clusters.size());
    result->unclustered.push_back(all_stored_ ? stored_neighbours_[i] - total
                                              : 0);
  }
}

ClusterAssignment ClusterAssigner::finish() {
  flush();
  ClusterAssignment result;
  gather_hits(&result);
  result.stored = std::move(stored_);
  result.own_cluster = std::move(own_cluster_);
  return result;
}

std::size_t assignment_rows(const NeighbourRule& rule, std::size_t longest,
                            std::uint64_t memory_limit) {
  // Beside the text with its keys: the rows before they are sorted, the sorted
  // order, and what is found.
  const std::uint64_t own = 2 * ((longest / 8 + 1) * 8) + 128;
  return rows_within(memory_limit / 2, bytes_per_row(rule, longest) + own,
                     std::size_t{1} << 31);
}

ClusterAssignment assign_to_run(const ReceptorSet& fresh,
                                const PreclusterStore& store,
                                const ClusteringRun& run,
                                std::uint64_t memory_limit,
                                const Execution& execution) {
  const RunTotals totals = run.totals();
  if (totals.done < totals.units)
    throw StoreError(
        "the clustering must have ended before new receptors "
        "find their clusters; " +
            std::to_string(totals.done) + " of " +
            std::to_string(totals.units) + " units are done",
        "not_finished");
  const NeighbourRule& rule = run.settings().rule;
  ClusterAssigner assigner(
      fresh, rule,
      rows_within(memory_limit / 4,
                  bytes_per_row(rule, fresh.sequences.longest()), kMostRows),
      execution);
  std::uint32_t first = 1;
  std::vector<std::uint64_t> identities;
  for (std::size_t u = 0; u < totals.units; ++u) {
    const ClusterTable table = run.unit(store, u, execution);
    assigner.add_clustered(
        table.rows, [&](std::size_t i) { return first + table.cluster[i]; });
    first += table.clusters;
    const std::vector<std::uint64_t> added = cluster_identities(table);
    identities.insert(identities.end(), added.begin(), added.end());
  }
  const std::uint64_t receptors =
      run.plan().join ? run.plan().receptors : totals.of_units.receptors;
  // Where all are in clusters there are no others.
  if (totals.rows < receptors) {
    ReceptorParts parts(store, run.snapshot(), memory_limit / 4);
    parts.for_each(execution, [&](std::size_t, const ReceptorSet& set) {
      assigner.add_stored(set);
    });
  }
  ClusterAssignment result = assigner.finish();
  result.identities = std::move(identities);
  return result;
}

}  // namespace clustcr
