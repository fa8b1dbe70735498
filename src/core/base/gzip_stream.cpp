#include "base/gzip_stream.hpp"

#include "base/errors.hpp"

#ifdef CLUSTCR_ZLIB
#include <zlib.h>

#include <algorithm>
#include <new>
#include <string>

namespace clustcr {
namespace {

constexpr std::size_t kPackedBlock = 1 << 16;

class GzipStream : public ByteStream {
 public:
  explicit GzipStream(FileHandle file)
      : file_(std::move(file)), packed_(new unsigned char[kPackedBlock]) {
    // 16: a gzip header must be there, and its check.
    const int made = inflateInit2(&state_, 15 + 16);
    if (made == Z_MEM_ERROR) throw std::bad_alloc();
    if (made != Z_OK) throw Error("io", "zlib can't be used");
  }
  ~GzipStream() override { inflateEnd(&state_); }

  std::size_t read(char* to, std::size_t most) override {
    std::size_t got = 0;
    while (got < most && !ended_ && damage_.empty())
      got += unpack(to + got, most - got);
    if (got == 0 && !damage_.empty())
      throw Error("format", "it is no complete gzip file (" + damage_ + ")");
    return got;
  }
  bool packed() const override { return true; }

 private:
  bool refill() {
    if (state_.avail_in > 0) return true;
    state_.next_in = packed_.get();
    state_.avail_in = static_cast<uInt>(read_some(
        file_.get(), reinterpret_cast<char*>(packed_.get()), kPackedBlock));
    return state_.avail_in > 0;
  }

  std::size_t unpack(char* to, std::size_t most) {
    // Without more bytes some of the text may be due still.
    refill();
    state_.next_out = reinterpret_cast<Bytef*>(to);
    state_.avail_out =
        static_cast<uInt>(std::min<std::size_t>(most, std::size_t{1} << 30));
    const uInt room = state_.avail_out;
    const int done = inflate(&state_, Z_NO_FLUSH);
    const std::size_t got = room - state_.avail_out;
    if (done == Z_STREAM_END)
      begin_member();
    else if (done == Z_MEM_ERROR)
      throw std::bad_alloc();
    else if (done == Z_BUF_ERROR)
      damage_ = "it ends too early";
    else if (done != Z_OK)
      damage_ = state_.msg ? state_.msg : "its data are damaged";
    return got;
  }

  // What follows a member.
  void begin_member() {
    bool zeros = false;
    for (;;) {
      if (!refill()) {
        ended_ = true;
        return;
      }
      if (*state_.next_in != 0) break;
      zeros = true;
      ++state_.next_in;
      --state_.avail_in;
    }
    if (zeros || *state_.next_in != 0x1f || inflateReset(&state_) != Z_OK)
      damage_ = "what follows its last member is none";
  }

  FileHandle file_;
  std::unique_ptr<unsigned char[]> packed_;
  z_stream state_{};
  bool ended_ = false;
  std::string damage_;  // what it is, once there
};

}  // namespace

std::unique_ptr<ByteStream> unpack_gzip(FileHandle file) {
  return std::make_unique<GzipStream>(std::move(file));
}

}  // namespace clustcr

#else

namespace clustcr {

std::unique_ptr<ByteStream> unpack_gzip(FileHandle) {
  throw Error("io", "this build has no zlib");
}

}  // namespace clustcr

#endif
