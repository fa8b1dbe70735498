// The plan of a clustering: its units of work, in the order of their clusters.
// A unit is some preclusters or, where links across them count, a file of rows
// that are whole components.
//
//   plan.tsv             what the units are; written last
//   units/00000001.tsv   rows "junction_aa, v_call, j_call, precluster,
//                        samples"; `samples` is "1:3,4:1": three times in the
//                        first sample, once in the fourth
#pragma once
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/partition_files.hpp"
#include "base/text_fields.hpp"
#include "clustering/cluster_receptors.hpp"
#include "store/precluster_store.hpp"

namespace clustcr {

struct PlanUnit {
  // Of preclusters [first, end), where first < end; else of a file.
  std::uint64_t first = 0, end = 0;
  PartitionFiles::End file;
  std::uint64_t rows = 0;
  // Some preclusters of a component too large for the memory limit: each is
  // clustered by itself.
  bool divided = false;
  // Receptors that have no neighbor.
  bool alone = false;
};

struct RunPlan {
  bool join = false;
  std::uint64_t receptors = 0;          // of a join: of the whole snapshot
  std::uint64_t occurrences = 0;        // of these, (receptor, sample) pairs
  std::uint64_t edges = 0;              // of distance 1, told by keys alone
  std::uint64_t divided_receptors = 0;  // in components that were divided
  std::vector<PlanUnit> units;
};

std::string plan_path(const std::string& folder);
std::string units_folder(const std::string& folder);
std::string unit_path(const std::string& folder, std::size_t unit);
std::string numbered_name(std::size_t unit);

// False where there is no plan, or a damaged one, which is no loss.
bool read_plan(const std::string& folder, RunPlan* plan);
bool is_planned(const std::string& folder);
void write_plan(const std::string& folder, const RunPlan& plan, bool durable);
// Removes the files of units, and of a join that was killed.
void remove_units(const std::string& folder);

// Rows of unit files and of kept clusters.
// "v_call <tab> j_call" from the text of a receptor's genes.
void append_gene_columns(std::string_view genes, const StoreManifest& manifest,
                         std::string* text);
std::string genes_from_columns(std::string_view v_call, std::string_view j_call,
                               const StoreManifest& manifest);
void append_samples(const Occurrences& occurrences, std::size_t receptor,
                    std::string* text);
// visit(sample, duplicate_count); throws std::invalid_argument.
template <class Visit>
void visit_samples(std::string_view text, Visit&& visit) {
  if (text.empty()) throw std::invalid_argument("a receptor without samples");
  while (!text.empty()) {
    std::string_view pair = take_field(&text, ',');
    const std::uint64_t sample = number_from_text(take_field(&pair, ':'));
    if (sample == 0 || sample > UINT32_MAX)
      throw std::invalid_argument("there is no such sample");
    visit(static_cast<std::uint32_t>(sample - 1), number_from_text(pair));
  }
}

// The groups of a unit that is a file. Throws StoreError where that is damaged
// or missing.
std::vector<ReceptorGroup> read_unit(const std::string& folder,
                                     const StoreManifest& manifest,
                                     const PlanUnit& unit, std::size_t number);

}  // namespace clustcr
