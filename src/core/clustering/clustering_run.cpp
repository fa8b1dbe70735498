#include "clustering/clustering_run.hpp"

#include <chrono>
#include <stdexcept>
#include <thread>

#include "base/checked_text.hpp"
#include "base/errors.hpp"
#include "base/file_io.hpp"
#include "base/free_memory.hpp"
#include "base/hash.hpp"
#include "base/parallel.hpp"
#include "base/text_fields.hpp"
#include "clustering/plan_builder.hpp"
#include "clustering/plan_slices.hpp"
#include "store/receptor_parts.hpp"
#include "store/staged_batch.hpp"

namespace clustcr {
namespace {

// A unit of one component, for which a tenth of a second is nothing.
constexpr std::uint64_t kGiantRows = 4 * kUnitRows;

constexpr char kTitle[] = "clustcr run\t1";
constexpr char kPositionTitle[] = "clustcr position\t1";

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
std::string position_file(const std::string& folder) {
  return join_path(folder, "position");
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

}  // namespace

std::string ClusteringRun::root_of(const PreclusterStore& store,
                                   const std::string& work_directory) {
  if (work_directory.empty()) return join_path(store.directory(), "runs");
  return join_path(work_directory, "clustcr-" + store.manifest().id);
}

std::string ClusteringRun::id_of(const PreclusterStore& store,
                                 const Snapshot& snapshot,
                                 const RunSettings& settings) {
  return hash_to_text(
      hash64(settings_to_text(settings), hash64(store.snapshot_id(snapshot))));
}

ClusteringRun ClusteringRun::begin(const PreclusterStore& store,
                                   const RunSettings& settings,
                                   const std::string& root,
                                   const Execution& execution) {
  ClusteringRun run = prepare(store, settings, root);
  run.make_plan(store, execution);
  return run;
}

ClusteringRun ClusteringRun::prepare(const PreclusterStore& store,
                                     const RunSettings& settings,
                                     const std::string& root) {
  check_rule(settings.rule);
  store.check_identity();
  ClusteringRun run;
  run.root_ = root;
  run.id_ = id_of(store, store.latest(), settings);
  run.folder_ = join_path(root, run.id_);
  run.settings_ = settings;
  run.snapshot_ = store.latest();
  make_folders(run.folder_);
  if (!path_exists(run_file(run.folder_))) {
    replace_file(snapshot_file(run.folder_), snapshot_to_text(run.snapshot_),
                 store.durable());
    replace_file(run_file(run.folder_),
                 run_to_text(store, run.snapshot_, settings), store.durable());
  }
  return run;
}

ClusteringRun ClusteringRun::open(const PreclusterStore& store,
                                  const std::string& id,
                                  const std::string& root,
                                  const Execution& execution) {
  ClusteringRun run = find(store, id, root);
  run.make_plan(store, execution);
  return run;
}

ClusteringRun ClusteringRun::look(const PreclusterStore& store,
                                  const std::string& id,
                                  const std::string& root) {
  ClusteringRun run = find(store, id, root);
  if (!read_plan(run.folder_, &run.plan_))
    throw StoreError("the clustering in '" + run.folder_ +
                         "' must have ended to be looked at",
                     "not_finished");
  return run;
}

ClusteringRun ClusteringRun::find(const PreclusterStore& store,
                                  const std::string& id,
                                  const std::string& root) {
  store.check_identity();
  ClusteringRun run;
  run.root_ = root;
  run.id_ = id;
  run.folder_ = join_path(root, id);
  const std::string path = run_file(run.folder_);
  if (!path_exists(path))
    throw StoreError("the clustering under way is gone: '" + path +
                         "' is missing; call `batch_rewind()` to begin again",
                     "gone");
  const std::string text = read_whole_file(path);
  std::string_view body = checked_part(path, text);
  std::string snapshot_id;
  try {
    if (take_field(&body, '\n') != kTitle)
      throw std::invalid_argument("it is no run of format 1");
    std::string_view line = take_field(&body, '\n');
    if (take_field(&line, '\t') != "store" || line != store.manifest().id)
      throw std::invalid_argument("it is of another store");
    line = take_field(&body, '\n');
    if (take_field(&line, '\t') != "snapshot")
      throw std::invalid_argument("it has no snapshot");
    snapshot_id = line;
    run.settings_ = settings_from_text(body);
  } catch (const std::invalid_argument& e) {
    damaged(path, e.what());
  }
  const std::string snapshot_path = snapshot_file(run.folder_);
  if (!path_exists(snapshot_path))
    throw StoreError("'" + snapshot_path + "' is missing", "missing");
  run.snapshot_ =
      snapshot_from_text(snapshot_path, read_whole_file(snapshot_path),
                         store.manifest().preclusters, store.manifest().id);
  if (store.snapshot_id(run.snapshot_) != snapshot_id)
    damaged(snapshot_path, "it is another snapshot");
  return run;
}

// One process plans; others wait until it has, or has ended.
void ClusteringRun::make_plan(const PreclusterStore& store,
                              const Execution& execution) {
  CancelPoll poll(execution.host);
  for (;;) {
    lock_ = FileLock::try_take(join_path(folder_, "lock"));
    if (read_plan(folder_, &plan_)) return;
    if (lock_) break;
    poll.check();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  make_room(execution.host);
  plan_ = build_plan(store, snapshot_, settings_, folder_, execution);
  return_free_memory();
  write_plan(folder_, plan_, store.durable());
  remove_slices(folder_);
}

bool ClusteringRun::is_planned() const {
  RunPlan plan;
  return read_plan(folder_, &plan);
}

void ClusteringRun::join_slice(const PreclusterStore& store, std::size_t slice,
                               std::size_t slices,
                               const Execution& execution) const {
  make_slice(store, snapshot_, settings_, folder_, scratch_, slice, slices,
             execution);
}

// Who looks whether anybody is at work finds the lock's time new ...
void ClusteringRun::show_life() const {
  if (is_owner()) touch_file(join_path(folder_, "lock"));
}

// ... or this held.
std::shared_ptr<FileLock> ClusteringRun::busy() const {
  if (!is_owner()) return nullptr;
  show_life();
  return FileLock::try_take(join_path(folder_, "busy"));
}

std::vector<ReceptorGroup> ClusteringRun::groups_of(
    const PreclusterStore& store, std::size_t unit,
    const Execution& execution) const {
  const PlanUnit& about = plan_.units[unit];
  if (about.first >= about.end)
    return read_unit(folder_, store.manifest(), about, unit);
  if (about.end > snapshot_.ends.size())
    damaged(plan_path(folder_), "a unit has preclusters that are not there");
  std::vector<ReceptorGroup> groups(about.end - about.first);
  parallel_for(groups.size(), 1, execution,
               [&](std::size_t g, std::size_t, int) {
                 const std::size_t p = about.first + g;
                 groups[g].precluster = static_cast<std::uint32_t>(p);
                 groups[g].receptors = load_receptors(store, snapshot_, p);
               });
  return groups;
}

bool ClusteringRun::claim() {
  if (is_owner()) return true;
  const std::string path = join_path(folder_, "lock");
  const std::int64_t before = modification_time(path);
  for (int i = 0; i < 75; ++i) {
    if (!FileLock::try_take(join_path(folder_, "busy"))) return false;
    if (modification_time(path) != before) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return claimed_ = true;
}

ClusterTable ClusteringRun::make_unit(const PreclusterStore& store,
                                      std::size_t unit,
                                      const Execution& execution) const {
  const std::shared_ptr<FileLock> at_work = busy();
  if (plan_.units[unit].rows > kGiantRows) make_room(execution.host);
  ClusterTable table =
      cluster_receptors(groups_of(store, unit, execution), settings_, execution,
                        scratch_.empty() ? folder_ : scratch_);
  keep_clusters(folder_, unit, store.manifest(), table, store.durable());
  return table;
}

ClusterTable ClusteringRun::unit(const PreclusterStore& store, std::size_t unit,
                                 const Execution& execution) const {
  show_life();
  return is_kept(unit) ? read_clusters(folder_, unit, store.manifest())
                       : make_unit(store, unit, execution);
}

DoneRecord ClusteringRun::finish_unit(const PreclusterStore& store,
                                      std::size_t unit,
                                      const Execution& execution) const {
  show_life();
  if (!is_kept(unit)) make_unit(store, unit, execution);
  return read_done_record(folder_, unit);
}

bool ClusteringRun::is_kept(std::size_t unit) const {
  if (unit >= plan_.units.size())
    throw Error("internal", "the plan has no such unit");
  return is_done(folder_, unit);
}

std::uint64_t ClusteringRun::rows_of(std::size_t unit) const {
  const PlanUnit& about = plan_.units[unit];
  std::uint64_t rows = about.rows;
  for (std::uint64_t p = about.first; p < about.end; ++p)
    rows += snapshot_.ends[p].rows;
  return rows;
}

RunTotals ClusteringRun::totals() const {
  RunTotals totals;
  totals.units = plan_.units.size();
  for (std::size_t u = 0; u < plan_.units.size(); ++u) {
    if (!is_done(folder_, u)) continue;
    const DoneRecord record = read_done_record(folder_, u);
    ++totals.done;
    totals.rows += record.rows;
    totals.clusters += record.clusters;
    totals.of_units.receptors += record.totals.receptors;
    totals.of_units.occurrences += record.totals.occurrences;
    totals.of_units.edges += record.totals.edges;
    totals.of_units.edges_within += record.totals.edges_within;
  }
  return totals;
}

std::string ClusteringRun::current_id(const std::string& root) {
  const std::string path = current_file(root);
  if (!path_exists(path)) return {};
  std::string id = read_whole_file(path);
  if (!id.empty() && id.back() == '\n') id.pop_back();
  if (!is_run_name(id)) damaged(path, "it must name a run");
  // A killed begin, or removal, leaves a name only.
  return path_exists(run_file(join_path(root, id))) ? id : std::string();
}

void ClusteringRun::set_current(bool durable) const {
  if (is_owner()) replace_file(current_file(root_), id_ + "\n", durable);
}

RunPosition ClusteringRun::position() const {
  RunPosition position;
  const std::string path = position_file(folder_);
  if (!path_exists(path)) return position;
  const std::string text = read_whole_file(path);
  std::string_view body = checked_part(path, text);
  try {
    if (take_field(&body, '\n') != kPositionTitle)
      throw std::invalid_argument("it is no position of format 1");
    std::string_view line = take_field(&body, '\n');
    position.next_unit = number_from_text(take_field(&line, '\t'));
    position.next_cluster = number_from_text(line);
    if (position.next_unit > plan_.units.size() || position.next_cluster == 0)
      throw std::invalid_argument("the plan has no such unit");
  } catch (const std::invalid_argument& e) {
    damaged(path, e.what());
  }
  return position;
}

void ClusteringRun::write_position(const RunPosition& position,
                                   bool durable) const {
  if (!is_owner()) return;
  std::string text = std::string(kPositionTitle) + "\n";
  text += std::to_string(position.next_unit) + "\t" +
          std::to_string(position.next_cluster) + "\n";
  append_check(&text);
  replace_file(position_file(folder_), text, durable);
  // All is kept: the rows that it was made from are not needed again.
  if (position.next_unit == plan_.units.size()) remove_units(folder_);
}

namespace {

void remove_run(const std::string& folder) {
  remove_kept_clusters(folder);
  remove_units(folder);
  remove_slices(folder);
  for (const std::string& path : {plan_path(folder), position_file(folder),
                                  snapshot_file(folder), run_file(folder)})
    remove_with_unfinished(path);
  remove_if_empty(join_path(folder, "lock"));
  remove_if_empty(join_path(folder, "busy"));
  remove_if_there(folder);
}

}  // namespace

void remove_runs(const std::string& root) {
  if (!folder_exists(root)) return;
  std::vector<std::string> folders;
  std::vector<std::shared_ptr<FileLock>> locks;
  for (const std::string& name : list_folder(root)) {
    if (!is_run_name(name)) continue;
    folders.push_back(join_path(root, name));
    locks.push_back(FileLock::try_take(join_path(folders.back(), "lock")));
    if (!locks.back())
      throw StoreError("another process works on the clustering in '" +
                           folders.back() +
                           "'; remove the store when it has ended",
                       "locked");
  }
  remove_with_unfinished(current_file(root));
  for (const std::string& folder : folders) remove_run(folder);
  remove_if_there(root);
}

void remove_store(PreclusterStore* store, const std::string& root, double wait,
                  Host* host) {
  store->remove(wait, host, [&] {
    remove_runs(root);
    remove_staged(*store);
  });
}

}  // namespace clustcr
