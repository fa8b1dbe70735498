// From the flow matrix Markov clustering ends with to clusters.
#pragma once
#include <cstdint>
#include <vector>

#include "mcl/column_reader.hpp"
#include "mcl/mcl_component.hpp"

namespace clustcr {
namespace mcl {

// Reads clusters off a flow matrix. One of these per worker: its scratch is
// used again for each component.
class ClusterReader {
 public:
  // labels[j]: the smallest node of the cluster of node j. The nodes with flow
  // to themselves are the attractors, and each distinct set of nodes that an
  // attractor draws from is a cluster. A node of several goes to the one with
  // most of its flow; of equal ones to that with the smallest node. A node
  // without flow to any attractor, as there are before convergence, follows
  // the largest flow on.
  void operator()(ColumnReader* columns, std::uint32_t n,
                  std::uint32_t* labels);

 private:
  void collect_rows(ColumnReader* columns, std::uint32_t n);
  void merge_equal_rows();
  void assign(ColumnReader* columns, std::uint32_t n);
  void follow_largest(ColumnReader* columns, std::uint32_t n);
  std::uint32_t strongest_cluster(const Column& column);

  std::vector<std::uint32_t> attractors_;  // ascending
  std::vector<std::uint32_t> slot_;        // of a node among the attractors
  std::vector<std::uint32_t> offsets_;     // the attractors' rows, compressed
  std::vector<std::uint32_t> members_;
  std::vector<std::uint32_t> order_, cluster_of_slot_;
  std::vector<std::uint32_t> assigned_;  // node -> a node naming its cluster
  std::vector<std::uint32_t> path_;
  std::vector<double> flow_;  // to a cluster, from one node
};

}  // namespace mcl
}  // namespace clustcr
