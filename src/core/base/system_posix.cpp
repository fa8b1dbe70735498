#ifndef _WIN32
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <thread>

#include "base/system.hpp"

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace clustcr {
namespace sys {
namespace {

int fd_of(Handle file) { return static_cast<int>(file); }

// Retries what a signal interrupted; R installs handlers of its own.
template <class Call>
auto uninterrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

int open_descriptor(const std::string& path, int flags) {
  return uninterrupted(
      [&] { return ::open(path.c_str(), flags | O_CLOEXEC, 0666); });
}

// Closes without a word of its own.
bool close_after(int fd, bool done) {
  const int error = errno;
  ::close(fd);
  errno = error;
  return done;
}

// What open() says of a link that it must not follow is ELOOP; FreeBSD EMLINK.
Failure::Kind kind_of_error(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return Failure::Kind::kAbsent;
    case ENOSPC:
    case EDQUOT:
      return Failure::Kind::kFull;
    case ELOOP:
    case EMLINK:
      return Failure::Kind::kLink;
    default:
      return Failure::Kind::kOther;
  }
}

Failure failure_of_error(int error) {
  return {kind_of_error(error), std::strerror(error)};
}

}  // namespace

Failure last_failure() { return failure_of_error(errno); }

Failure failure_of(Failure::Kind kind) {
  switch (kind) {
    case Failure::Kind::kAbsent:
      return failure_of_error(ENOENT);
    case Failure::Kind::kFull:
      return failure_of_error(ENOSPC);
    case Failure::Kind::kLink:
      return failure_of_error(ELOOP);
    case Failure::Kind::kOther:
      break;
  }
  return failure_of_error(EIO);
}

// Without O_NONBLOCK open() would wait for who writes to a pipe.
Handle open_file(const std::string& path, Access access) {
  if (access == Access::kRead)
    return open_descriptor(path, O_RDONLY | O_NONBLOCK);
  const int exclusively = access == Access::kNew ? O_EXCL : 0;
  return open_descriptor(
      path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | exclusively);
}

// O_TMPFILE never gives the file a name; where the system or the file system
// has no such thing, it loses its name at once.
Handle open_unnamed(const std::string& folder) {
#ifdef O_TMPFILE
  const int fd = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0) return fd;
  if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)
    return kNoHandle;
#endif
  std::string path = folder + "/mcl-XXXXXX";
  const int named = ::mkstemp(&path[0]);
  if (named < 0) return kNoHandle;
  ::unlink(path.c_str());
  ::fcntl(named, F_SETFD, FD_CLOEXEC);
  return named;
}

void close(Handle file) { ::close(fd_of(file)); }

bool is_pipe(Handle file) {
  struct stat info;
  return ::fstat(fd_of(file), &info) == 0 && S_ISFIFO(info.st_mode);
}

bool size_of(Handle file, std::uint64_t* size) {
  struct stat info;
  if (::fstat(fd_of(file), &info) != 0) return false;
  *size = static_cast<std::uint64_t>(info.st_size);
  return true;
}

bool resize(Handle file, std::uint64_t size) {
  return uninterrupted([&] {
           return ::ftruncate(fd_of(file), static_cast<off_t>(size));
         }) == 0;
}

bool write_at(Handle file, std::uint64_t offset, const char* from,
              std::size_t count) {
  while (count > 0) {
    const ssize_t n = uninterrupted([&] {
      return ::pwrite(fd_of(file), from, count, static_cast<off_t>(offset));
    });
    if (n == 0) errno = ENOSPC;
    if (n <= 0) return false;
    from += n;
    offset += static_cast<std::uint64_t>(n);
    count -= static_cast<std::size_t>(n);
  }
  return true;
}

