#include "mcl/file_reads.hpp"

#include <algorithm>
#include <functional>

namespace clustcr {
namespace mcl {
namespace {

constexpr std::uint64_t kGap = 1 << 13;
constexpr std::size_t kPieces = 256;

}  // namespace

// Neighbours in the file, and what lies between them if it is little, come with
// one call: it costs more than to copy some kilobytes. Columns are asked for by
// row, but lie in the order they were computed in.
void FileReads::run() {
  const auto by_place = [](const Request& a, const Request& b) {
    return a.file != b.file ? std::less<>()(a.file, b.file)
                            : a.offset < b.offset;
  };
  gap_.resize(kGap);
  std::sort(requests_.begin(), requests_.end(), by_place);
  for (std::size_t i = 0; i < requests_.size();) {
    const SpillFile* const file = requests_[i].file;
    const std::uint64_t begin = requests_[i].offset;
    std::uint64_t end = begin;
    pieces_.clear();
    for (; i < requests_.size() && requests_[i].file == file &&
           requests_[i].offset - end <= kGap && pieces_.size() < kPieces;
         ++i) {
      const Request& next = requests_[i];
      if (next.offset > end)
        pieces_.push_back(
            {gap_.data(), static_cast<std::size_t>(next.offset - end)});
      pieces_.push_back({next.to, static_cast<std::size_t>(next.bytes)});
      end = next.offset + next.bytes;
    }
    file->read(begin, pieces_.data(), pieces_.size());
  }
  requests_.clear();
}

}  // namespace mcl
}  // namespace clustcr
