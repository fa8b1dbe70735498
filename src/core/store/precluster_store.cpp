#include "store/precluster_store.hpp"

#include <cstdio>
#include <stdexcept>

#include "base/checked_text.hpp"
#include "base/checksum.hpp"
#include "base/errors.hpp"
#include "base/file_io.hpp"
#include "base/text_fields.hpp"

namespace clustcr {
namespace {

// Folders stay small: thousands of files in one make some file systems and
// most people slow.
constexpr std::size_t kFilesPerFolder = 1000;
constexpr char kHeader[] = "junction_aa\tv_call\tduplicate_count\tbatch\n";

std::string padded(std::uint64_t number, int width) {
  char text[32];
  std::snprintf(text, sizeof(text), "%0*llu", width,
                static_cast<unsigned long long>(number));
  return text;
}

std::string batches_folder(const std::string& shard) {
  return join_path(shard, "batches");
}

StoredRow parse_row(std::string_view line) {
  StoredRow row;
  row.sequence = take_field(&line, '\t');
  row.v_call = take_field(&line, '\t');
  row.duplicate_count = number_from_text(take_field(&line, '\t'));
  row.batch = static_cast<std::uint32_t>(number_from_text(line));
  return row;
}

}  // namespace

std::string PreclusterStore::shard() const {
  return join_path(directory_, "shards/1");
}

std::string PreclusterStore::precluster_path(std::size_t precluster) const {
  return join_path(shard(), "preclusters/" +
                                padded(precluster / kFilesPerFolder + 1, 4) +
                                "/" + padded(precluster + 1, 8) + ".tsv");
}

std::string PreclusterStore::record_path(std::uint32_t id) const {
  return join_path(batches_folder(shard()), padded(id, 8) + ".tsv");
}

std::string PreclusterStore::commits_path() const {
  return join_path(shard(), "commits");
}

std::string_view PreclusterStore::file_header() { return kHeader; }

PreclusterStore PreclusterStore::create(const std::string& directory,
                                        StoreManifest manifest,
                                        std::vector<float> centroids,
                                        bool durable) {
  if (holds_store(directory))
    throw StoreError("'" + directory +
                         "' holds a clustcr store already; open that one, or "
                         "choose another `directory`",
                     "exists");
  manifest.made_folder = !folder_exists(directory);
  PreclusterStore store;
  store.directory_ = directory;
  store.durable_ = durable;
  make_folders(batches_folder(store.shard()));
  // Batches of a store whose manifest is gone would be taken for ours.
  if (!list_folder(batches_folder(store.shard())).empty() ||
      path_exists(store.commits_path()))
    throw StoreError("'" + store.shard() +
                         "' holds the batches of a store without manifest; "
                         "remove it, or choose another `directory`",
                     "exists");
  write_manifest(directory, manifest, centroids, durable);
  store.ends_.resize(manifest.preclusters);
  store.manifest_ = std::move(manifest);
  store.centroids_ = std::move(centroids);
  return store;
}

PreclusterStore::PreclusterStore(const std::string& directory, bool durable)
    : directory_(directory), durable_(durable) {
  manifest_ = read_manifest(directory, &centroids_);
  ends_.resize(manifest_.preclusters);
  refresh();
}

// A record that is missing at the end of the list would look like a batch
// never committed; `commits` tells them apart. It is written after the record,
// so it may be one behind, but never ahead.
void PreclusterStore::refresh() {
  std::uint64_t promised = 0;
  if (path_exists(commits_path())) {
    try {
      std::string text = read_whole_file(commits_path());
      if (!text.empty() && text.back() == '\n') text.pop_back();
      promised = number_from_text(text);
    } catch (const std::invalid_argument&) {
      damaged(commits_path(), "it must hold one number");
    }
  }
  std::uint32_t next = static_cast<std::uint32_t>(batches_.size()) + 1;
  while (path_exists(record_path(next))) apply_record(next++);
  if (promised >= next)
    throw StoreError("'" + record_path(next) + "' is missing: " +
                         std::to_string(promised) + " batches were committed",
                     "missing");
}

void PreclusterStore::apply_record(std::uint32_t id) {
  const std::string path = record_path(id);
  const std::string text = read_whole_file(path);
  std::string_view body = checked_part(path, text);
  BatchInfo info;
  info.id = id;
  std::vector<std::uint32_t> replaces;
  std::vector<std::pair<std::size_t, PreclusterEnd>> ends;
  try {
    std::string_view first = take_field(&body, '\n');
    if (take_field(&first, '\t') != "clustcr batch" ||
        number_from_text(first) != id)
      damaged(path, "it is not the record of batch " + std::to_string(id));
    while (!body.empty()) {
      std::string_view line = take_field(&body, '\n');
      const std::string_view key = take_field(&line, '\t');
      if (key == "name") {
        info.name = unescaped(line);
      } else if (key == "rows") {
        info.rows = number_from_text(line);
      } else if (key == "replaces") {
        replaces.push_back(static_cast<std::uint32_t>(number_from_text(line)));
      } else if (key == "count") {
        const std::string what = unescaped(take_field(&line, '\t'));
        info.counts.emplace_back(what, number_from_text(line));
      } else if (key == "precluster") {
        const std::uint64_t which = number_from_text(take_field(&line, '\t'));
        if (which == 0 || which > ends_.size())
          damaged(path, "there is no precluster " + std::to_string(which));
        PreclusterEnd end;
        end.rows = number_from_text(take_field(&line, '\t'));
        end.bytes = number_from_text(take_field(&line, '\t'));
        end.check = check_from_text(line);
        // A row takes bytes; memory is reserved by rows.
        if (end.rows > end.bytes) damaged(path, "it has more rows than bytes");
        ends.emplace_back(which - 1, end);
      } else {
        damaged(path, "unknown entry '" + std::string(key) + "'");
      }
    }
  } catch (const std::invalid_argument& e) {
    damaged(path, e.what());
  }
  for (std::uint32_t old : replaces) {
    if (old == 0 || old >= id) damaged(path, "it replaces a later batch");
    batches_[old - 1].replaced = true;
  }
  for (const auto& [which, end] : ends) ends_[which] = end;
  batches_.push_back(std::move(info));
}

void PreclusterStore::read(
    std::size_t precluster,
    const std::function<void(const StoredRow&)>& visit) const {
  const PreclusterEnd& end = ends_[precluster];
  if (end.bytes == 0) return;
  const std::string path = precluster_path(precluster);
  if (!path_exists(path))
    throw StoreError("'" + path + "' is missing", "missing");
  const File file(path, File::Mode::kRead);
  if (file.size() < end.bytes)
    damaged(path, "it must have at least " + std::to_string(end.bytes) +
                      " bytes, not " + std::to_string(file.size()));
  std::string text(end.bytes, '\0');
  file.read_at(0, text.size(), text.data());
  if (crc32c(text) != end.check) damaged(path, "its check does not fit");
  std::string_view rest = text;
  std::uint64_t rows = 0;
  take_field(&rest, '\n');
  try {
    for (; !rest.empty(); ++rows) {
      const StoredRow row = parse_row(take_field(&rest, '\n'));
      if (row.batch == 0 || row.batch > batches_.size())
        damaged(path, "there is no batch " + std::to_string(row.batch));
      if (!batches_[row.batch - 1].replaced) visit(row);
    }
  } catch (const std::invalid_argument& e) {
    damaged(path, e.what());
  }
  if (rows != end.rows)
    damaged(path, "it must have " + std::to_string(end.rows) + " rows, not " +
                      std::to_string(rows));
}

// The last batch first, and rows only when no record speaks of them: whoever is
// interrupted leaves a store that opens, and can be removed, again.
void PreclusterStore::remove() {
  remove_if_there(commits_path());
  remove_if_there(commits_path() + ".part");
  const std::string records = batches_folder(shard());
  if (folder_exists(records)) {
    const std::vector<std::string> names = list_folder(records);
    for (auto name = names.rbegin(); name != names.rend(); ++name)
      if (is_numbered_file(*name)) remove_if_there(join_path(records, *name));
  }
  for (std::size_t p = 0; p < ends_.size(); ++p)
    remove_if_there(precluster_path(p));
  for (std::size_t p = 0; p < ends_.size(); p += kFilesPerFolder) {
    const std::string file = precluster_path(p);
    remove_if_there(file.substr(0, file.find_last_of('/')));
  }
  for (const std::string& path :
       {join_path(shard(), "preclusters"), records, join_path(shard(), "lock"),
        shard(), join_path(directory_, "shards")})
    remove_if_there(path);
  for (const std::string& file :
       {manifest_path(directory_), centroids_path(directory_)}) {
    remove_if_there(file);
    remove_if_there(file + ".part");
  }
  if (manifest_.made_folder) remove_if_there(directory_);
}

}  // namespace clustcr
