#include "clustering/run_removal.hpp"

#include <memory>
#include <vector>

#include "base/errors.hpp"
#include "base/file_io.hpp"
#include "clustering/kept_clusters.hpp"
#include "clustering/plan_slices.hpp"
#include "clustering/run_folder.hpp"
#include "clustering/run_ownership.hpp"
#include "clustering/run_plan.hpp"
#include "store/staged_batch.hpp"

namespace clustcr {
namespace {

// A folder with an open file can't be removed everywhere, so the lock ends
// before.
void remove_run(const std::string& folder, std::shared_ptr<FileLock> lock) {
  remove_kept_clusters(folder);
  remove_units(folder);
  remove_slices(folder);
  remove_with_unfinished(plan_path(folder));
  RunOwnership::remove_position(folder);
  RunFolder::remove(folder);
  RunOwnership::remove_locks(folder);
  lock.reset();
  remove_if_there(folder);
}

}  // namespace

void remove_runs(const std::string& root) {
  if (!folder_exists(root)) return;
  const std::vector<std::string> folders = RunFolder::list(root);
  std::vector<std::shared_ptr<FileLock>> locks;
  for (const std::string& folder : folders) {
    locks.push_back(RunOwnership::try_lock(folder));
    if (!locks.back())
      throw StoreError("another process works on the clustering in '" + folder +
                           "'; remove the store when it has ended",
                       "locked");
  }
  RunFolder::remove_current(root);
  for (std::size_t i = 0; i < folders.size(); ++i)
    remove_run(folders[i], std::move(locks[i]));
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
