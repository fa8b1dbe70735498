#ifdef _WIN32
// Windows 10 and newer.
#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0A00
#endif
#ifndef NOMINMAX
#define NOMINMAX
#endif
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <winioctl.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <random>
#include <thread>

#include "base/system.hpp"

namespace clustcr {
namespace sys {
namespace {

// Not in the headers of all compilers.
constexpr DWORD kStoppedOnSymlink = 681, kDiskQuotaExceeded = 1295;

HANDLE handle_of(Handle file) { return reinterpret_cast<HANDLE>(file); }
Handle handle_from(HANDLE file) { return reinterpret_cast<Handle>(file); }

// Closes without a word of its own.
bool close_after(HANDLE file, bool done) {
  const DWORD error = ::GetLastError();
  ::CloseHandle(file);
  ::SetLastError(error);
  return done;
}

std::string narrow(const wchar_t* text) {
  const int size =
      ::WideCharToMultiByte(CP_UTF8, 0, text, -1, nullptr, 0, nullptr, nullptr);
  if (size <= 1) return std::string();
  std::string bytes(static_cast<std::size_t>(size), '\0');
  ::WideCharToMultiByte(CP_UTF8, 0, text, -1, &bytes[0], size, nullptr,
                        nullptr);
  bytes.resize(bytes.size() - 1);
  return bytes;
}

std::wstring widened(const std::string& text) {
  if (text.empty()) return std::wstring();
  const int bytes = static_cast<int>(text.size());
  const int size =
      ::MultiByteToWideChar(CP_UTF8, 0, text.data(), bytes, nullptr, 0);
  std::wstring wide(static_cast<std::size_t>(size), L'\0');
  ::MultiByteToWideChar(CP_UTF8, 0, text.data(), bytes, &wide[0], size);
  return wide;
}

// A path of 260 characters or more must begin with \\?\ and be whole.
std::wstring wide(const std::string& path) {
  constexpr std::size_t kShort = 240;  // folders must leave room for a name
  const std::wstring given = widened(path);
  if (given.size() < kShort || given.compare(0, 4, L"\\\\?\\") == 0)
    return given;
  const DWORD size = ::GetFullPathNameW(given.c_str(), 0, nullptr, nullptr);
  if (size == 0) return given;
  std::wstring whole(size, L'\0');
  whole.resize(::GetFullPathNameW(given.c_str(), size, &whole[0], nullptr));
  if (whole.compare(0, 4, L"\\\\?\\") == 0) return whole;
  if (whole.compare(0, 2, L"\\\\") == 0) return L"\\\\?\\UNC" + whole.substr(1);
  return L"\\\\?\\" + whole;
}

Failure::Kind kind_of_error(DWORD error) {
  switch (error) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_INVALID_NAME:
    case ERROR_BAD_PATHNAME:
    case ERROR_INVALID_DRIVE:
    case ERROR_DIRECTORY:
      return Failure::Kind::kAbsent;
    case ERROR_DISK_FULL:
    case ERROR_HANDLE_DISK_FULL:
    case kDiskQuotaExceeded:
      return Failure::Kind::kFull;
    case kStoppedOnSymlink:
      return Failure::Kind::kLink;
    default:
      return Failure::Kind::kOther;
  }
}

Failure failure_of_error(DWORD error) {
  wchar_t text[512] = L"";
  ::FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS,
                   nullptr, error, 0, text, 512, nullptr);
  std::string said = narrow(text);
  said.resize(said.find_last_not_of("\r\n .") + 1);
  if (said.empty()) said = "error " + std::to_string(error) + " of Windows";
  return {kind_of_error(error), said};
}

// A scanner or an indexer may have a file open for a moment and hinder others,
// and one that is just being replaced can't be opened.
template <class Call>
bool patiently(Call call) {
  for (int turn = 0;; ++turn) {
    if (call()) return true;
    const DWORD error = ::GetLastError();
    const bool busy =
        error == ERROR_SHARING_VIOLATION || error == ERROR_ACCESS_DENIED ||
        error == ERROR_LOCK_VIOLATION || error == ERROR_USER_MAPPED_FILE;
    if (!busy || turn == 50) return false;
    ::Sleep(10);
    ::SetLastError(error);
  }
}

constexpr DWORD kShared =
    FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

// Whoever has a file open hinders nobody: it can be read, written, replaced and
// removed meanwhile. Without security attributes no child inherits the handle.
HANDLE open_handle(const std::string& path, DWORD access, DWORD make,
                   DWORD flags) {
  return ::CreateFileW(wide(path).c_str(), access, kShared, nullptr, make,
                       flags, nullptr);
}

// For its attributes, of a file or folder; links are followed.
HANDLE open_to_look(const std::string& path, DWORD access = 0) {
  return open_handle(path, access, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS);
}

// Links and junctions; other reparse points are files that a service brings.
bool is_link(HANDLE file) {
  FILE_ATTRIBUTE_TAG_INFO info;
  return ::GetFileInformationByHandleEx(file, FileAttributeTagInfo, &info,
                                        sizeof(info)) &&
         (info.FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) &&
         (info.ReparseTag == IO_REPARSE_TAG_SYMLINK ||
          info.ReparseTag == IO_REPARSE_TAG_MOUNT_POINT);
}

// Digits that no file of another process, machine or call has.
std::string unique_text() {
  static const std::string machine = std::to_string(std::random_device{}());
  static std::atomic<unsigned> count{0};
  return std::to_string(process_id()) + "-" + machine + "-" +
         std::to_string(++count);
}

OVERLAPPED place(std::uint64_t offset) {
  OVERLAPPED at = {};
  at.Offset = static_cast<DWORD>(offset);
  at.OffsetHigh = static_cast<DWORD>(offset >> 32);
  return at;
}

DWORD at_most(std::size_t count) {
  return static_cast<DWORD>(std::min<std::size_t>(count, 1u << 30));
}

// Hundreds of nanoseconds since 1601.
std::int64_t nanoseconds_of(const FILETIME& time) {
  const std::uint64_t ticks =
      std::uint64_t{time.dwHighDateTime} << 32 | time.dwLowDateTime;
  return (static_cast<std::int64_t>(ticks) - 116444736000000000) * 100;
}

}  // namespace

