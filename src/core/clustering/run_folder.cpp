#include "clustering/run_folder.hpp"

#include <stdexcept>

#include "base/checked_text.hpp"
#include "base/errors.hpp"
#include "base/file_io.hpp"
#include "base/hash.hpp"
#include "base/text_fields.hpp"

namespace clustcr {
namespace {

constexpr char kTitle[] = "clustcr run\t1";

// Of what a folder of runs holds: 16 hexadecimal digits.
bool is_run_name(const std::string& name) {
  return name.size() == 16 &&
         name.find_first_not_of("0123456789abcdef") == std::string::npos;
}

std::string run_file(const std::string& folder) {
  return join_path(folder, "run.dcf");
}
std::string snapshot_file(const std::string& folder) {
  return join_path(folder, "snapshot.tsv");
}
std::string current_file(const std::string& root) {
  return join_path(root, "current");
}

std::string run_to_text(const PreclusterStore& store, const Snapshot& snapshot,
                        const RunSettings& settings) {
  std::string text = std::string(kTitle) + "\n";
  text += "store\t" + store.manifest().id + "\n";
  text += "snapshot\t" + store.snapshot_id(snapshot) + "\n";
  text += settings_to_text(settings);
  append_check(&text);
  return text;
}

struct RunText {
  std::string snapshot_id;
  RunSettings settings;
};

RunText read_run(const std::string& path, const PreclusterStore& store) {
  const std::string text = read_whole_file(path);
  std::string_view body = checked_part(path, text);
  RunText run;
  try {
    if (take_field(&body, '\n') != kTitle)
      throw std::invalid_argument("it is no run of format 1");
    std::string_view line = take_field(&body, '\n');
    if (take_field(&line, '\t') != "store" || line != store.manifest().id)
      throw std::invalid_argument("it is of another store");
    line = take_field(&body, '\n');
    if (take_field(&line, '\t') != "snapshot")
      throw std::invalid_argument("it has no snapshot");
    run.snapshot_id = line;
    run.settings = settings_from_text(body);
  } catch (const std::invalid_argument& e) {
    damaged(path, e.what());
  }
  return run;
}

}  // namespace

std::string RunFolder::root_of(const PreclusterStore& store,
                               const std::string& work_directory) {
  if (work_directory.empty()) return join_path(store.directory(), "runs");
  return join_path(work_directory, "clustcr-" + store.manifest().id);
}

std::string RunFolder::id_of(const PreclusterStore& store,
                             const Snapshot& snapshot,
                             const RunSettings& settings) {
  return hash_to_text(
      hash64(settings_to_text(settings), hash64(store.snapshot_id(snapshot))));
}

std::string RunFolder::current_id(const std::string& root) {
  const std::string path = current_file(root);
  if (!path_exists(path)) return {};
  std::string id = read_whole_file(path);
  if (!id.empty() && id.back() == '\n') id.pop_back();
  if (!is_run_name(id)) damaged(path, "it must name a run");
  // A killed begin, or removal, leaves a name only.
  return path_exists(run_file(join_path(root, id))) ? id : std::string();
}

std::vector<std::string> RunFolder::list(const std::string& root) {
  std::vector<std::string> paths;
  for (const std::string& name : list_folder(root))
    if (is_run_name(name)) paths.push_back(join_path(root, name));
  return paths;
}

void RunFolder::remove_current(const std::string& root) {
  remove_with_unfinished(current_file(root));
}

void RunFolder::remove(const std::string& path) {
  remove_with_unfinished(snapshot_file(path));
  remove_with_unfinished(run_file(path));
}

RunFolder::RunFolder(const std::string& root, const std::string& id)
    : root_(root), id_(id), path_(join_path(root, id)) {}

RunFolder RunFolder::make(const PreclusterStore& store,
                          const RunSettings& settings,
                          const std::string& root) {
  check_rule(settings.rule);
  store.check_identity();
  RunFolder run(root, id_of(store, store.latest(), settings));
  run.settings_ = settings;
  run.snapshot_ = store.latest();
  make_folders(run.path_);
  if (!path_exists(run_file(run.path_))) {
    replace_file(snapshot_file(run.path_), snapshot_to_text(run.snapshot_),
                 store.durable());
    replace_file(run_file(run.path_),
                 run_to_text(store, run.snapshot_, settings), store.durable());
  }
  return run;
}

RunFolder RunFolder::find(const PreclusterStore& store, const std::string& id,
                          const std::string& root) {
  store.check_identity();
  RunFolder run(root, id);
  const std::string path = run_file(run.path_);
  if (!path_exists(path))
    throw StoreError("the clustering under way is gone: '" + path +
                         "' is missing; call `batch_rewind()` to begin again",
                     "gone");
  const RunText text = read_run(path, store);
  run.settings_ = text.settings;
  const std::string snapshot_path = snapshot_file(run.path_);
  if (!path_exists(snapshot_path))
    throw StoreError("'" + snapshot_path + "' is missing", "missing");
  run.snapshot_ =
      snapshot_from_text(snapshot_path, read_whole_file(snapshot_path),
                         store.manifest().preclusters, store.manifest().id);
  if (store.snapshot_id(run.snapshot_) != text.snapshot_id)
    damaged(snapshot_path, "it is another snapshot");
  return run;
}

void RunFolder::set_current(bool durable) const {
  replace_file(current_file(root_), id_ + "\n", durable);
}

}  // namespace clustcr
