#include "clustering/cluster_text.hpp"

#include <cstring>

#include "base/errors.hpp"
#include "base/hash.hpp"
#include "base/streams.hpp"
#include "base/system.hpp"
#include "base/text_fields.hpp"
#include "clustering/run_plan.hpp"

namespace clustcr {
namespace {

constexpr std::uint64_t kMostOfDouble = std::uint64_t{1} << 53;

bool is_plain(std::string_view name) {
  if (!name.empty() && std::strchr("=+-@", name.front())) return false;
  for (const char c : name)
    if (c < ' ' || c > '~' || c == '"') return false;
  return true;
}

// Of CSV also a field with nothing in it, which else would be a missing one.
std::string as_field(std::string_view field, char separator) {
  const bool quoted =
      separator == ',' && (field.empty() || field.find(',') != field.npos);
  if (!quoted) return std::string(field);
  return '"' + std::string(field) + '"';
}

}  // namespace

bool append_cluster_text(const ClusterTable& table,
                         const StoreManifest& manifest,
                         std::uint64_t first_cluster,
                         const std::vector<std::string>& wanted, char separator,
                         std::string* text) {
  const ReceptorSet& rows = table.rows;
  const Occurrences& in = rows.occurrences;
  const bool genes = manifest.v_gene || manifest.j_gene;
  // The columns of genes, each text of them made once.
  std::vector<std::string> names;
  for (const std::string& both : rows.genes) {
    std::string columns;
    append_gene_columns(both, manifest, &columns);
    std::string_view rest = columns;
    const std::string v_call = unescaped(take_field(&rest, '\t'));
    const std::string j_call = unescaped(rest);
    if (!is_plain(v_call) || !is_plain(j_call)) return false;
    names.emplace_back();
    if (manifest.v_gene)
      names.back() += as_field(v_call, separator) + separator;
    if (manifest.j_gene)
      names.back() += as_field(j_call, separator) + separator;
  }
  bool counted = false;
  for (const std::string& name : wanted) counted |= name == "duplicate_count";
  for (std::size_t i = 0; counted && i < rows.size(); ++i)
    if (in.total(i) >= kMostOfDouble) return false;
  std::vector<std::uint64_t> ids;
  std::string pairs;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    *text += rows.sequences[i];
    *text += separator;
    if (genes) *text += names[rows.gene[i]];
    append_number(first_cluster + table.cluster[i], text);
    *text += separator;
    // Where sequences were divided by hash, numbers say nothing.
    append_number(manifest.by_centroid ? table.precluster[i] + 1 : 1, text);
    for (const std::string& name : wanted) {
      *text += separator;
      if (name == "duplicate_count") {
        append_number(in.total(i), text);
      } else if (name == "sample_counts") {
        pairs.clear();
        append_samples(in, i, &pairs);
        *text += as_field(pairs, separator);
      } else if (name == "cluster_id") {
        if (ids.empty()) ids = cluster_ids(table);
        *text += hash_to_text(ids[table.cluster[i]]);
      } else {
        append_number(in.offsets[i + 1] - in.offsets[i], text);
      }
    }
    *text += '\n';
  }
  return true;
}

void append_to_file(const std::string& path, const std::string& text) {
  const FileHandle file(sys::open_stream(path, "ab"));
  if (!file ||
      std::fwrite(text.data(), 1, text.size(), file.get()) != text.size() ||
      std::fflush(file.get()) != 0)
    throw Error("not_written", sys::last_failure().text);
}

}  // namespace clustcr