Failure last_failure() { return failure_of_error(::GetLastError()); }

Failure failure_of(Failure::Kind kind) {
  switch (kind) {
    case Failure::Kind::kAbsent:
      return failure_of_error(ERROR_PATH_NOT_FOUND);
    case Failure::Kind::kFull:
      return failure_of_error(ERROR_DISK_FULL);
    case Failure::Kind::kLink:
      return failure_of_error(kStoppedOnSymlink);
    case Failure::Kind::kOther:
      break;
  }
  return failure_of_error(ERROR_GEN_FAILURE);
}

Handle open_file(const std::string& path, Access access) {
  const bool reading = access == Access::kRead;
  const DWORD rights = reading ? GENERIC_READ : GENERIC_READ | GENERIC_WRITE;
  const DWORD make = reading                  ? OPEN_EXISTING
                     : access == Access::kNew ? CREATE_NEW
                                              : OPEN_ALWAYS;
  // So a link itself is opened, and not its target.
  const DWORD flags =
      reading ? FILE_ATTRIBUTE_NORMAL
              : FILE_ATTRIBUTE_NORMAL | FILE_FLAG_OPEN_REPARSE_POINT;
  HANDLE file = INVALID_HANDLE_VALUE;
  if (!patiently([&] {
        file = open_handle(path, rights, make, flags);
        return file != INVALID_HANDLE_VALUE;
      }))
    return kNoHandle;
  if (reading || !is_link(file)) return handle_from(file);
  ::CloseHandle(file);
  ::SetLastError(kStoppedOnSymlink);
  return kNoHandle;
}

// Its name goes with its last handle, also where the process is killed.
Handle open_unnamed(const std::string& folder) {
  const std::string path = folder + "/mcl-" + unique_text();
  return handle_from(
      open_handle(path, GENERIC_READ | GENERIC_WRITE | DELETE, CREATE_NEW,
                  FILE_ATTRIBUTE_TEMPORARY | FILE_FLAG_DELETE_ON_CLOSE));
}

