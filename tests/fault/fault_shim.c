/* Fails system calls on files below a folder, for LD_PRELOAD.
 *
 *   FAULT_FOLDER   calls on paths and descriptors below this count
 *   FAULT_AT       the number, from 1, of the call that fails; 0: none
 *   FAULT_KIND     what happens to it:
 *     enospc       it fails, if it is one that can need space
 *     full         it and all later ones that need space fail
 *     eio          it fails, whatever it is
 *     broken       it and all later ones fail
 *     eintr        it fails once, as a signal would make it
 *     short        a read or write takes part of the bytes
 *     shorter      it and all later reads and writes take a few bytes
 *
 * A process that runs many cases sets them with fault_arm() and asks with
 * fault_state() how many calls there were and how many were failed.
 *
 * With fault_record() the calls that are made are written down in their order,
 * a line each: its name and paths, with tabs between. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* What a call does, for it decides which errors it may meet. */
enum { READS = 1, NEEDS_SPACE = 2, RESTARTS = 4 };

static char folder[4096];
static char kind[16];
static atomic_long at, calls, failed;
static int record = -1;

void fault_arm(int *when, char **what, char **where) {
  snprintf(folder, sizeof(folder), "%s", *where);
  snprintf(kind, sizeof(kind), "%s", *what);
  calls = failed = 0;
  at = *when;
}

void fault_state(int *n_calls, int *n_failed) {
  *n_calls = (int)calls;
  *n_failed = (int)failed;
}

