#include "clustering/cluster_plan.hpp"

#include <cstdio>
#include <stdexcept>

#include "base/checked_text.hpp"
#include "base/checksum.hpp"
#include "base/errors.hpp"
#include "base/file_io.hpp"
#include "base/text_fields.hpp"
#include "graph/masked_spill.hpp"

namespace clustcr {
namespace {

constexpr char kTitle[] = "clustcr plan";
constexpr int kFormat = 1;

std::string plan_path(const PreclusterStore& store) {
  return join_path(plan_folder(store), "plan.tsv");
}

std::string entry(const char* key, std::uint64_t value) {
  return std::string(key) + "\t" + std::to_string(value) + "\n";
}

void parse_entry(std::string_view key, std::string_view rest,
                 ClusterPlan* plan) {
  if (key == "unit") {
    PlanUnit unit;
    unit.rows = number_from_text(take_field(&rest, '\t'));
    unit.bytes = number_from_text(take_field(&rest, '\t'));
    unit.check = check_from_text(take_field(&rest, '\t'));
    unit.divided = rest == "divided";
    plan->units.push_back(unit);
    return;
  }
  const std::uint64_t value = number_from_text(rest);
  if (key == "batches")
    plan->batches = static_cast<std::uint32_t>(value);
  else if (key == "singletons")
    plan->singletons = value != 0;
  else if (key == "memory_limit")
    plan->memory_limit = value;
  else if (key == "edges")
    plan->edges = value;
  else if (key == "edges_within")
    plan->edges_within = value;
  else if (key == "divided_sequences")
    plan->divided_sequences = value;
  else if (key == "divided_edges_lost")
    plan->divided_edges_lost = value;
  else
    throw std::invalid_argument("unknown entry '" + std::string(key) + "'");
}

ClusterPlan parse_plan(std::string_view body) {
  ClusterPlan plan;
  std::string_view first = take_field(&body, '\n');
  if (take_field(&first, '\t') != kTitle || number_from_text(first) != kFormat)
    throw std::invalid_argument("it is no plan of format 1");
  while (!body.empty()) {
    std::string_view line = take_field(&body, '\n');
    const std::string_view key = take_field(&line, '\t');
    parse_entry(key, line, &plan);
  }
  return plan;
}

}  // namespace

std::string plan_folder(const PreclusterStore& store) {
  return join_path(store.directory(), "plan");
}

std::string unit_path(const PreclusterStore& store, std::size_t unit) {
  char name[32];
  std::snprintf(name, sizeof(name), "%08zu.tsv", unit + 1);
  return join_path(plan_folder(store), name);
}

std::string unit_row(std::string_view sequence, std::uint32_t precluster) {
  return std::string(sequence) + "\t" + std::to_string(precluster + 1) + "\n";
}

// A damaged plan is no loss: it is made again from the preclusters.
bool read_plan(const PreclusterStore& store, bool singletons,
               std::uint64_t memory_limit, ClusterPlan* plan) {
  const std::string path = plan_path(store);
  if (!path_exists(path)) return false;
  const std::string text = read_whole_file(path);
  try {
    *plan = parse_plan(checked_part(path, text));
  } catch (const std::invalid_argument&) {
    return false;
  } catch (const StoreError&) {
    return false;
  }
  return plan->batches == store.batches().size() &&
         plan->memory_limit == memory_limit &&
         (plan->singletons || !singletons);
}

void write_plan(const PreclusterStore& store, const ClusterPlan& plan) {
  std::string text = entry(kTitle, kFormat);
  text += entry("batches", plan.batches);
  text += entry("singletons", plan.singletons);
  text += entry("memory_limit", plan.memory_limit);
  text += entry("edges", plan.edges);
  text += entry("edges_within", plan.edges_within);
  text += entry("divided_sequences", plan.divided_sequences);
  text += entry("divided_edges_lost", plan.divided_edges_lost);
  for (const PlanUnit& unit : plan.units)
    text += "unit\t" + std::to_string(unit.rows) + "\t" +
            std::to_string(unit.bytes) + "\t" + check_to_text(unit.check) +
            (unit.divided ? "\tdivided\n" : "\twhole\n");
  append_check(&text);
  if (store.durable()) sync_file_system(store.directory());
  replace_file(plan_path(store), text, store.durable());
}

void remove_plan(const PreclusterStore& store) {
  const std::string folder = plan_folder(store);
  if (!folder_exists(folder)) return;
  remove_if_there(plan_path(store));
  remove_if_there(plan_path(store) + ".part");
  MaskedSpill::remove_leftovers(folder);
  // By name, not by number: an interrupted removal leaves gaps.
  for (const std::string& name : list_folder(folder))
    if (is_numbered_file(name)) remove_if_there(join_path(folder, name));
  remove_if_there(folder);
}

UnitRows read_unit(const PreclusterStore& store, const ClusterPlan& plan,
                   std::size_t unit) {
  const std::string path = unit_path(store, unit);
  const PlanUnit& about = plan.units[unit];
  if (!path_exists(path))
    throw StoreError("'" + path + "' is missing", "missing");
  const File file(path, File::Mode::kRead);
  if (file.size() < about.bytes)
    damaged(path, "it must have at least " + std::to_string(about.bytes) +
                      " bytes, not " + std::to_string(file.size()));
  std::string text(about.bytes, '\0');
  file.read_at(0, text.size(), text.data());
  if (crc32c(text) != about.check) damaged(path, "its check does not fit");
  UnitRows rows;
  std::string_view rest = text;
  try {
    while (!rest.empty()) {
      std::string_view line = take_field(&rest, '\n');
      rows.sequences.push_back(take_field(&line, '\t'));
      const std::uint64_t precluster = number_from_text(line);
      if (precluster == 0 || precluster > store.manifest().preclusters)
        damaged(path, "there is no precluster " + std::to_string(precluster));
      rows.precluster.push_back(static_cast<std::uint32_t>(precluster - 1));
    }
  } catch (const std::invalid_argument& e) {
    damaged(path, e.what());
  }
  if (rows.precluster.size() != about.rows)
    damaged(path, "it must have " + std::to_string(about.rows) + " rows, not " +
                      std::to_string(rows.precluster.size()));
  return rows;
}

}  // namespace clustcr
