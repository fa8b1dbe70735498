#include "clustering/run_plan.hpp"

#include <algorithm>
#include <cstdio>

#include "base/checked_text.hpp"
#include "base/checksum.hpp"
#include "base/errors.hpp"
#include "base/file_io.hpp"
#include "base/line_reader.hpp"
#include "base/text_fields.hpp"
#include "graph/key_spill.hpp"

namespace clustcr {
namespace {

constexpr char kTitle[] = "clustcr plan\t2";

std::string entry(const char* key, std::uint64_t value) {
  return std::string(key) + "\t" + std::to_string(value) + "\n";
}

PlanUnit parse_unit(std::string_view rest) {
  PlanUnit unit;
  const std::string_view kind = take_field(&rest, '\t');
  if (kind == "preclusters") {
    unit.first = number_from_text(take_field(&rest, '\t'));
    unit.end = number_from_text(rest);
    if (unit.first >= unit.end) throw std::invalid_argument("an empty unit");
    return unit;
  }
  if (kind != "whole" && kind != "divided" && kind != "alone")
    throw std::invalid_argument("unknown kind of unit");
  unit.divided = kind == "divided";
  unit.alone = kind == "alone";
  unit.rows = number_from_text(take_field(&rest, '\t'));
  unit.file.bytes = number_from_text(take_field(&rest, '\t'));
  unit.file.check = check_from_text(rest);
  return unit;
}

RunPlan parse_plan(std::string_view body) {
  RunPlan plan;
  if (take_field(&body, '\n') != kTitle)
    throw std::invalid_argument("it is no plan of format 2");
  while (!body.empty()) {
    std::string_view line = take_field(&body, '\n');
    const std::string_view key = take_field(&line, '\t');
    if (key == "unit") {
      plan.units.push_back(parse_unit(line));
      continue;
    }
    const std::uint64_t value = number_from_text(line);
    if (key == "join")
      plan.join = value != 0;
    else if (key == "receptors")
      plan.receptors = value;
    else if (key == "occurrences")
      plan.occurrences = value;
    else if (key == "edges")
      plan.edges = value;
    else if (key == "divided_receptors")
      plan.divided_receptors = value;
    else
      throw std::invalid_argument("unknown entry '" + std::string(key) + "'");
  }
  return plan;
}

}  // namespace

std::string plan_path(const std::string& folder) {
  return join_path(folder, "plan.tsv");
}

std::string units_folder(const std::string& folder) {
  return join_path(folder, "units");
}

std::string numbered_name(std::size_t unit) {
  char name[32];
  std::snprintf(name, sizeof(name), "%08zu.tsv", unit + 1);
  return name;
}

std::string unit_path(const std::string& folder, std::size_t unit) {
  return join_path(units_folder(folder), numbered_name(unit));
}

bool read_plan(const std::string& folder, RunPlan* plan) {
  const std::string path = plan_path(folder);
  if (!path_exists(path)) return false;
  const std::string text = read_whole_file(path);
  try {
    *plan = parse_plan(checked_part(path, text));
  } catch (const std::invalid_argument&) {
    return false;
  } catch (const StoreError&) {
    return false;
  }
  return true;
}

bool is_planned(const std::string& folder) {
  RunPlan plan;
  return read_plan(folder, &plan);
}

void write_plan(const std::string& folder, const RunPlan& plan, bool durable) {
  std::string text = std::string(kTitle) + "\n";
  text += entry("join", plan.join);
  text += entry("receptors", plan.receptors);
  text += entry("occurrences", plan.occurrences);
  text += entry("edges", plan.edges);
  text += entry("divided_receptors", plan.divided_receptors);
  for (const PlanUnit& unit : plan.units) {
    if (unit.first < unit.end)
      text += "unit\tpreclusters\t" + std::to_string(unit.first) + "\t" +
              std::to_string(unit.end) + "\n";
    else
      text += std::string("unit\t") +
              (unit.divided ? "divided"
               : unit.alone ? "alone"
                            : "whole") +
              "\t" + std::to_string(unit.rows) + "\t" +
              std::to_string(unit.file.bytes) + "\t" +
              check_to_text(unit.file.check) + "\n";
  }
  append_check(&text);
  // The units' rows before the plan that counts them.
  if (durable && plan.join) sync_file_system(folder);
  replace_file(plan_path(folder), text, durable);
}

void remove_units(const std::string& folder) {
  KeySpill::remove_leftovers(folder);
  const std::string units = units_folder(folder);
  if (!folder_exists(units)) return;
  // By name, not by number: an interrupted removal leaves gaps.
  for (const std::string& name : list_folder(units))
    if (is_numbered_file(name)) remove_if_there(join_path(units, name));
  remove_if_there(units);
}

void append_gene_columns(std::string_view genes, const StoreManifest& manifest,
                         std::string* text) {
  if (!manifest.v_gene) *text += '\t';
  *text += genes;
  if (!manifest.j_gene && manifest.v_gene) *text += '\t';
}

std::string genes_from_columns(std::string_view v_call, std::string_view j_call,
                               const StoreManifest& manifest) {
  if (manifest.v_gene && manifest.j_gene)
    return std::string(v_call) + "\t" + std::string(j_call);
  return std::string(manifest.v_gene ? v_call : j_call);
}

void append_samples(const Occurrences& occurrences, std::size_t receptor,
                    std::string* text) {
  if (occurrences.empty()) return;
  for (std::uint64_t k = occurrences.offsets[receptor];
       k < occurrences.offsets[receptor + 1]; ++k) {
    if (k > occurrences.offsets[receptor]) *text += ',';
    append_number(std::uint64_t{occurrences.sample[k]} + 1, text);
    *text += ':';
    append_number(occurrences.duplicate_count[k], text);
  }
}

namespace {

// Rows of a unit by the group that they are clustered in.
class UnitCollector {
 public:
  UnitCollector(const StoreManifest& manifest, bool divided)
      : manifest_(manifest), divided_(divided) {}