/* Records to a file, or no longer where it has no name. */
void fault_record(char **file, char **where) {
  if (record >= 0) close(record);
  record = -1;
  snprintf(folder, sizeof(folder), "%s", *where);
  if (**file)
    record = open(*file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
}

__attribute__((constructor)) static void start(void) {
  const char *where = getenv("FAULT_FOLDER");
  const char *what = getenv("FAULT_KIND");
  const char *when = getenv("FAULT_AT");
  if (where) snprintf(folder, sizeof(folder), "%s", where);
  if (what) snprintf(kind, sizeof(kind), "%s", what);
  if (when) at = atol(when);
}

static int below(const char *path) {
  const size_t n = strlen(folder);
  return n > 0 && strncmp(path, folder, n) == 0 &&
         (path[n] == '/' || path[n] == '\0');
}

static int path_of(int fd, char *path, size_t size) {
  char link[64];
  snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
  const ssize_t n = readlink(link, path, size - 1);
  if (n < 0) return 0;
  path[n] = '\0';
  return 1;
}

static int descriptor_below(int fd) {
  char path[4096];
  return folder[0] != '\0' && path_of(fd, path, sizeof(path)) && below(path);
}

/* dprintf() writes inside the C library, past the write() below. */
static void note(const char *call, const char *path, const char *to) {
  if (record < 0 || !below(path)) return;
  dprintf(record, "%s\t%s\t%s\n", call, path, to);
}

static void note_descriptor(const char *call, int fd) {
  char path[4096];
  if (record >= 0 && path_of(fd, path, sizeof(path))) note(call, path, "");
}

/* The error a call on a path of ours meets, or 0; counts it. */
static int error_of(int does) {
  const long n = ++calls;
  const long when = at;
  const int later = strcmp(kind, "full") == 0 || strcmp(kind, "broken") == 0;
  int error = 0;
  if (when <= 0 || n < when || (n > when && !later)) return 0;
  if (strcmp(kind, "enospc") == 0 || strcmp(kind, "full") == 0)
    error = does & NEEDS_SPACE ? ENOSPC : 0;
  else if (strcmp(kind, "eio") == 0 || strcmp(kind, "broken") == 0)
    error = EIO;
  else if (strcmp(kind, "eintr") == 0)
    error = does & RESTARTS ? EINTR : 0;
  if (error) ++failed;
  return error;
}

/* How many of `count` bytes the call just counted may move. */
static size_t allowed(size_t count) {
  const long n = calls;
  if (at <= 0 || count < 2) return count;
  if (strcmp(kind, "short") == 0 && n == at) {
    ++failed;
    return count / 2;
  }
  if (strcmp(kind, "shorter") == 0 && n >= at) {
    ++failed;
    return count < 1000 ? 1 : count / 100;
  }
  return count;
}

#define REAL(type, name, ...)       \
  static type (*real)(__VA_ARGS__); \
  if (!real) *(void **)&real = dlsym(RTLD_NEXT, name)

#define FAIL_PATH(path, does, result) \
  if (below(path)) {                  \
    const int error = error_of(does); \
    if (error) {                      \
      errno = error;                  \
      return result;                  \
    }                                 \
  }

#define FAIL_FD(fd, does, result)        \
  const int ours = descriptor_below(fd); \
  if (ours) {                            \
    const int error = error_of(does);    \
    if (error) {                         \
      errno = error;                     \
      return result;                     \
    }                                    \
  }

#define DEFINE_OPEN(name)                                               \
  int name(const char *path, int flags, ...) {                          \
    REAL(int, #name, const char *, int, ...);                           \
    va_list args;                                                       \
    va_start(args, flags);                                              \
    const mode_t mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;     \
    va_end(args);                                                       \
    FAIL_PATH(path, RESTARTS | (flags & O_CREAT ? NEEDS_SPACE : 0), -1) \
    return real(path, flags, mode);                                     \
  }
DEFINE_OPEN(open)
DEFINE_OPEN(open64)

#define DEFINE_PWRITE(name)                                     \
  ssize_t name(int fd, const void *bytes, size_t n, off_t to) { \
    REAL(ssize_t, #name, int, const void *, size_t, off_t);     \
    FAIL_FD(fd, NEEDS_SPACE | RESTARTS, -1)                     \
    note_descriptor("write", fd);                               \
    return real(fd, bytes, ours ? allowed(n) : n, to);          \
  }
DEFINE_PWRITE(pwrite)
DEFINE_PWRITE(pwrite64)

#define DEFINE_PREAD(name)                                  \
  ssize_t name(int fd, void *bytes, size_t n, off_t from) { \
    REAL(ssize_t, #name, int, void *, size_t, off_t);       \
    FAIL_FD(fd, READS | RESTARTS, -1)                       \
    return real(fd, bytes, ours ? allowed(n) : n, from);    \
  }
DEFINE_PREAD(pread)
DEFINE_PREAD(pread64)

ssize_t write(int fd, const void *bytes, size_t n) {
  REAL(ssize_t, "write", int, const void *, size_t);
  FAIL_FD(fd, NEEDS_SPACE | RESTARTS, -1)
  return real(fd, bytes, ours ? allowed(n) : n);
}

ssize_t read(int fd, void *bytes, size_t n) {
  REAL(ssize_t, "read", int, void *, size_t);
  FAIL_FD(fd, READS | RESTARTS, -1)
  return real(fd, bytes, ours ? allowed(n) : n);
}

#define DEFINE_FD(name, does)   \
  int name(int fd) {            \
    REAL(int, #name, int);      \
    FAIL_FD(fd, does, -1)       \
    note_descriptor(#name, fd); \
    return real(fd);            \
  }
DEFINE_FD(fsync, NEEDS_SPACE | RESTARTS)
DEFINE_FD(fdatasync, NEEDS_SPACE | RESTARTS)
DEFINE_FD(syncfs, NEEDS_SPACE | RESTARTS)

#define DEFINE_TRUNCATE(name)               \
  int name(int fd, off_t size) {            \
    REAL(int, #name, int, off_t);           \
    FAIL_FD(fd, NEEDS_SPACE | RESTARTS, -1) \
    return real(fd, size);                  \
  }
DEFINE_TRUNCATE(ftruncate)
DEFINE_TRUNCATE(ftruncate64)

int flock(int fd, int operation) {
  REAL(int, "flock", int, int);
  FAIL_FD(fd, RESTARTS, -1)
  return real(fd, operation);
}

int fstat(int fd, struct stat *info) {
  REAL(int, "fstat", int, struct stat *);
  FAIL_FD(fd, READS, -1)
  return real(fd, info);
}

int rename(const char *from, const char *to) {
  REAL(int, "rename", const char *, const char *);
  FAIL_PATH(to, NEEDS_SPACE, -1)
  note("rename", from, to);
  return real(from, to);
}

int mkdir(const char *path, mode_t mode) {
  REAL(int, "mkdir", const char *, mode_t);
  FAIL_PATH(path, NEEDS_SPACE, -1)
  return real(path, mode);
}

int remove(const char *path) {
  REAL(int, "remove", const char *);
  FAIL_PATH(path, 0, -1)
  note("remove", path, "");
  return real(path);
}

int unlink(const char *path) {
  REAL(int, "unlink", const char *);
  FAIL_PATH(path, 0, -1)
  note("remove", path, "");
  return real(path);
}

int stat(const char *path, struct stat *info) {
  REAL(int, "stat", const char *, struct stat *);
  FAIL_PATH(path, READS, -1)
  return real(path, info);
}

#define DEFINE_STATVFS(name, type)                 \
  int name(const char *path, struct type *info) {  \
    REAL(int, #name, const char *, struct type *); \
    FAIL_PATH(path, READS, -1)                     \
    return real(path, info);                       \
  }
DEFINE_STATVFS(statvfs, statvfs)
DEFINE_STATVFS(statvfs64, statvfs64)

DIR *opendir(const char *path) {
  REAL(DIR *, "opendir", const char *);
  FAIL_PATH(path, READS, NULL)
  return real(path);
}

struct dirent *readdir(DIR *stream) {
  REAL(struct dirent *, "readdir", DIR *);
  FAIL_FD(dirfd(stream), READS, NULL)
  return real(stream);
}
