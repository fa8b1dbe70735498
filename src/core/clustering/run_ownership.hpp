// Whose a run is. Units are anybody's to make; where their caller stands is
// said by one process, the owner.
//
//   runs/<id>/position       where the caller stands
//   runs/<id>/lock           held by the process that plans, and owns the
//                            position; its time is that of the last unit
//   runs/<id>/busy           held while a unit is made
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "base/file_lock.hpp"

namespace clustcr {

// Where a caller who takes unit after unit stands.
struct RunPosition {
  std::uint64_t next_unit = 0;     // the first that was not handed out
  std::uint64_t next_cluster = 1;  // the number of its first cluster
};

class RunOwnership {
 public:
  // Null where another process holds the lock of the run in `folder`.
  static std::shared_ptr<FileLock> try_lock(const std::string& folder);
  static void remove_position(const std::string& folder);
  static void remove_locks(const std::string& folder);

  // Of a run of so many units; `lock` as try_lock() gave it, or null where
  // nobody asked for it.
  RunOwnership(std::string folder, std::size_t units,
               std::shared_ptr<FileLock> lock);

  // Whether this process may say where the run stands: it holds the run's lock,
  // or has claimed it.
  bool is_ours() const { return (lock_ && lock_->is_ours()) || claimed_; }
  // Takes over where whoever holds the lock is idle: he takes no unit while
  // this looks, for a second and a half. An R session keeps objects long after
  // they were left, so a lock alone does not say that somebody is at work.
  bool claim();
  // Who looks whether anybody is at work finds the lock's time new ...
  void show_life() const;
  // ... or this held. Null where it is not ours.
  std::shared_ptr<FileLock> busy() const;

  RunPosition position() const;
  // Does nothing where it is not ours.
  void write_position(const RunPosition& position, bool durable) const;

 private:
  std::string folder_;
  std::size_t units_;
  std::shared_ptr<FileLock> lock_;
  bool claimed_ = false;
};

}  // namespace clustcr
