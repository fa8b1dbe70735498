#include "clustering/cluster_assignment.hpp"

#include <algorithm>

#include "base/errors.hpp"
#include "store/receptor_parts.hpp"

namespace clustcr {
namespace {

constexpr std::size_t kFewestRows = 1024, kMostRows = 1 << 20;

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
      match_(fresh, rule, block_rows, execution),
      stored_neighbours_(fresh.size(), 0),
      stored_(fresh.size(), 0),
      own_cluster_(fresh.size(), 0) {}

// Those of a receptor come one after the other; its clusters are few.
void ClusterAssigner::take(const NeighbourPair& pair) {
  if (pair.same) {
    stored_[pair.held] = 1;
    if (clustered_) own_cluster_[pair.held] = pair.other;
  } else if (!clustered_) {
    ++stored_neighbours_[pair.held];
  } else if (!hits_.empty() && hits_.back().receptor == pair.held &&
             hits_.back().cluster == pair.other) {
    ++hits_.back().neighbours;
  } else {
    hits_.push_back({pair.held, pair.other, 1});
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
