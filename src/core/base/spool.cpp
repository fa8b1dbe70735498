#include "base/spool.hpp"

#include <chrono>
#include <vector>

#include "base/errors.hpp"
#include "base/streams.hpp"
#include "base/system.hpp"

namespace clustcr {
namespace {

class Pipe {
 public:
  explicit Pipe(const std::string& path) : handle_(sys::open_pipe(path)) {
    if (handle_ == sys::kNoHandle)
      throw Error(
          "io", "'" + path + "' can't be opened: " + sys::last_failure().text);
  }
  ~Pipe() { sys::close(handle_); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  sys::PipeState read(std::vector<char>* buffer, std::size_t* got) {
    return sys::read_pipe(handle_, buffer->data(), buffer->size(), got);
  }

 private:
  sys::Handle handle_;
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
  switch (sys::kind_of(path)) {
    case sys::PathKind::kFile:
      return "file";
    case sys::PathKind::kFolder:
      return "folder";
    case sys::PathKind::kPipe:
      return "pipe";
    case sys::PathKind::kOther:
      return "other";
    case sys::PathKind::kAbsent:
    case sys::PathKind::kFailed:
      break;
  }
  return "absent";
}

void spool_pipe(const std::string& path, const std::string& to, int seconds,
                Host* host) {
  Pipe pipe(path);
  const FileHandle out = open_stream(to, "wb");
  std::vector<char> buffer(1 << 16);
  const auto end =
      std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  bool written_to = false;
  for (;;) {
    std::size_t got = 0;
    const sys::PipeState state = pipe.read(&buffer, &got);
    if (state == sys::PipeState::kFailed)
      throw Error("io",
                  "'" + path + "' can't be read: " + sys::last_failure().text);
    if (host && host->cancelled()) throw Cancelled();
    if (state == sys::PipeState::kEnd) break;
    if (state == sys::PipeState::kNobody) {
      if (written_to) break;
      if (std::chrono::steady_clock::now() < end) continue;
      throw Error("io", "nobody writes to the pipe '" + path +
                            "': it was waited for " + std::to_string(seconds) +
                            " s");
    }
    written_to = true;
    if (state == sys::PipeState::kBytes)
      write_all(out.get(), buffer.data(), got, path);
  }
  flush(out.get(), path);
}

void append_file(const std::string& path, std::uint64_t from,
                 const std::string& before, const std::string& to, Host* host) {
  const FileHandle in = open_stream(path, "rb");
  const FileHandle out = open_stream(to, "ab");
  write_all(out.get(), before.data(), before.size(), path);
  if (!sys::seek(in.get(), from))
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
