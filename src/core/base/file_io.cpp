#include "base/file_io.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <random>

#include "base/errors.hpp"

namespace clustcr {
namespace {

[[noreturn]] void fail(const std::string& what, const std::string& path,
                       int error) {
  const bool full = error == ENOSPC || error == EDQUOT;
  throw StoreError("can't " + what + " '" + path + "': " + std::strerror(error),
                   full ? "disk_full" : "io");
}

// Retries what a signal interrupted; R installs handlers of its own.
template <class Call>
auto uninterrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

int open_or_fail(const std::string& path, int flags, const char* what) {
  const int fd = uninterrupted(
      [&] { return ::open(path.c_str(), flags | O_CLOEXEC, 0666); });
  // What open() says of a link that it must not follow; FreeBSD EMLINK.
  if (fd < 0 && (flags & O_NOFOLLOW) && (errno == ELOOP || errno == EMLINK))
    throw StoreError("'" + path +
                         "' is a symbolic link, which is none of clustcr's and "
                         "is not followed for writing; remove it",
                     "foreign");
  if (fd < 0) fail(what, path, errno);
  return fd;
}

// Without O_NONBLOCK open() would wait for who writes to a pipe.
int flags_of(File::Mode mode) {
  if (mode == File::Mode::kRead) return O_RDONLY | O_NONBLOCK;
  const int exclusively = mode == File::Mode::kNew ? O_EXCL : 0;
  return O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | exclusively;
}

class Descriptor {
 public:
  Descriptor(const std::string& path, int flags, const char* what)
      : fd_(open_or_fail(path, flags, what)) {}
  ~Descriptor() { ::close(fd_); }
  Descriptor(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

// On macOS fsync() leaves the bytes in the drive's cache, which a loss of power
// empties; file systems that can't do more (over a network) say ENOTSUP.
void flush_descriptor(int fd, const std::string& path) {
#ifdef F_FULLFSYNC
  if (uninterrupted([&] { return ::fcntl(fd, F_FULLFSYNC); }) == 0) return;
  if (errno != ENOTSUP && errno != EINVAL && errno != ENOTTY)
    fail("flush to disk", path, errno);
#endif
  if (uninterrupted([&] { return ::fsync(fd); }) != 0)
    fail("flush to disk", path, errno);
}

}  // namespace

File::File(const std::string& path, Mode mode)
    : path_(path),
      fd_(open_or_fail(path, flags_of(mode),
                       mode == Mode::kRead ? "open" : "write")) {
  struct stat info;
  if (::fstat(fd_, &info) != 0 || !S_ISFIFO(info.st_mode)) return;
  ::close(fd_);
  throw StoreError("'" + path +
                       "' is a pipe, which is none of clustcr's; "
                       "remove it",
                   "foreign");
}

File::~File() { ::close(fd_); }

std::uint64_t File::size() const {
  struct stat info;
  if (::fstat(fd_, &info) != 0) fail("examine", path_, errno);
  return static_cast<std::uint64_t>(info.st_size);
}

void File::write_at(std::uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = uninterrupted([&] {
      return ::pwrite(fd_, bytes.data(), bytes.size(),
                      static_cast<off_t>(offset));
    });
    if (n < 0) fail("write", path_, errno);
    if (n == 0) fail("write", path_, ENOSPC);
    bytes.remove_prefix(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
}

void File::read_at(std::uint64_t offset, std::size_t count, char* out) const {
  while (count > 0) {
    const ssize_t n = uninterrupted(
        [&] { return ::pread(fd_, out, count, static_cast<off_t>(offset)); });
    if (n < 0) fail("read", path_, errno);
    if (n == 0)
      throw StoreError("'" + path_ + "' is truncated: " +
                           std::to_string(count) + " bytes are missing",
                       "damaged");
    out += n;
    count -= static_cast<std::size_t>(n);
    offset += static_cast<std::uint64_t>(n);
  }
}

void File::truncate(std::uint64_t size) {
  if (uninterrupted(
          [&] { return ::ftruncate(fd_, static_cast<off_t>(size)); }) != 0)
    fail("truncate", path_, errno);
}

void File::sync() { flush_descriptor(fd_, path_); }

bool File::try_lock() {
  if (uninterrupted([&] { return ::flock(fd_, LOCK_EX | LOCK_NB); }) == 0)
    return true;
  if (errno == EWOULDBLOCK) return false;
  fail("lock", path_, errno);
}

bool File::is_in_place() const {
  struct stat mine, there;
  return ::fstat(fd_, &mine) == 0 && ::stat(path_.c_str(), &there) == 0 &&
         mine.st_dev == there.st_dev && mine.st_ino == there.st_ino;
}

std::string join_path(const std::string& folder, const std::string& name) {
  return folder + "/" + name;
}

// A path that can't be examined must not pass for one that is not there: a
// store would be taken for an empty folder.
bool path_exists(const std::string& path) {
  struct stat info;
  if (::stat(path.c_str(), &info) == 0) return true;
  if (errno == ENOENT || errno == ENOTDIR) return false;
  fail("examine", path, errno);
}

bool folder_exists(const std::string& path) {
  struct stat info;
  if (::stat(path.c_str(), &info) == 0) return S_ISDIR(info.st_mode);
  if (errno == ENOENT || errno == ENOTDIR) return false;
  fail("examine", path, errno);
}

void make_folders(const std::string& path) {
  if (folder_exists(path)) return;
  const std::size_t slash = path.find_last_of('/');
  if (slash != std::string::npos && slash > 0)
    make_folders(path.substr(0, slash));
  if (::mkdir(path.c_str(), 0777) != 0 && errno != EEXIST)
    fail("make folder", path, errno);
}

void make_folders_below(const std::string& base, const std::string& path) {
  if (!folder_exists(base)) fail("find folder", base, ENOENT);
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
  DIR* folder = ::opendir(path.c_str());
  if (!folder) fail("list folder", path, errno);
  std::vector<std::string> names;
  errno = 0;  // readdir() says "the end" and "it failed" by the same null
  while (const dirent* entry = ::readdir(folder)) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
    errno = 0;
  }
  const int error = errno;
  ::closedir(folder);
  if (error != 0) fail("list folder", path, error);
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
  const std::string part = path + "." + std::to_string(::getpid()) + "-" +
                           machine + "-" + std::to_string(++count) + ".part";
  try {
    {
      File file(part, File::Mode::kNew);
      file.write_at(0, content);
      if (durable) file.sync();
    }
    if (::rename(part.c_str(), path.c_str()) != 0) fail("replace", path, errno);
  } catch (...) {
    ::unlink(part.c_str());  // on a full disk it would take space for nothing
    throw;
  }
  if (durable) sync_folder(path.substr(0, path.find_last_of('/')));
}

void remove_if_there(const std::string& path) {
  if (::remove(path.c_str()) == 0 || errno == ENOENT || errno == ENOTEMPTY ||
      errno == EEXIST)
    return;
  fail("remove", path, errno);
}

void remove_if_empty(const std::string& path) {
  struct stat info;
  if (::lstat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
      info.st_size == 0)
    remove_if_there(path);
}

void remove_with_unfinished(const std::string& path) {
  remove_if_there(path);
  const std::size_t slash = path.find_last_of('/');
  const std::string folder = path.substr(0, slash);
  if (!folder_exists(folder)) return;
  for (const std::string& name : list_folder(folder))
    if (is_unfinished(name, path.substr(slash + 1)))
      remove_if_there(join_path(folder, name));
}

std::int64_t modification_time(const std::string& path) {
  struct stat info;
  if (::stat(path.c_str(), &info) != 0) fail("examine", path, errno);
#ifdef __APPLE__
  const struct timespec& time = info.st_mtimespec;
#else
  const struct timespec& time = info.st_mtim;
#endif
  return std::int64_t{time.tv_sec} * 1000000000 + time.tv_nsec;
}

void touch_file(const std::string& path) {
  if (::utimensat(AT_FDCWD, path.c_str(), nullptr, 0) != 0)
    fail("touch", path, errno);
}

void sync_folder(const std::string& path) {
  const Descriptor folder(path, O_RDONLY | O_DIRECTORY, "open folder");
  flush_descriptor(folder.get(), path);
}

std::size_t sync_files_below(const std::string& path) {
  std::size_t count = 0;
  for (const std::string& name : list_folder(path)) {
    const std::string entry = join_path(path, name);
    if (folder_exists(entry)) {
      count += sync_files_below(entry);
    } else if (path_exists(entry)) {  // not a link to nowhere
      const Descriptor file(entry, O_RDONLY, "open");
      if (uninterrupted([&] { return ::fsync(file.get()); }) != 0)
        fail("flush to disk", entry, errno);
      ++count;
    }
  }
  sync_folder(path);  // what also empties the drive's cache on macOS
  return count;
}

void sync_file_system(const std::string& path) {
#ifdef __linux__
  const Descriptor folder(path, O_RDONLY | O_DIRECTORY, "open folder");
  if (uninterrupted([&] { return ::syncfs(folder.get()); }) != 0)
    fail("flush to disk", path, errno);
#else
  sync_files_below(path);  // sync() may return before it is done
#endif
}

std::uint64_t free_space(const std::string& path) {
  struct statvfs info;
  if (::statvfs(path.c_str(), &info) != 0) fail("examine", path, errno);
  return static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize;
}

}  // namespace clustcr