std::int64_t read_at(Handle file, std::uint64_t offset, char* to,
                     std::size_t count) {
  std::size_t done = 0;
  while (done < count) {
    const ssize_t n = uninterrupted([&] {
      return ::pread(fd_of(file), to + done, count - done,
                     static_cast<off_t>(offset + done));
    });
    if (n < 0) return -1;
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  return static_cast<std::int64_t>(done);
}

bool read_pieces(Handle file, std::uint64_t offset, Piece* pieces,
                 std::size_t count) {
  constexpr std::size_t kMost = 512;  // the system allows 1,024 or more
  while (count > 0) {
    struct iovec vectors[kMost];
    const std::size_t now = std::min(count, kMost);
    for (std::size_t i = 0; i < now; ++i)
      vectors[i] = {pieces[i].to, pieces[i].size};
    const ssize_t n = uninterrupted([&] {
      return ::preadv(fd_of(file), vectors, static_cast<int>(now),
                      static_cast<off_t>(offset));
    });
    if (n == 0) errno = EIO;
    if (n <= 0) return false;
    offset += static_cast<std::uint64_t>(n);
    std::size_t done = static_cast<std::size_t>(n);
    for (; count > 0 && done >= pieces->size; --count) done -= pieces++->size;
    if (count == 0) return true;
    pieces->to += done;
    pieces->size -= done;
  }
  return true;
}

// On macOS fsync() leaves the bytes in the drive's cache, which a loss of power
// empties; file systems that can't do more (over a network) say ENOTSUP.
bool flush(Handle file) {
#ifdef F_FULLFSYNC
  if (uninterrupted([&] { return ::fcntl(fd_of(file), F_FULLFSYNC); }) == 0)
    return true;
  if (errno != ENOTSUP && errno != EINVAL && errno != ENOTTY) return false;
#endif
  return uninterrupted([&] { return ::fsync(fd_of(file)); }) == 0;
}

Lock try_lock(Handle file) {
  if (uninterrupted([&] { return ::flock(fd_of(file), LOCK_EX | LOCK_NB); }) ==
      0)
    return Lock::kTaken;
  return errno == EWOULDBLOCK ? Lock::kHeld : Lock::kFailed;
}

bool leads_to(const std::string& path, Handle file) {
  struct stat mine, there;
  return ::fstat(fd_of(file), &mine) == 0 &&
         ::stat(path.c_str(), &there) == 0 && mine.st_dev == there.st_dev &&
         mine.st_ino == there.st_ino;
}

PathKind kind_of(const std::string& path) {
  struct stat info;
  if (::stat(path.c_str(), &info) != 0)
    return kind_of_error(errno) == Failure::Kind::kAbsent ? PathKind::kAbsent
                                                          : PathKind::kFailed;
  if (S_ISREG(info.st_mode)) return PathKind::kFile;
  if (S_ISDIR(info.st_mode)) return PathKind::kFolder;
  return S_ISFIFO(info.st_mode) ? PathKind::kPipe : PathKind::kOther;
}

bool is_empty_file(const std::string& path) {
  struct stat info;
  return ::lstat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
         info.st_size == 0;
}

bool make_folder(const std::string& path) {
  return ::mkdir(path.c_str(), 0777) == 0 || errno == EEXIST;
}

bool list_folder(const std::string& path, std::vector<std::string>* names) {
  DIR* folder = ::opendir(path.c_str());
  if (!folder) return false;
  errno = 0;  // readdir() says "the end" and "it failed" by the same null
  while (const dirent* entry = ::readdir(folder)) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names->push_back(name);
    errno = 0;
  }
  const int error = errno;
  ::closedir(folder);
  errno = error;
  return error == 0;
}

bool replace(const std::string& from, const std::string& to, bool) {
  return ::rename(from.c_str(), to.c_str()) == 0;
}

bool remove(const std::string& path) {
  return ::remove(path.c_str()) == 0 || errno == ENOENT || errno == ENOTEMPTY ||
         errno == EEXIST;
}

bool modification_time(const std::string& path, std::int64_t* time) {
  struct stat info;
  if (::stat(path.c_str(), &info) != 0) return false;
#ifdef __APPLE__
  const struct timespec& last = info.st_mtimespec;
#else
  const struct timespec& last = info.st_mtim;
#endif
  *time = std::int64_t{last.tv_sec} * 1000000000 + last.tv_nsec;
  return true;
}