  void line(std::string_view line) {
    const std::string_view sequence = take_field(&line, '\t');
    const std::string_view v_call = take_field(&line, '\t');
    const std::string_view j_call = take_field(&line, '\t');
    const std::uint64_t p = number_from_text(take_field(&line, '\t'));
    if (p == 0 || p > manifest_.preclusters)
      throw std::invalid_argument("there is no precluster " +
                                  std::to_string(p));
    const auto precluster = static_cast<std::uint32_t>(p - 1);
    Group& group = group_of(divided_ ? precluster : 0);
    const std::string genes = genes_from_columns(v_call, j_call, manifest_);
    visit_samples(line, [&](std::uint32_t sample, std::uint64_t count) {
      group.collector.add(sequence, genes, sample, count);
      group.precluster.push_back(precluster);
    });
    ++rows_;
  }
  std::uint64_t rows() const { return rows_; }
  void reserve(std::uint64_t rows) { expected_ = divided_ ? 0 : rows; }

  std::vector<ReceptorGroup> finish() {
    std::vector<ReceptorGroup> groups;
    for (Group& from : groups_) {
      groups.emplace_back();
      ReceptorGroup& to = groups.back();
      std::vector<std::uint32_t> index_of;
      to.receptors = from.collector.finish(&index_of);
      to.precluster = from.number;
      if (divided_) continue;
      to.preclusters.resize(to.receptors.size());
      for (std::size_t row = 0; row < index_of.size(); ++row)
        to.preclusters[index_of[row]] = from.precluster[row];
    }
    return groups;
  }

 private:
  struct Group {
    std::uint32_t number;
    ReceptorCollector collector;
    std::vector<std::uint32_t> precluster;  // of each row
  };

  // Rows come by precluster, so the group is nearly always the last.
  Group& group_of(std::uint32_t number) {
    if (groups_.empty() || groups_.back().number < number) {
      groups_.push_back(
          {number,
           ReceptorCollector(manifest_.v_gene || manifest_.j_gene),
           {}});
      groups_.back().collector.reserve(expected_);
      groups_.back().precluster.reserve(expected_);
      return groups_.back();
    }
    if (groups_.back().number == number) return groups_.back();
    throw std::invalid_argument("rows must come by precluster");
  }

  const StoreManifest& manifest_;
  bool divided_;
  std::vector<Group> groups_;
  std::uint64_t rows_ = 0, expected_ = 0;
};

}  // namespace

std::vector<ReceptorGroup> read_unit(const std::string& folder,
                                     const StoreManifest& manifest,
                                     const PlanUnit& unit, std::size_t number) {
  UnitCollector collector(manifest, unit.divided);
  const std::string path = unit_path(folder, number);
  // A row has some bytes, whatever the plan says.
  collector.reserve(std::min(unit.rows, unit.file.bytes));
  read_lines(path, unit.file,
             [&](std::string_view line) { collector.line(line); });
  if (collector.rows() != unit.rows)
    damaged(path, "it must have " + std::to_string(unit.rows) + " rows, not " +
                      std::to_string(collector.rows()));
  std::vector<ReceptorGroup> groups = collector.finish();
  for (ReceptorGroup& group : groups) group.alone = unit.alone;
  return groups;
}

}  // namespace clustcr
