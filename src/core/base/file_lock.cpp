#include "base/file_lock.hpp"

#include <chrono>
#include <map>
#include <mutex>
#include <thread>

#include "base/file_io.hpp"
#include "base/parallel.hpp"

namespace clustcr {
namespace {

// The system sees two handles of one process as strangers, so what this
// process holds is looked up first.
std::mutex mutex;
std::map<std::string, std::weak_ptr<FileLock>>& held() {
  static std::map<std::string, std::weak_ptr<FileLock>> locks;
  return locks;
}

}  // namespace

std::shared_ptr<FileLock> FileLock::try_take(const std::string& path) {
  std::lock_guard<std::mutex> guard(mutex);
  // Of a lock taken before a fork the child has a copy only: asking anew finds
  // the parent's.
  if (std::shared_ptr<FileLock> lock = held()[path].lock())
    if (lock->is_ours() && lock->file_->is_in_place()) return lock;
  std::shared_ptr<FileLock> lock(new FileLock());
  do {
    lock->file_ = std::make_unique<File>(path, File::Mode::kWrite);
    if (!lock->file_->try_lock()) return nullptr;
  } while (!lock->file_->is_in_place());  // removed before it was locked
  lock->path_ = path;
  lock->owner_ = sys::process_id();
  held()[path] = lock;
  return lock;
}

FileLock::~FileLock() = default;

bool FileLock::is_ours() const { return owner_ == sys::process_id(); }

std::unique_ptr<File> take_exclusively(const std::string& path, double wait,
                                       Host* host) {
  CancelPoll poll(host);
  const auto end =
      std::chrono::steady_clock::now() +
      std::chrono::milliseconds(static_cast<long long>(1000 * wait));
  for (;;) {
    auto file = std::make_unique<File>(path, File::Mode::kWrite);
    if (file->try_lock() && file->is_in_place()) return file;
    if (std::chrono::steady_clock::now() >= end) return nullptr;
    poll.check();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

}  // namespace clustcr