void close(Handle file) { ::CloseHandle(handle_of(file)); }

bool is_pipe(Handle file) {
  return ::GetFileType(handle_of(file)) == FILE_TYPE_PIPE;
}

bool size_of(Handle file, std::uint64_t* size) {
  LARGE_INTEGER bytes;
  if (!::GetFileSizeEx(handle_of(file), &bytes)) return false;
  *size = static_cast<std::uint64_t>(bytes.QuadPart);
  return true;
}

bool resize(Handle file, std::uint64_t size) {
  FILE_END_OF_FILE_INFO end;
  end.EndOfFile.QuadPart = static_cast<LONGLONG>(size);
  return ::SetFileInformationByHandle(handle_of(file), FileEndOfFileInfo, &end,
                                      sizeof(end));
}

bool write_at(Handle file, std::uint64_t offset, const char* from,
              std::size_t count) {
  while (count > 0) {
    OVERLAPPED at = place(offset);
    DWORD n = 0;
    if (!::WriteFile(handle_of(file), from, at_most(count), &n, &at))
      return false;
    if (n == 0) {
      ::SetLastError(ERROR_DISK_FULL);
      return false;
    }
    from += n;
    offset += n;
    count -= n;
  }
  return true;
}

std::int64_t read_at(Handle file, std::uint64_t offset, char* to,
                     std::size_t count) {
  std::size_t done = 0;
  while (done < count) {
    OVERLAPPED at = place(offset + done);
    DWORD n = 0;
    if (!::ReadFile(handle_of(file), to + done, at_most(count - done), &n,
                    &at)) {
      if (::GetLastError() == ERROR_HANDLE_EOF) break;
      return -1;
    }
    if (n == 0) break;
    done += n;
  }
  return static_cast<std::int64_t>(done);
}

// Windows scatters pages only. Of small pieces many come by one call, and are
// copied.
bool read_pieces(Handle file, std::uint64_t offset, Piece* pieces,
                 std::size_t count) {
  constexpr std::size_t kTogether = 1 << 16;
  static thread_local std::vector<char> buffer;
  const auto read_all = [&](char* to, std::size_t bytes) {
    const std::int64_t got = read_at(file, offset, to, bytes);
    if (got >= 0 && static_cast<std::size_t>(got) < bytes)
      ::SetLastError(ERROR_HANDLE_EOF);
    offset += bytes;
    return got == static_cast<std::int64_t>(bytes);
  };
  for (std::size_t i = 0; i < count;) {
    std::size_t end = i, bytes = 0;
    while (end < count && bytes + pieces[end].size <= kTogether)
      bytes += pieces[end++].size;
    if (end <= i + 1) {
      if (!read_all(pieces[i].to, pieces[i].size)) return false;
      ++i;
      continue;
    }
    buffer.resize(kTogether);
    if (!read_all(buffer.data(), bytes)) return false;
    for (const char* from = buffer.data(); i < end; ++i) {
      std::memcpy(pieces[i].to, from, pieces[i].size);
      from += pieces[i].size;
    }
  }
  return true;
}

bool flush(Handle file) { return ::FlushFileBuffers(handle_of(file)); }

// Windows keeps others from reading and writing what is locked: so it is a byte
// that no file has.
Lock try_lock(Handle file) {
  OVERLAPPED at = place(std::uint64_t{1} << 62);
  if (::LockFileEx(handle_of(file),
                   LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0,
                   &at))
    return Lock::kTaken;
  const DWORD error = ::GetLastError();
  return error == ERROR_LOCK_VIOLATION || error == ERROR_IO_PENDING
             ? Lock::kHeld
             : Lock::kFailed;
}

// One that was removed while somebody has it open can't be opened any more, or
// another has its name.
bool leads_to(const std::string& path, Handle file) {
  const HANDLE other = open_to_look(path);
  if (other == INVALID_HANDLE_VALUE) return false;
  BY_HANDLE_FILE_INFORMATION mine, there;
  const bool both = ::GetFileInformationByHandle(handle_of(file), &mine) &&
                    ::GetFileInformationByHandle(other, &there);
  ::CloseHandle(other);
  return both && mine.dwVolumeSerialNumber == there.dwVolumeSerialNumber &&
         mine.nFileIndexHigh == there.nFileIndexHigh &&
         mine.nFileIndexLow == there.nFileIndexLow;
}

