#include "base/file_io.hpp"

#include <algorithm>
#include <atomic>
#include <random>

#include "base/errors.hpp"

namespace clustcr {
namespace {

[[noreturn]] void fail(const std::string& what, const std::string& path,
                       const sys::Failure& failure = sys::last_failure()) {
  throw StoreError(
      "can't " + what + " '" + path + "': " + failure.text,
      failure.kind == sys::Failure::Kind::kFull ? "disk_full" : "io");
}

sys::Access access_of(File::Mode mode) {
  switch (mode) {
    case File::Mode::kRead:
      return sys::Access::kRead;
    case File::Mode::kWrite:
      return sys::Access::kWrite;
    case File::Mode::kNew:
      break;
  }
  return sys::Access::kNew;
}

}  // namespace

File::File(const std::string& path, Mode mode)
    : path_(path), handle_(sys::open_file(path, access_of(mode))) {
  if (handle_ == sys::kNoHandle) {
    const sys::Failure failure = sys::last_failure();
    if (mode == Mode::kRead) fail("open", path, failure);
    if (failure.kind != sys::Failure::Kind::kLink) fail("write", path, failure);
    throw StoreError("'" + path +
                         "' is a symbolic link, which is none of clustcr's and "
                         "is not followed for writing; remove it",
                     "foreign");
  }
  if (!sys::is_pipe(handle_)) return;
  sys::close(handle_);
  throw StoreError("'" + path +
                       "' is a pipe, which is none of clustcr's; "
                       "remove it",
                   "foreign");
}

File::~File() { sys::close(handle_); }

std::uint64_t File::size() const {
  std::uint64_t size = 0;
  if (!sys::size_of(handle_, &size)) fail("examine", path_);
  return size;
}

void File::write_at(std::uint64_t offset, std::string_view bytes) {
  if (!sys::write_at(handle_, offset, bytes.data(), bytes.size()))
    fail("write", path_);
}

void File::read_at(std::uint64_t offset, std::size_t count, char* out) const {
  const std::int64_t got = sys::read_at(handle_, offset, out, count);
  if (got < 0) fail("read", path_);
  const std::size_t missing = count - static_cast<std::size_t>(got);
  if (missing > 0)
    throw StoreError("'" + path_ + "' is truncated: " +
                         std::to_string(missing) + " bytes are missing",
                     "damaged");
}

void File::truncate(std::uint64_t size) {
  if (!sys::resize(handle_, size)) fail("truncate", path_);
}

void File::sync() {
  if (!sys::flush(handle_)) fail("flush to disk", path_);
}

bool File::try_lock() {
  const sys::Lock lock = sys::try_lock(handle_);
  if (lock == sys::Lock::kFailed) fail("lock", path_);
  return lock == sys::Lock::kTaken;
}

bool File::is_in_place() const { return sys::leads_to(path_, handle_); }

std::string join_path(const std::string& folder, const std::string& name) {
  return folder + "/" + name;
}

std::string folder_of(const std::string& path) {
  return path.substr(0, path.find_last_of(sys::kSeparators));
}

namespace {

// A path that can't be examined must not pass for one that is not there: a
// store would be taken for an empty folder.
sys::PathKind examined(const std::string& path) {
  const sys::PathKind kind = sys::kind_of(path);
  if (kind == sys::PathKind::kFailed) fail("examine", path);
  return kind;
}

}  // namespace

bool path_exists(const std::string& path) {
  return examined(path) != sys::PathKind::kAbsent;
}

bool folder_exists(const std::string& path) {
  return examined(path) == sys::PathKind::kFolder;
}

void make_folders(const std::string& path) {
  if (folder_exists(path)) return;
  const std::size_t end = path.find_last_of(sys::kSeparators);
  if (end != std::string::npos && end > 0) make_folders(path.substr(0, end));
  if (!sys::make_folder(path)) fail("make folder", path);
}

void make_folders_below(const std::string& base, const std::string& path) {
  if (!folder_exists(base))
    fail("find folder", base, sys::failure_of(sys::Failure::Kind::kAbsent));
  make_folders(path);
}

bool is_unfinished(const std::string& name, const std::string& of) {
  constexpr std::string_view kEnd = ".part";
  return name.size() >= of.size() + kEnd.size() &&
         name.compare(0, of.size(), of) == 0 && name[of.size()] == '.' &&
         name.compare(name.size() - kEnd.size(), kEnd.size(), kEnd) == 0 &&
         name.find_first_not_of("0123456789-.", of.size()) >=
             name.size() - kEnd.size() + 1;
}

bool is_numbered_file(const std::string& name) {
  const std::size_t digits = name.find_first_not_of("0123456789");
  if (digits == std::string::npos || digits < 8) return false;
  const std::string whole = name.substr(0, digits) + ".tsv";
  return name == whole || is_unfinished(name, whole);
}

std::vector<std::string> list_folder(const std::string& path) {
  std::vector<std::string> names;
  if (!sys::list_folder(path, &names)) fail("list folder", path);
  std::sort(names.begin(), names.end());
  return names;
}

std::string read_whole_file(const std::string& path) {
  const File file(path, File::Mode::kRead);
  std::string content(file.size(), '\0');
  file.read_at(0, content.size(), content.data());
  return content;
}

void replace_file(const std::string& path, std::string_view content,
                  bool durable) {
  // Two processes may write the same file at once, each a part of its own.
  // Those of two machines may have one number.
  static const std::string machine = std::to_string(std::random_device{}());
  static std::atomic<unsigned> count{0};
  const std::string part = path + "." + std::to_string(sys::process_id()) +
                           "-" + machine + "-" + std::to_string(++count) +
                           ".part";
  try {
    {
      File file(part, File::Mode::kNew);
      file.write_at(0, content);
      if (durable) file.sync();
    }
    if (!sys::replace(part, path, durable)) fail("replace", path);
  } catch (...) {
    sys::remove(part);  // on a full disk it would take space for nothing
    throw;
  }
  if (durable) sync_folder(folder_of(path));
}

void remove_if_there(const std::string& path) {
  if (!sys::remove(path)) fail("remove", path);
}

void remove_if_empty(const std::string& path) {
  if (sys::is_empty_file(path)) remove_if_there(path);
}

void remove_with_unfinished(const std::string& path) {
  remove_if_there(path);
  const std::string folder = folder_of(path);
  if (!folder_exists(folder)) return;
  const std::string own = path.substr(folder.size() + 1);
  for (const std::string& name : list_folder(folder))
    if (is_unfinished(name, own)) remove_if_there(join_path(folder, name));
}

std::int64_t modification_time(const std::string& path) {
  std::int64_t time = 0;
  if (!sys::modification_time(path, &time)) fail("examine", path);
  return time;
}

void touch_file(const std::string& path) {
  if (!sys::touch(path)) fail("touch", path);
}

void sync_folder(const std::string& path) {
  if (!sys::flush_folder(path)) fail("flush to disk", path);
}

std::size_t sync_files_below(const std::string& path) {
  std::size_t count = 0;
  for (const std::string& name : list_folder(path)) {
    const std::string entry = join_path(path, name);
    if (folder_exists(entry)) {
      count += sync_files_below(entry);
    } else if (path_exists(entry)) {  // not a link to nowhere
      if (!sys::flush_file(entry)) fail("flush to disk", entry);
      ++count;
    }
  }
  sync_folder(path);  // what also empties the drive's cache on macOS
  return count;
}

void sync_file_system(const std::string& path) {
  if (!sys::kFlushesFileSystems)
    sync_files_below(path);
  else if (!sys::flush_file_system(path))
    fail("flush to disk", path);
}

std::uint64_t free_space(const std::string& path) {
  std::uint64_t bytes = 0;
  if (!sys::free_space(path, &bytes)) fail("examine", path);
  return bytes;
}

}  // namespace clustcr
