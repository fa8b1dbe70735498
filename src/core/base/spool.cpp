#include "base/spool.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "base/errors.hpp"
#include "base/record_reader.hpp"

namespace clustcr {
namespace {

struct Descriptor {
  explicit Descriptor(int number) : fd(number) {}
  ~Descriptor() { close(fd); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int fd;
};

}  // namespace

std::string file_kind(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return "absent";
  if (S_ISREG(info.st_mode)) return "file";
  if (S_ISDIR(info.st_mode)) return "folder";
  return S_ISFIFO(info.st_mode) ? "pipe" : "other";
}

// Opened without blocking: open() would wait for a writer, deaf to Ctrl-C.
void spool_pipe(const std::string& path, const std::string& to, Host* host) {
  const Descriptor pipe(open(path.c_str(), O_RDONLY | O_NONBLOCK));
  if (pipe.fd < 0)
    throw Error("io",
                "'" + path + "' can't be opened: " + std::strerror(errno));
  const FileHandle out = open_stream(to, "wb");
  std::vector<char> buffer(1 << 16);
  for (;;) {
    pollfd ready{pipe.fd, POLLIN, 0};
    const int found = poll(&ready, 1, 100);
    if (host && host->cancelled()) throw Cancelled();
    if (found <= 0) continue;
    const ssize_t got = read(pipe.fd, buffer.data(), buffer.size());
    if (got == 0) break;
    if (got < 0) {
      if (errno == EAGAIN || errno == EINTR) continue;
      throw Error("io",
                  "'" + path + "' can't be read: " + std::strerror(errno));
    }
    if (std::fwrite(buffer.data(), 1, static_cast<std::size_t>(got),
                    out.get()) != static_cast<std::size_t>(got))
      throw Error("disk_full", "the copy of '" + path + "' can't be written");
  }
  if (std::fflush(out.get()) != 0)
    throw Error("disk_full", "the copy of '" + path + "' can't be written");
}

}  // namespace clustcr