PathKind kind_of(const std::string& path) {
  DWORD attributes = ::GetFileAttributesW(wide(path).c_str());
  // Of a link they are its own.
  if (attributes != INVALID_FILE_ATTRIBUTES &&
      (attributes & FILE_ATTRIBUTE_REPARSE_POINT)) {
    const HANDLE there = open_to_look(path);
    BY_HANDLE_FILE_INFORMATION info;
    attributes = INVALID_FILE_ATTRIBUTES;
    if (there != INVALID_HANDLE_VALUE &&
        close_after(there, ::GetFileInformationByHandle(there, &info)))
      attributes = info.dwFileAttributes;
  }
  if (attributes == INVALID_FILE_ATTRIBUTES)
    return kind_of_error(::GetLastError()) == Failure::Kind::kAbsent
               ? PathKind::kAbsent
               : PathKind::kFailed;
  if (attributes & FILE_ATTRIBUTE_DIRECTORY) return PathKind::kFolder;
  return attributes & FILE_ATTRIBUTE_DEVICE ? PathKind::kOther
                                            : PathKind::kFile;
}

bool is_empty_file(const std::string& path) {
  WIN32_FILE_ATTRIBUTE_DATA info;
  return ::GetFileAttributesExW(wide(path).c_str(), GetFileExInfoStandard,
                                &info) &&
         !(info.dwFileAttributes &
           (FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_REPARSE_POINT)) &&
         info.nFileSizeHigh == 0 && info.nFileSizeLow == 0;
}

bool make_folder(const std::string& path) {
  return ::CreateDirectoryW(wide(path).c_str(), nullptr) ||
         ::GetLastError() == ERROR_ALREADY_EXISTS;
}

bool list_folder(const std::string& path, std::vector<std::string>* names) {
  WIN32_FIND_DATAW entry;
  const HANDLE search = ::FindFirstFileW(wide(path + "/*").c_str(), &entry);
  // Even an empty folder has "." but at the top of a drive.
  if (search == INVALID_HANDLE_VALUE)
    return ::GetLastError() == ERROR_FILE_NOT_FOUND &&
           kind_of(path) == PathKind::kFolder;
  do {
    const std::string name = narrow(entry.cFileName);
    if (name != "." && name != "..") names->push_back(name);
  } while (::FindNextFileW(search, &entry));
  const DWORD error = ::GetLastError();
  ::FindClose(search);
  ::SetLastError(error);
  return error == ERROR_NO_MORE_FILES;
}

bool replace(const std::string& from, const std::string& to, bool durable) {
  const std::wstring source = wide(from), target = wide(to);
  const DWORD flags =
      MOVEFILE_REPLACE_EXISTING | (durable ? MOVEFILE_WRITE_THROUGH : 0);
  return patiently([&] {
    return ::MoveFileExW(source.c_str(), target.c_str(), flags) != 0;
  });
}

namespace {

bool is_gone(DWORD error) {
  return error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND;
}

// The name of a file that somebody has open may stay until he closes it, and
// nobody could make a file of that name. So it gets another before.
bool remove_file(const std::wstring& name) {
  const HANDLE alone = ::CreateFileW(
      name.c_str(), DELETE, 0, nullptr, OPEN_EXISTING,
      FILE_FLAG_OPEN_REPARSE_POINT | FILE_FLAG_DELETE_ON_CLOSE, nullptr);
  if (alone != INVALID_HANDLE_VALUE) return ::CloseHandle(alone);
  const DWORD error = ::GetLastError();
  if (error != ERROR_SHARING_VIOLATION) return is_gone(error);
  const std::wstring aside = name + widened("." + unique_text() + ".part");
  if (!::MoveFileExW(name.c_str(), aside.c_str(), 0))
    return is_gone(::GetLastError());
  return ::DeleteFileW(aside.c_str()) || is_gone(::GetLastError());
}

}  // namespace

