// Files and folders for the store: every failure is a StoreError that names
// the path and says what the system said.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/system.hpp"

namespace clustcr {

// An open file; closed when it leaves scope.
class File {
 public:
  // kWrite creates and keeps what is there, kNew must create it. Neither
  // follows a symbolic link: whoever puts one under a name that we use would
  // have us write to his target.
  enum class Mode { kRead, kWrite, kNew };
  // Throws StoreError ("foreign") where `path` is a link, for writing, or a
  // pipe, which is not waited for.
  File(const std::string& path, Mode mode);
  ~File();
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  std::uint64_t size() const;
  void write_at(std::uint64_t offset, std::string_view bytes);
  // Reads exactly `count` bytes; fewer are an error ("truncated").
  void read_at(std::uint64_t offset, std::size_t count, char* out) const;
  void truncate(std::uint64_t size);
  void sync();

  // Takes the file's advisory lock, which the system drops when this process
  // ends, however it ends: there are no stale locks. False where another
  // holder has it.
  bool try_lock();
  // Whether its path still leads to it: a lock on a file that was removed
  // since keeps nobody out.
  bool is_in_place() const;

 private:
  std::string path_;
  sys::Handle handle_;
};

std::string join_path(const std::string& folder, const std::string& name);
// What stands before its last separator; all of it where it has none.
std::string folder_of(const std::string& path);
bool path_exists(const std::string& path);
bool folder_exists(const std::string& path);
// Makes the folder and those above it; no error where it is there.
void make_folders(const std::string& path);
// Makes folders below `base`, which must be there: one that was removed while
// somebody worked in it must not come back.
void make_folders_below(const std::string& base, const std::string& path);
// Names of the entries, sorted, without "." and "..".
std::vector<std::string> list_folder(const std::string& path);
// Whether it is 00000001.tsv or the like, or the unfinished file of one.
bool is_numbered_file(const std::string& name);

std::string read_whole_file(const std::string& path);
// Replaces the file in one step: another process, or this one after a crash,
// sees the old content or the new, never a part. With `durable`, the new
// content has reached the disk when this returns.
void replace_file(const std::string& path, std::string_view content,
                  bool durable);

// Whether `name` is what a replace_file() of `of` that was killed has left.
bool is_unfinished(const std::string& name, const std::string& of);
// Removes a file and what is unfinished of it.
void remove_with_unfinished(const std::string& path);
// Removes a file or an empty folder; no error where it is gone or not empty.
void remove_if_there(const std::string& path);
// Removes a lock: nothing was ever written to ours, and a file with content is
// another's.
void remove_if_empty(const std::string& path);

// When the file was last changed, in nanoseconds; and makes that now.
std::int64_t modification_time(const std::string& path);
void touch_file(const std::string& path);

void sync_folder(const std::string& path);
// Every file below the folder, and the folders, one by one; returns how many
// files.
std::size_t sync_files_below(const std::string& path);
// Everything written below the folder `path` reaches the disk: on Linux by one
// call for its whole file system.
void sync_file_system(const std::string& path);
// Bytes that can still be written to the file system of `path`.
std::uint64_t free_space(const std::string& path);

}  // namespace clustcr
