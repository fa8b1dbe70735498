#include "base/spill_file.hpp"

#include "base/errors.hpp"

namespace clustcr {

SpillFile::SpillFile(const std::string& folder)
    : folder_(folder), handle_(sys::open_unnamed(folder)) {
  if (handle_ == sys::kNoHandle) fail("make");
}

SpillFile::~SpillFile() { sys::close(handle_); }

void SpillFile::write(std::uint64_t offset, const void* bytes,
                      std::size_t count) {
  if (!sys::write_at(handle_, offset, static_cast<const char*>(bytes), count))
    fail("write");
}

void SpillFile::read(std::uint64_t offset, sys::Piece* pieces,
                     std::size_t count) const {
  if (!sys::read_pieces(handle_, offset, pieces, count)) fail("read");
}

void SpillFile::fail(const char* what) const {
  const sys::Failure failure = sys::last_failure();
  throw StoreError(
      std::string("can't ") + what + " a temporary file in '" + folder_ +
          "': " + failure.text,
      failure.kind == sys::Failure::Kind::kFull ? "disk_full" : "io");
}

}  // namespace clustcr