bool remove(const std::string& path) {
  const std::wstring name = wide(path);
  const DWORD attributes = ::GetFileAttributesW(name.c_str());
  const bool folder = attributes != INVALID_FILE_ATTRIBUTES &&
                      (attributes & FILE_ATTRIBUTE_DIRECTORY);
  return patiently([&] {
    if (!folder) return remove_file(name);
    return ::RemoveDirectoryW(name.c_str()) ||
           ::GetLastError() == ERROR_DIR_NOT_EMPTY || is_gone(::GetLastError());
  });
}

bool modification_time(const std::string& path, std::int64_t* time) {
  const HANDLE file = open_to_look(path);
  if (file == INVALID_HANDLE_VALUE) return false;
  FILETIME last;
  if (!close_after(file, ::GetFileTime(file, nullptr, nullptr, &last)))
    return false;
  *time = nanoseconds_of(last);
  return true;
}

bool touch(const std::string& path) {
  const HANDLE file = open_to_look(path, FILE_WRITE_ATTRIBUTES);
  if (file == INVALID_HANDLE_VALUE) return false;
  FILETIME now;
  ::GetSystemTimePreciseAsFileTime(&now);
  return close_after(file, ::SetFileTime(file, nullptr, nullptr, &now));
}

// NTFS keeps a journal of names, and replace() has written through. Where a
// folder can be flushed it is; where the system refuses that, nothing is left
// to do.
bool flush_folder(const std::string& path) {
  if (kind_of(path) != PathKind::kFolder) {
    ::SetLastError(ERROR_PATH_NOT_FOUND);
    return false;
  }
  const HANDLE folder = open_to_look(path, GENERIC_WRITE);
  if (folder == INVALID_HANDLE_VALUE) return true;
  ::FlushFileBuffers(folder);
  ::CloseHandle(folder);
  return true;
}

bool flush_file(const std::string& path) {
  const HANDLE file =
      open_handle(path, GENERIC_WRITE, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL);
  return file != INVALID_HANDLE_VALUE &&
         close_after(file, ::FlushFileBuffers(file));
}

// Of a whole drive only administrators may ask that.
bool flush_file_system(const std::string&) {
  ::SetLastError(ERROR_NOT_SUPPORTED);
  return false;
}

bool free_space(const std::string& path, std::uint64_t* bytes) {
  ULARGE_INTEGER free;
  if (!::GetDiskFreeSpaceExW(wide(path).c_str(), &free, nullptr, nullptr))
    return false;
  *bytes = free.QuadPart;
  return true;
}

std::FILE* open_stream(const std::string& path, const char* mode) {
  // N: child processes do not inherit it.
  return ::_wfopen(wide(path).c_str(), (widened(mode) + L"N").c_str());
}

bool seek(std::FILE* file, std::uint64_t offset) {
  return ::_fseeki64(file, static_cast<long long>(offset), SEEK_SET) == 0;
}

Handle open_pipe(const std::string&) {
  ::SetLastError(ERROR_NOT_SUPPORTED);
  return kNoHandle;
}

PipeState read_pipe(Handle, char*, std::size_t, std::size_t*) {
  return PipeState::kFailed;
}

std::uint64_t process_id() { return ::GetCurrentProcessId(); }

// Windows knows no children; whoever began one has a handle of it.
bool child_has_ended(std::uint64_t) { return true; }

bool in_forked_child() { return false; }

void without_signals(const std::function<void()>& body) { body(); }

int cores() {
  DWORD_PTR mine = 0, all = 0;
  int count = 0;
  if (::GetProcessAffinityMask(::GetCurrentProcess(), &mine, &all))
    for (; mine != 0; mine &= mine - 1) ++count;
  // 0 where the process has more than one group of 64 processors.
  return count > 0 ? count
                   : static_cast<int>(std::thread::hardware_concurrency());
}

char* map_memory(std::size_t bytes) {
  return static_cast<char*>(
      ::VirtualAlloc(nullptr, bytes, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE));
}

void unmap_memory(char* data, std::size_t) {
  ::VirtualFree(data, 0, MEM_RELEASE);
}

void trim_heap() {}

}  // namespace sys
}  // namespace clustcr
#endif
