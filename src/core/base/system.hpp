// What the core asks of the operating system: system_posix.cpp answers on Unix,
// system_windows.cpp on Windows. No other file of the core includes a header of
// the system's. Paths are UTF-8. A call that fails says so by its value, and
// last_failure() why; how it is told is the caller's affair.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

// Stores hold numbers as the machine has them, and more bytes than 32 bits
// tell.
#if UINTPTR_MAX < UINT64_MAX
#error "clustcr needs a 64-bit processor and compiler"
#endif
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "clustcr needs a little-endian processor"
#endif

namespace clustcr {
namespace sys {

// ---- Failures

struct Failure {
  enum class Kind { kOther, kAbsent, kFull, kLink };
  Kind kind = Kind::kOther;
  std::string text;  // the system's words
};
// Of this thread's last call that failed.
Failure last_failure();
// What the system would say.
Failure failure_of(Failure::Kind kind);

// ---- Open files

using Handle = std::intptr_t;
constexpr Handle kNoHandle = -1;

// kWrite makes the file and keeps what is there, kNew must make it. Neither
// follows a symbolic link (kLink). A pipe is not waited for. No child process
// inherits a handle but by fork().
enum class Access { kRead, kWrite, kNew };
Handle open_file(const std::string& path, Access access);
// For reading and writing; without a name, or under one that goes with the
// handle or the process.
Handle open_unnamed(const std::string& folder);
void close(Handle file);

bool is_pipe(Handle file);
bool size_of(Handle file, std::uint64_t* size);
bool resize(Handle file, std::uint64_t size);
bool write_at(Handle file, std::uint64_t offset, const char* from,
              std::size_t count);
// Bytes read, fewer than `count` at the end of the file only; -1 on failure.
std::int64_t read_at(Handle file, std::uint64_t offset, char* to,
                     std::size_t count);
// Scatters what follows `offset` over the pieces, which it uses up. The end of
// the file is a failure.
struct Piece {
  char* to;
  std::size_t size;
};
bool read_pieces(Handle file, std::uint64_t offset, Piece* pieces,
                 std::size_t count);
// To the disk, not to its cache only.
bool flush(Handle file);

// An advisory lock on the whole file, of this handle alone. The system drops it
// with the handle, or when the process ends, however it ends.
enum class Lock { kTaken, kHeld, kFailed };
Lock try_lock(Handle file);
// Whether the path leads to this file.
bool leads_to(const std::string& path, Handle file);

// ---- Paths

// What may stand between names.
#ifdef _WIN32
constexpr char kSeparators[] = "/\\";
#else
constexpr char kSeparators[] = "/";
#endif

// Links are followed; one that leads nowhere is absent.
enum class PathKind { kAbsent, kFile, kFolder, kPipe, kOther, kFailed };
PathKind kind_of(const std::string& path);
// A link is none.
bool is_empty_file(const std::string& path);
// No failure where something has the name.
bool make_folder(const std::string& path);
// Names in any order, without "." and "..".
bool list_folder(const std::string& path, std::vector<std::string>* names);
// Puts a file in the place of another, in one step. With `durable` the flush of
// its folder suffices for the name to be on the disk.
bool replace(const std::string& from, const std::string& to, bool durable);
// A file, a link, or an empty folder; no failure where it is gone or not empty.
bool remove(const std::string& path);
// When it was last changed: nanoseconds since 1970. touch() makes that now.
bool modification_time(const std::string& path, std::int64_t* time);
bool touch(const std::string& path);

bool flush_folder(const std::string& path);
// As far as the drive, whose cache flush_folder() empties.
bool flush_file(const std::string& path);
// Whether there is one call for all that was written to a file system.
#ifdef __linux__
constexpr bool kFlushesFileSystems = true;
#else
constexpr bool kFlushesFileSystems = false;
#endif
bool flush_file_system(const std::string& path);
// Bytes that this user can still write there.
bool free_space(const std::string& path, std::uint64_t* bytes);

// ---- Streams and pipes

// As fopen().
std::FILE* open_stream(const std::string& path, const char* mode);
bool seek(std::FILE* file, std::uint64_t offset);

// A named pipe, for reading; its writer is not waited for. Windows has none
// that a file's path leads to.
Handle open_pipe(const std::string& path);
// kBytes: `count` came. kEnd: its writers are gone. kNobody: nobody has it open
// for writing, or nobody any more. kQuiet: a writer is there and says nothing.
enum class PipeState { kBytes, kEnd, kNobody, kQuiet, kFailed };
// Waits for at most a tenth of a second.
PipeState read_pipe(Handle pipe, char* to, std::size_t most,
                    std::size_t* count);

// ---- Processes, threads and memory

std::uint64_t process_id();
// Whether this child of this process has ended. It is left to be collected.
bool child_has_ended(std::uint64_t process);
// In a forked child, where the threads of its parent are not.
bool in_forked_child();
// Threads that `body` begins get no signals.
void without_signals(const std::function<void()>& body);
// Windows ends a process's threads before the libraries; who waits for one, or
// for a lock that it had, waits for ever.
#ifdef _WIN32
constexpr bool kThreadsEndBeforeLibraries = true;
#else
constexpr bool kThreadsEndBeforeLibraries = false;
#endif
// Cores that this process may run on.
int cores();

// Zeros, straight from the system; null on failure.
char* map_memory(std::size_t bytes);
void unmap_memory(char* data, std::size_t bytes);
// Gives back what the C library keeps for later, where that can be asked for.
void trim_heap();

}  // namespace sys
}  // namespace clustcr
