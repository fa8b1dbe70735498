// Each receptor with all its neighbours, its ball: the matrix of balls and
// samples, a block of balls at a time, as it is never needed whole. A receptor
// and its neighbours lie in one unit, so the units of a clustering come one
// after the other and are forgotten.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

#include "base/ports.hpp"
#include "clustering/cluster_matrix.hpp"
#include "clustering/clustering_run.hpp"

namespace clustcr {

struct BallOptions {
  // Receptors that are in fewer samples have no ball, but are in those of
  // others.
  std::size_t min_samples = 2;
  bool neighbours = true;  // else a ball is the receptor alone
  CellValue value = CellValue::kPresence;
  bool own = false;  // whether BallBlock::own is wanted, too
  // A block is handed on when it has so many cells that are not zero.
  std::uint64_t cells = std::uint64_t{1} << 23;
};

// Receptors, a row each, and their balls.
struct BallBlock {
  // A number that the integers of hosts hold, too, when they count from 1.
  static constexpr std::uint32_t kNoCluster =
      std::numeric_limits<std::int32_t>::max() - 1;

  BallBlock(std::size_t samples, CellValue value)
      : balls(samples, value), own(samples, value) {}

  std::size_t size() const { return own_samples.size(); }

  // Their sequences, genes and clusters; those without a cluster are in
  // kNoCluster.
  ClusterTable table;
  // In how many samples the receptor itself is; the ball's are publicity().
  std::vector<std::uint32_t> own_samples;
  ClusterMatrix balls;
  ClusterMatrix own;  // the receptors alone
};

using VisitBalls = std::function<void(const BallBlock&)>;

// Of all receptors of a run whose units are kept: those in clusters in the
// order of the clusters, then those that have no neighbour, by sequence (where
// there are millions, millions at a time).
void receptor_balls(const ClusteringRun& run, const PreclusterStore& store,
                    const BallOptions& options, const Execution& execution,
                    const VisitBalls& visit);

// Of receptors in memory, in their order; `cluster` is that of each.
void receptor_balls(const ReceptorSet& set,
                    const std::vector<std::uint32_t>& cluster,
                    std::size_t samples, const NeighbourRule& rule,
                    const BallOptions& options, const Execution& execution,
                    const VisitBalls& visit);

}  // namespace clustcr
