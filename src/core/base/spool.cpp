#include "base/spool.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <vector>

#include "base/errors.hpp"
#include "base/streams.hpp"

namespace clustcr {
namespace {

struct Descriptor {
  explicit Descriptor(int number) : fd(number) {}
  ~Descriptor() { close(fd); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int fd;
};

[[noreturn]] void not_written(const std::string& what) {
  throw Error("disk_full", "the copy of '" + what +
                               "' can't be written; is the disk that "
                               "tempdir() names full?");
}

void write_all(std::FILE* out, const char* bytes, std::size_t count,
               const std::string& what) {
  if (std::fwrite(bytes, 1, count, out) != count) not_written(what);
}

void flush(std::FILE* out, const std::string& what) {
  if (std::fflush(out) != 0) not_written(what);
}

}  // namespace

std::string file_kind(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return "absent";
  if (S_ISREG(info.st_mode)) return "file";
  if (S_ISDIR(info.st_mode)) return "folder";
  return S_ISFIFO(info.st_mode) ? "pipe" : "other";
}

// Opened without blocking: open() would wait for a writer, deaf to Ctrl-C.
void spool_pipe(const std::string& path, const std::string& to, int seconds,
                Host* host) {
  const Descriptor pipe(open(path.c_str(), O_RDONLY | O_NONBLOCK));
  if (pipe.fd < 0)
    throw Error("io",
                "'" + path + "' can't be opened: " + std::strerror(errno));
  const FileHandle out = open_stream(to, "wb");
  std::vector<char> buffer(1 << 16);
  const auto end =
      std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  bool written_to = false;
  for (;;) {
    pollfd ready{pipe.fd, POLLIN, 0};
    const int found = poll(&ready, 1, 100);
    if (host && host->cancelled()) throw Cancelled();
    if (found < 0) continue;
    const ssize_t got = read(pipe.fd, buffer.data(), buffer.size());
    if (got == 0 && (found > 0 || written_to)) break;
    if (got == 0) {
      // Neither data nor an end: nobody has it open for writing yet.
      if (std::chrono::steady_clock::now() < end) continue;
      throw Error("io", "nobody writes to the pipe '" + path +
                            "': it was waited for " + std::to_string(seconds) +
                            " s");
    }
    written_to = true;
    if (got < 0) {
      if (errno == EAGAIN || errno == EINTR) continue;
      throw Error("io",
                  "'" + path + "' can't be read: " + std::strerror(errno));
    }
    write_all(out.get(), buffer.data(), static_cast<std::size_t>(got), path);
  }
  flush(out.get(), path);
}

void append_file(const std::string& path, std::uint64_t from,
                 const std::string& before, const std::string& to, Host* host) {
  const FileHandle in = open_stream(path, "rb");
  const FileHandle out = open_stream(to, "ab");
  write_all(out.get(), before.data(), before.size(), path);
  if (fseeko(in.get(), static_cast<off_t>(from), SEEK_SET) != 0)
    throw Error("io", "'" + path + "' can't be read");
  std::vector<char> buffer(1 << 20);
  while (const std::size_t got =
             std::fread(buffer.data(), 1, buffer.size(), in.get())) {
    write_all(out.get(), buffer.data(), got, path);
    if (host && host->cancelled()) throw Cancelled();
  }
  if (std::ferror(in.get())) throw Error("io", "'" + path + "' can't be read");
  flush(out.get(), path);
}

}  // namespace clustcr
