#include "base/partition_files.hpp"

#include <algorithm>

#include "base/checksum.hpp"
#include "base/errors.hpp"
#include "base/file_io.hpp"

namespace clustcr {
namespace {

// Left free on the disk, so that a commit that follows, and whoever else works
// there, still has room.
constexpr std::uint64_t kSpareBytes = 1 << 20;

}  // namespace

PartitionFiles::PartitionFiles(std::string folder, std::vector<End> ends,
                               PathOf path_of, std::uint64_t memory_limit,
                               std::string loss)
    : folder_(std::move(folder)),
      ends_(std::move(ends)),
      path_of_(std::move(path_of)),
      memory_limit_(memory_limit),
      loss_(std::move(loss)),
      buffers_(ends_.size()),
      written_(ends_.size(), 0) {}

void PartitionFiles::reserve(std::uint64_t bytes) {
  bytes = std::min(bytes, memory_limit_ / size());
  for (std::string& buffer : buffers_)
    buffer.reserve(static_cast<std::size_t>(bytes));
}

void PartitionFiles::append(std::size_t part, std::string_view bytes) {
  buffers_[part].append(bytes);
  buffered_ += bytes.size();
  if (buffered_ >= memory_limit_) flush();
}

void PartitionFiles::flush(const Execution& execution) {
  if (buffered_ == 0) return;
  const std::uint64_t space = free_space(folder_);
  if (space < buffered_ + kSpareBytes)
    throw StoreError("the disk of '" + folder_ + "' is full: " +
                         std::to_string(buffered_ + kSpareBytes) +
                         " bytes are needed, " + std::to_string(space) +
                         " are free; " + loss_,
                     "disk_full");
  parallel_for(size(), 1, execution, [&](std::size_t part, std::size_t, int) {
    if (!buffers_[part].empty()) write(part);
  });
  buffered_ = 0;
}

void PartitionFiles::write(std::size_t part) {
  const std::string path = path_of_(part);
  End& end = ends_[part];
  if (!written_[part]) make_folders_below(folder_, folder_of(path));
  File file(path, File::Mode::kWrite);
  if (!written_[part]) {
    const std::uint64_t size = file.size();
    if (size < end.bytes)
      throw StoreError("'" + path + "' is truncated: it must have at least " +
                           std::to_string(end.bytes) + " bytes, not " +
                           std::to_string(size),
                       "damaged");
    if (size > end.bytes) file.truncate(end.bytes);
    written_[part] = 1;
  }
  std::string& buffer = buffers_[part];
  file.write_at(end.bytes, buffer);
  end.bytes += buffer.size();
  end.check = crc32c(buffer, end.check);
  buffer.clear();
}

std::string PartitionFiles::take(std::size_t part) {
  std::string buffer = std::move(buffers_[part]);
  buffers_[part] = std::string();
  if (ends_[part].bytes == 0) return buffer;
  std::string all(ends_[part].bytes, '\0');
  File(path_of_(part), File::Mode::kRead).read_at(0, all.size(), all.data());
  return all + buffer;
}

}  // namespace clustcr
