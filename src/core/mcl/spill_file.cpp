#include "mcl/spill_file.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/errors.hpp"

namespace clustcr {
namespace mcl {
namespace {

// O_TMPFILE never gives the file a name; where the system or the file system
// has no such thing, it loses its name at once.
int open_without_name(const std::string& folder) {
#ifdef O_TMPFILE
  const int fd = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0) return fd;
  if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL) return -1;
#endif
  std::string path = folder + "/mcl-XXXXXX";
  const int named = ::mkstemp(&path[0]);
  if (named < 0) return -1;
  ::unlink(path.c_str());
  ::fcntl(named, F_SETFD, FD_CLOEXEC);
  return named;
}

}  // namespace

SpillFile::SpillFile(const std::string& folder)
    : folder_(folder), fd_(open_without_name(folder)) {
  if (fd_ < 0) fail("make", errno);
}

SpillFile::~SpillFile() { ::close(fd_); }

void SpillFile::write(std::uint64_t offset, const void* bytes,
                      std::size_t count) {
  const char* from = static_cast<const char*>(bytes);
  while (count > 0) {
    const ssize_t n = ::pwrite(fd_, from, count, static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) fail("write", n < 0 ? errno : ENOSPC);
    from += n;
    offset += static_cast<std::uint64_t>(n);
    count -= static_cast<std::size_t>(n);
  }
}

void SpillFile::read(std::uint64_t offset, struct iovec* pieces,
                     int count) const {
  while (count > 0) {
    const ssize_t n = ::preadv(fd_, pieces, count, static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) fail("read", n < 0 ? errno : EIO);
    offset += static_cast<std::uint64_t>(n);
    std::size_t done = static_cast<std::size_t>(n);
    for (; count > 0 && done >= pieces->iov_len; --count)
      done -= pieces++->iov_len;
    if (count == 0) return;
    pieces->iov_base = static_cast<char*>(pieces->iov_base) + done;
    pieces->iov_len -= done;
  }
}

void SpillFile::fail(const char* what, int error) const {
  const bool full = error == ENOSPC || error == EDQUOT;
  throw StoreError(std::string("can't ") + what + " a temporary file in '" +
                       folder_ + "': " + std::strerror(error),
                   full ? "disk_full" : "io");
}

}  // namespace mcl
}  // namespace clustcr
