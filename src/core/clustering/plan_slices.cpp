#include "clustering/plan_slices.hpp"

#include <cstdio>

#include "base/file_io.hpp"
#include "base/identifier.hpp"
#include "graph/key_spill.hpp"

namespace clustcr {
namespace {

constexpr char kKeysPrefix[] = "keys-";

std::string slices_folder(const std::string& folder) {
  return join_path(folder, "join");
}

std::string slice_path(const std::string& folder, std::size_t slice,
                       std::size_t slices) {
  char name[64];
  std::snprintf(name, sizeof(name), "%04zu-of-%04zu", slice + 1, slices);
  return join_path(slices_folder(folder), name);
}

bool is_keys_folder(const std::string& name) {
  return name.compare(0, sizeof(kKeysPrefix) - 1, kKeysPrefix) == 0;
}

// A folder of its own for each that makes a slice, which ends with it.
class KeysFolder {
 public:
  KeysFolder(const std::string& folder, const std::string& scratch)
      : path_(join_path(scratch.empty() ? slices_folder(folder) : scratch,
                        kKeysPrefix + new_identifier())) {
    make_folders_below(scratch.empty() ? folder : scratch, path_);
  }
  ~KeysFolder() {
    try {
      remove_if_there(path_);
    } catch (const StoreError&) {
      // A destructor can't tell; remove_slices() removes what is left.
    }
  }
  KeysFolder(const KeysFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace

JoinOptions join_options(const PreclusterStore& store, const Snapshot& snapshot,
                         const RunSettings& settings,
                         const std::string& folder) {
  JoinOptions options;
  options.rule = settings.rule;
  options.folder = folder;
  options.longest_possible =
      static_cast<std::size_t>(store.manifest().max_sequence_size);
  options.receptors = snapshot.rows();
  options.memory_limit = settings.memory_limit / 4;
  return options;
}

ReceptorParts join_parts(const PreclusterStore& store, const Snapshot& snapshot,
                         const RunSettings& settings) {
  return ReceptorParts(store, snapshot, settings.memory_limit / 2);
}

void make_slice(const PreclusterStore& store, const RunFolder& run,
                const std::string& scratch, std::size_t slice,
                std::size_t slices, const Execution& execution) {
  const std::string path = slice_path(run.path(), slice, slices);
  if (path_exists(path)) return;
  make_folders_below(run.path(), slices_folder(run.path()));
  const KeysFolder keys(run.path(), scratch);
  ReceptorParts parts = join_parts(store, run.snapshot(), run.settings());
  write_join_slice(path,
                   join_slice(&parts,
                              join_options(store, run.snapshot(),
                                           run.settings(), keys.path()),
                              slice, slices, execution),
                   store.durable());
}

std::vector<std::string> complete_slices(const std::string& folder) {
  if (!folder_exists(slices_folder(folder))) return {};
  std::vector<std::string> paths;
  for (const std::string& name : list_folder(slices_folder(folder))) {
    std::size_t slice = 0, slices = 0;
    if (std::sscanf(name.c_str(), "%zu-of-%zu", &slice, &slices) != 2) continue;
    paths.clear();
    for (std::size_t s = 0; s < slices; ++s) {
      const std::string path = slice_path(folder, s, slices);
      if (!path_exists(path)) break;
      paths.push_back(path);
    }
    if (paths.size() == slices) return paths;
  }
  return {};
}

void remove_slices(const std::string& folder) {
  const std::string slices = slices_folder(folder);
  if (!folder_exists(slices)) return;
  for (const std::string& name : list_folder(slices)) {
    const std::string path = join_path(slices, name);
    if (is_keys_folder(name)) KeySpill::remove_leftovers(path);
    if (is_keys_folder(name) || name.find("-of-") == 4) remove_if_there(path);
  }
  remove_if_there(slices);
}

}  // namespace clustcr
