// The plan of a clustering across precluster borders: units of whole
// components, each in a file, in the order in which they are clustered.
//
//   plan/plan.tsv             what the units are; written last
//   plan/00000001.tsv         rows "junction_aa <tab> precluster"
//
// A plan fits the batches it was made from and is made again when they change
// or a crash has interrupted the making.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "sequence/sequence_set.hpp"
#include "store/precluster_store.hpp"

namespace clustcr {

struct PlanUnit {
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  std::uint32_t check = 0;
  // One component too large for the memory limit: clustered by precluster.
  bool divided = false;
};

struct ClusterPlan {
  std::uint32_t batches = 0;  // committed when the plan was made
  bool singletons = false;    // whether sequences without neighbours are in
  std::uint64_t memory_limit = 0;  // that its units were made for
  std::uint64_t edges = 0;         // of the whole Hamming-1 graph
  std::uint64_t edges_within = 0;  // of these, inside a precluster
  std::uint64_t divided_sequences = 0;
  std::uint64_t divided_edges_lost = 0;
  std::vector<PlanUnit> units;
};

// A unit's sequences, each with its precluster (from 0).
struct UnitRows {
  SequenceSet sequences;
  std::vector<std::uint32_t> precluster;
};

std::string plan_folder(const PreclusterStore& store);
std::string unit_path(const PreclusterStore& store, std::size_t unit);
std::string unit_row(std::string_view sequence, std::uint32_t precluster);

// False where there is no plan, or one that fits other batches, another memory
// limit or, where they are asked for, has no singletons.
bool read_plan(const PreclusterStore& store, bool singletons,
               std::uint64_t memory_limit, ClusterPlan* plan);
void write_plan(const PreclusterStore& store, const ClusterPlan& plan);
// Removes the plan's files and what an interrupted making has left.
void remove_plan(const PreclusterStore& store);

// Throws StoreError where the file is damaged or missing.
UnitRows read_unit(const PreclusterStore& store, const ClusterPlan& plan,
                   std::size_t unit);

}  // namespace clustcr
