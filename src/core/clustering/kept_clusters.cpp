#include "clustering/kept_clusters.hpp"

#include <algorithm>
#include <stdexcept>
#include <unordered_map>

#include "base/checked_text.hpp"
#include "base/checksum.hpp"
#include "base/errors.hpp"
#include "base/file_io.hpp"
#include "base/line_reader.hpp"
#include "base/text_fields.hpp"
#include "clustering/run_plan.hpp"

namespace clustcr {
namespace {

constexpr char kTitle[] = "clustcr unit\t1";
constexpr char kHeader[] =
    "junction_aa\tv_call\tj_call\tprecluster\tcluster\tsamples\n";

std::string rows_path(const std::string& folder, std::size_t unit) {
  return join_path(folder, "clusters/" + numbered_name(unit));
}

std::string record_path(const std::string& folder, std::size_t unit) {
  return join_path(folder, "done/" + numbered_name(unit));
}

std::string rows_to_text(const ClusterTable& table,
                         const StoreManifest& manifest) {
  std::string text = kHeader;
  text.reserve(text.size() + 40 * table.cluster.size());
  for (std::size_t i = 0; i < table.cluster.size(); ++i) {
    text += table.rows.sequences[i];
    text += '\t';
    append_gene_columns(table.rows.genes_of(i), manifest, &text);
    text += '\t';
    append_number(table.precluster[i] + std::uint64_t{1}, &text);
    text += '\t';
    append_number(table.cluster[i] + std::uint64_t{1}, &text);
    text += '\t';
    append_samples(table.rows.occurrences, i, &text);
    text += '\n';
  }
  return text;
}

// Appends the rows of a file to a table.
class RowReader {
 public:
  RowReader(const StoreManifest& manifest, ClusterTable* table)
      : manifest_(manifest), table_(table) {}

  void operator()(std::string_view line) {
    if (first_) {
      first_ = false;
      return;
    }
    ReceptorSet& rows = table_->rows;
    rows.sequences.push_back(take_field(&line, '\t'));
    const std::string_view v_call = take_field(&line, '\t');
    const std::string_view j_call = take_field(&line, '\t');
    if (manifest_.v_gene || manifest_.j_gene)
      rows.gene.push_back(
          number_of(genes_from_columns(v_call, j_call, manifest_)));
    table_->precluster.push_back(number(take_field(&line, '\t')));
    table_->cluster.push_back(number(take_field(&line, '\t')));
    visit_samples(line, [&](std::uint32_t sample, std::uint64_t count) {
      rows.occurrences.sample.push_back(sample);
      rows.occurrences.duplicate_count.push_back(count);
    });
    rows.occurrences.offsets.push_back(rows.occurrences.sample.size());
  }

 private:
  static std::uint32_t number(std::string_view text) {
    const std::uint64_t value = number_from_text(text);
    if (value == 0 || value > UINT32_MAX)
      throw std::invalid_argument("numbers must count from 1");
    return static_cast<std::uint32_t>(value - 1);
  }
  std::uint32_t number_of(const std::string& genes) {
    const auto at = gene_number_.emplace(
        genes, static_cast<std::uint32_t>(gene_number_.size()));
    if (at.second) table_->rows.genes.push_back(genes);
    return at.first->second;
  }

  const StoreManifest& manifest_;
  ClusterTable* table_;
  bool first_ = true;
  std::unordered_map<std::string, std::uint32_t> gene_number_;
};

}  // namespace

bool is_done(const std::string& folder, std::size_t unit) {
  return path_exists(record_path(folder, unit));
}

DoneRecord read_done_record(const std::string& folder, std::size_t unit) {
  const std::string path = record_path(folder, unit);
  if (!path_exists(path))
    throw StoreError("'" + path + "' is missing", "missing");
  const std::string text = read_whole_file(path);
  std::string_view body = checked_part(path, text);
  DoneRecord record;
  try {
    if (take_field(&body, '\n') != kTitle)
      throw std::invalid_argument("it is no record of a unit");
    std::string_view line = take_field(&body, '\n');
    for (std::uint64_t* value :
         {&record.rows, &record.clusters, &record.totals.receptors,
          &record.totals.occurrences, &record.totals.edges,
          &record.totals.edges_within, &record.file.bytes})
      *value = number_from_text(take_field(&line, '\t'));
    record.file.check = check_from_text(line);
    if (record.rows > record.file.bytes || record.clusters > UINT32_MAX)
      throw std::invalid_argument("it has more rows than bytes");
  } catch (const std::invalid_argument& e) {
    damaged(path, e.what());
  }
  return record;
}

void keep_clusters(const std::string& folder, std::size_t unit,
                   const StoreManifest& manifest, const ClusterTable& table,
                   bool durable) {
  const std::string rows = rows_to_text(table, manifest);
  std::string record = std::string(kTitle) + "\n";
  for (const std::uint64_t value :
       {std::uint64_t{table.cluster.size()}, std::uint64_t{table.clusters},
        table.totals.receptors, table.totals.occurrences, table.totals.edges,
        table.totals.edges_within, std::uint64_t{rows.size()}})
    record += std::to_string(value) + "\t";
  record += check_to_text(crc32c(rows)) + "\n";
  append_check(&record);
  make_folders_below(folder, join_path(folder, "clusters"));
  make_folders_below(folder, join_path(folder, "done"));
  replace_file(rows_path(folder, unit), rows, durable);
  replace_file(record_path(folder, unit), record, durable);
}

ClusterTable read_clusters(const std::string& folder, std::size_t unit,
                           const StoreManifest& manifest) {
  const DoneRecord record = read_done_record(folder, unit);
  // Only preclusters that are clusters can be empty. Memory is reserved by it.
  if (record.clusters >
      std::max<std::uint64_t>(record.rows, manifest.preclusters))
    damaged(record_path(folder, unit), "it has more clusters than rows");
  ClusterTable table;
  table.totals = record.totals;
  table.clusters = static_cast<std::uint32_t>(record.clusters);
  RowReader read(manifest, &table);
  const std::string path = rows_path(folder, unit);
  read_lines(path, record.file, [&](std::string_view line) { read(line); });
  if (table.cluster.size() != record.rows)
    damaged(path, "it must have " + std::to_string(record.rows) +
                      " rows, not " + std::to_string(table.cluster.size()));
  for (const std::uint32_t cluster : table.cluster)
    if (cluster >= table.clusters)
      damaged(path, "it has more clusters than its record says");
  return table;
}

// The records first: rows without a record are not done.
void remove_kept_clusters(const std::string& folder) {
  for (const char* name : {"done", "clusters"}) {
    const std::string path = join_path(folder, name);
    if (!folder_exists(path)) continue;
    for (const std::string& file : list_folder(path))
      if (is_numbered_file(file)) remove_if_there(join_path(path, file));
    remove_if_there(path);
  }
}

}  // namespace clustcr
