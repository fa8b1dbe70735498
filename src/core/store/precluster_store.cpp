#include "store/precluster_store.hpp"

#include <cstdio>
#include <stdexcept>

#include "base/checked_text.hpp"
#include "base/errors.hpp"
#include "base/file_io.hpp"
#include "base/file_lock.hpp"
#include "base/hash.hpp"
#include "base/identifier.hpp"
#include "base/line_reader.hpp"
#include "base/text_fields.hpp"

namespace clustcr {
namespace {

// Folders stay small: thousands of files in one make some file systems and
// most people slow.
constexpr std::size_t kFilesPerFolder = 1000;
constexpr char kHeader[] =
    "junction_aa\tv_call\tj_call\tduplicate_count\tbatch\n";

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
  row.j_call = take_field(&line, '\t');
  row.duplicate_count = number_from_text(take_field(&line, '\t'));
  row.batch = static_cast<std::uint32_t>(number_from_text(line));
  return row;
}

// What create() makes before the manifest, where that could not be written;
// only what is empty goes. A failure of it must not hide the first.
void remove_skeleton(const std::string& shard, const std::string& directory,
                     bool made_folder) {
  try {
    if (!holds_store(directory))
      remove_with_unfinished(centroids_path(directory));
    for (const std::string& path :
         {batches_folder(shard), shard, join_path(directory, "shards")})
      remove_if_there(path);
    remove_if_empty(join_path(directory, "lock"));
    if (made_folder) remove_if_there(directory);
  } catch (const StoreError&) {
  }
}

bool same_but_for_identity(const StoreManifest& a, const StoreManifest& b) {
  return a.max_sequence_size == b.max_sequence_size &&
         a.preclusters == b.preclusters && a.by_centroid == b.by_centroid &&
         a.v_gene == b.v_gene && a.j_gene == b.j_gene &&
         a.parameters == b.parameters;
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

std::string PreclusterStore::checkpoint_path() const {
  return join_path(shard(), "checkpoint");
}

std::string PreclusterStore::staged_folder() const {
  return join_path(directory_, "shards/staged");
}

std::string_view PreclusterStore::file_header() { return kHeader; }

StoredCentroids PreclusterStore::centroids() const {
  return read_centroids(directory_, manifest_);
}

std::string PreclusterStore::snapshot_id(const Snapshot& snapshot) const {
  return hash_to_text(hash64(manifest_.id, snapshot.chain));
}

PreclusterStore PreclusterStore::create(const std::string& directory,
                                        StoreManifest manifest,
                                        const StoredCentroids& centroids,
                                        bool durable) {
  if (manifest.preclusters == 0 ||
      manifest.preclusters > StoreManifest::kMostPreclusters)
    throw InvalidArgument("a store must have 1 to " +
                          std::to_string(StoreManifest::kMostPreclusters) +
                          " preclusters, not " +
                          std::to_string(manifest.preclusters));
  manifest.made_folder = !folder_exists(directory);
  make_folders(directory);
  // Of several that make it at once (parallel::mclapply over files) one does.
  const auto lock = take_exclusively(join_path(directory, "lock"), 60, nullptr);
  if (holds_store(directory)) {
    const StoreManifest other = read_manifest(directory);
    if (same_but_for_identity(manifest, other) &&
        read_centroids(directory, other).centroids == centroids.centroids)
      return PreclusterStore(directory, durable);
    throw StoreError("'" + directory +
                         "' holds a clustcr store already; open that one, or "
                         "choose another `directory`",
                     "exists");
  }
  PreclusterStore store;
  store.directory_ = directory;
  store.durable_ = durable;
  manifest.id = new_identifier();
  try {
    make_folders(batches_folder(store.shard()));
    // Batches of a store whose manifest is gone would be taken for ours.
    if (!list_folder(batches_folder(store.shard())).empty() ||
        path_exists(store.commits_path()) ||
        path_exists(store.checkpoint_path()))
      throw StoreError("'" + store.shard() +
                           "' holds the batches of a store without manifest "
                           "('" +
                           manifest_path(directory) +
                           "'); remove it, or choose another `directory`",
                       "exists");
    write_manifest(directory, manifest, centroids, durable);
  } catch (...) {
    remove_skeleton(store.shard(), directory, manifest.made_folder);
    throw;
  }
  store.latest_.store = manifest.id;
  store.latest_.ends.resize(manifest.preclusters);
  store.manifest_ = std::move(manifest);
  return store;
}

PreclusterStore::PreclusterStore(const std::string& directory, bool durable)
    : directory_(directory), durable_(durable) {
  manifest_ = read_manifest(directory);
  latest_.store = manifest_.id;
  latest_.ends.resize(manifest_.preclusters);
  refresh();
}

void PreclusterStore::check_identity() const {
  std::string id;
  if (holds_store(directory_)) id = read_manifest(directory_).id;
  if (id == manifest_.id) return;
  throw StoreError("the store in '" + directory_ + "' was removed" +
                       (id.empty() ? "" : ", and made anew,") +
                       " after this object had opened it; `batch_cleanup()` "
                       "makes the object "
                       "forget it, and a new object opens what is there",
                   "gone");
}

std::uint64_t PreclusterStore::promised_batches() const {
  if (!path_exists(commits_path())) return 0;
  std::string text = read_whole_file(commits_path());
  if (!text.empty() && text.back() == '\n') text.pop_back();
  try {
    return number_from_text(text);
  } catch (const std::invalid_argument&) {
    damaged(commits_path(), "it must hold one number");
  }
}

// Whether it tells of more batches than are known.
bool PreclusterStore::adopt_checkpoint() {
  if (!path_exists(checkpoint_path())) return false;
  const std::string text = read_whole_file(checkpoint_path());
  Snapshot snapshot = snapshot_from_text(checkpoint_path(), text,
                                         manifest_.preclusters, manifest_.id);
  if (snapshot.batches.size() <= latest_.batches.size()) return false;
  latest_ = std::move(snapshot);
  record_bytes_ = 0;
  return true;
}

// A record that is missing at the end of the list would look like a batch
// never committed; `commits` tells them apart. It is written after the record,
// so it may be one behind, but never ahead.
void PreclusterStore::refresh() {
  const std::uint64_t promised = promised_batches();
  if (latest_.batches.empty()) adopt_checkpoint();
  for (;;) {
    const auto next = static_cast<std::uint32_t>(latest_.batches.size()) + 1;
    const std::string path = record_path(next);
    if (path_exists(path)) {
      std::string text;
      try {
        text = read_whole_file(path);
      } catch (const StoreError&) {
        if (path_exists(path)) throw;
        continue;  // a writer has taken it up in a checkpoint meanwhile
      }
      apply_record(path, text, &latest_);
      record_bytes_ += text.size();
    } else if (promised < next) {
      break;
    } else if (!adopt_checkpoint()) {
      // A writer may have taken up the record in a checkpoint meanwhile.
      check_identity();
      throw StoreError("'" + path + "' is missing: " +
                           std::to_string(promised) + " batches were committed",
                       "missing");
    }
  }
}

void PreclusterStore::prune_records() const {
  for (const std::string& name : list_folder(batches_folder(shard()))) {
    if (!is_numbered_file(name)) continue;
    const std::uint64_t id = number_from_text(name.substr(0, name.find('.')));
    if (id <= latest_.batches.size())
      remove_if_there(join_path(batches_folder(shard()), name));
  }
}

void PreclusterStore::read(
    const Snapshot& snapshot, std::size_t precluster,
    const std::function<void(const StoredRow&)>& visit) const {
  const PreclusterEnd& end = snapshot.ends[precluster];
  if (end.bytes == 0) return;
  const std::string path = precluster_path(precluster);
  std::uint64_t lines = 0;
  try {
    read_lines(path, end, [&](std::string_view line) {
      if (lines++ == 0) return;  // the names of the columns
      const StoredRow row = parse_row(line);
      if (row.batch == 0 || row.batch > snapshot.batches.size())
        throw std::invalid_argument("there is no batch " +
                                    std::to_string(row.batch));
      if (!snapshot.batches[row.batch - 1].replaced) visit(row);
    });
    if (lines != end.rows + 1)
      damaged(path, "it must have " + std::to_string(end.rows) + " rows, not " +
                        std::to_string(lines - 1));
  } catch (const StoreError&) {
    check_identity();  // not damage, but another store
    throw;
  }
}

// The last batch first, and rows only when no record speaks of them: whoever is
// interrupted leaves a store that opens, and can be removed, again.
void PreclusterStore::remove(double wait, Host* host,
                             const std::function<void()>& when_locked) {
  if (!folder_exists(shard())) return;
  const std::string lock_path = join_path(shard(), "lock");
  auto lock = take_exclusively(lock_path, wait, host);
  if (!lock)
    throw StoreError("another process or object is writing to '" + directory_ +
                         "' (it holds '" + lock_path +
                         "'); remove the store when it has ended",
                     "locked");
  // One made anew is another's. One without manifest is what is left of this.
  if (holds_store(directory_)) check_identity();
  if (when_locked) when_locked();
  remove_with_unfinished(commits_path());
  const std::string records = batches_folder(shard());
  if (folder_exists(records)) {
    const std::vector<std::string> names = list_folder(records);
    for (auto name = names.rbegin(); name != names.rend(); ++name)
      if (is_numbered_file(*name)) remove_if_there(join_path(records, *name));
  }
  remove_with_unfinished(checkpoint_path());
  for (std::size_t p = 0; p < manifest_.preclusters; ++p)
    remove_if_there(precluster_path(p));
  for (std::size_t p = 0; p < manifest_.preclusters; p += kFilesPerFolder) {
    const std::string file = precluster_path(p);
    remove_if_there(folder_of(file));
  }
  // The manifest before the lock: who waits for it finds no store.
  for (const std::string& file :
       {manifest_path(directory_), centroids_path(directory_)})
    remove_with_unfinished(file);
  // A folder with an open file can't be removed everywhere.
  remove_if_empty(lock_path);
  lock.reset();
  for (const std::string& path : {join_path(shard(), "preclusters"), records,
                                  shard(), join_path(directory_, "shards")})
    remove_if_there(path);
  remove_if_empty(join_path(directory_, "lock"));
  if (manifest_.made_folder) remove_if_there(directory_);
}

}  // namespace clustcr