bool touch(const std::string& path) {
  return ::utimensat(AT_FDCWD, path.c_str(), nullptr, 0) == 0;
}

bool flush_folder(const std::string& path) {
  const int fd = open_descriptor(path, O_RDONLY | O_DIRECTORY);
  return fd >= 0 && close_after(fd, flush(fd));
}

bool flush_file(const std::string& path) {
  const int fd = open_descriptor(path, O_RDONLY);
  return fd >= 0 &&
         close_after(fd, uninterrupted([&] { return ::fsync(fd); }) == 0);
}

bool flush_file_system(const std::string& path) {
#ifdef __linux__
  const int fd = open_descriptor(path, O_RDONLY | O_DIRECTORY);
  return fd >= 0 &&
         close_after(fd, uninterrupted([&] { return ::syncfs(fd); }) == 0);
#else
  (void)path;
  errno = ENOTSUP;  // sync() may return before it is done
  return false;
#endif
}

bool free_space(const std::string& path, std::uint64_t* bytes) {
  struct statvfs info;
  if (::statvfs(path.c_str(), &info) != 0) return false;
  *bytes = static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize;
  return true;
}

std::FILE* open_stream(const std::string& path, const char* mode) {
  return std::fopen(path.c_str(), mode);
}

bool seek(std::FILE* file, std::uint64_t offset) {
  return ::fseeko(file, static_cast<off_t>(offset), SEEK_SET) == 0;
}

Handle open_pipe(const std::string& path) {
  return open_descriptor(path, O_RDONLY | O_NONBLOCK);
}

PipeState read_pipe(Handle pipe, char* to, std::size_t most,
                    std::size_t* count) {
  struct pollfd ready = {fd_of(pipe), POLLIN, 0};
  const int found = uninterrupted([&] { return ::poll(&ready, 1, 100); });
  if (found < 0) return PipeState::kFailed;
  const ssize_t got = ::read(fd_of(pipe), to, most);
  // Where poll() found nothing, there was neither data nor an end.
  if (got == 0) return found > 0 ? PipeState::kEnd : PipeState::kNobody;
  if (got < 0)
    return errno == EAGAIN || errno == EINTR ? PipeState::kQuiet
                                             : PipeState::kFailed;
  *count = static_cast<std::size_t>(got);
  return PipeState::kBytes;
}

std::uint64_t process_id() { return static_cast<std::uint64_t>(::getpid()); }

bool child_has_ended(std::uint64_t process) {
  siginfo_t child = {};
  const int answer = ::waitid(P_PID, static_cast<id_t>(process), &child,
                              WEXITED | WNOHANG | WNOWAIT);
  return answer == 0 ? child.si_pid == static_cast<pid_t>(process)
                     : errno == ECHILD;
}

namespace {

std::atomic<bool> forked{false};

// Registered once, when the library is loaded: after a fork the child has no
// workers left, and waiting for them would hang (parallel::mclapply).
const int registered = ::pthread_atfork(
    nullptr, nullptr, [] { forked.store(true, std::memory_order_relaxed); });

}  // namespace

bool in_forked_child() {
  (void)registered;
  return forked.load(std::memory_order_relaxed);
}

void without_signals(const std::function<void()>& body) {
  sigset_t all, before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    body();
  } catch (...) {
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    throw;
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

int cores() {
#ifdef __linux__
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof(set), &set) == 0) return CPU_COUNT(&set);
#endif
  return static_cast<int>(std::thread::hardware_concurrency());
}

char* map_memory(std::size_t bytes) {
  void* const data = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return data == MAP_FAILED ? nullptr : static_cast<char*>(data);
}

void unmap_memory(char* data, std::size_t bytes) { ::munmap(data, bytes); }

void trim_heap() {
#ifdef __GLIBC__
  ::malloc_trim(0);
#endif
}

}  // namespace sys
}  // namespace clustcr
#endif
