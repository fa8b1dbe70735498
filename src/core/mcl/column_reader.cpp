#include "mcl/column_reader.hpp"

#include <algorithm>
#include <cstring>

namespace clustcr {
namespace mcl {
namespace {

constexpr std::uint64_t kLine = 64;
constexpr std::uint64_t kSmallestRing = (1 << 20) / kLine;

std::uint64_t lines_of(std::uint64_t bytes) {
  return (bytes + kLine - 1) / kLine;
}

}  // namespace

void ColumnReader::begin(const Place* columns, std::uint32_t n,
                         std::uint32_t share) {
  columns_ = columns;
  nodes_ = n;
  std::uint64_t most = 0;
  for (std::uint32_t j = 0; j < n; ++j)
    if (columns[j].file) most = std::max(most, lines_of(columns[j].bytes()));
  in_memory_ = most == 0;
  if (in_memory_) return;
  taken_ += memory_->take_share(share);
  // A batch is a half, and one column may leave another's lines unused.
  const std::uint64_t lines =
      std::max({taken_ / kLine, kSmallestRing, 4 * most});
  if (lines > lines_ + lines_ / 8) make_ring(lines);
  oldest_ = head_;
  line_.resize(n, 0);
  reads_.clear();  // an error may have left some
}

void ColumnReader::make_ring(std::uint64_t lines) {
  ring_ = Pages();  // the old one first
  ring_ = Pages(lines * kLine);
  lines_ = lines;
  head_ = 0;
  line_.clear();
}

std::uint32_t ColumnReader::read(const std::uint32_t* nodes,
                                 std::uint32_t count, Column* columns) {
  if (in_memory_) {
    for (std::uint32_t i = 0; i < count; ++i) {
      const Place& place = columns_[nodes[i]];
      columns[i] = column_at(place.address, place.size);
    }
    return count;
  }
  if (head_ > UINT32_MAX / 2) {
    head_ %= lines_;
    oldest_ = head_;
    std::fill(line_.begin(), line_.end(), 0);
  }
  const std::uint64_t end = head_ + lines_ / 2;
  for (std::uint32_t i = 0; i < count; ++i) {
    const Place& place = columns_[nodes[i]];
    const char* data = place.address;
    if (place.file) {
      data = fetch(nodes[i], end, i == 0);
      if (!data) {
        reads_.run();
        return i;
      }
    }
    columns[i] = column_at(data, place.size);
  }
  reads_.run();
  return count;
}

// Null where the column would end behind `end` and need not be `first`.
const char* ColumnReader::fetch(std::uint32_t node, std::uint64_t end,
                                bool first) {
  const std::uint64_t at = line_[node] - std::uint64_t{1};
  const bool there = line_[node] != 0 && at >= oldest_ && head_ - at <= lines_;
  const char* const found = ring_.data() + at % lines_ * kLine;
  if (there && head_ - at <= lines_ / 2) return found;
  const Place& place = columns_[node];
  const std::uint64_t lines = lines_of(place.bytes());
  std::uint64_t to = head_;
  if (to % lines_ + lines > lines_) to += lines_ - to % lines_;
  if (to + lines > end && !first) return nullptr;
  char* const data = ring_.data() + to % lines_ * kLine;
  if (there)
    std::memmove(data, found, place.bytes());
  else
    reads_.add(place.file, place.offset, place.bytes(), data);
  line_[node] = static_cast<std::uint32_t>(to + 1);
  head_ = to + lines;
  return data;
}

void ColumnReader::release() {
  memory_->give_back(taken_);
  taken_ = lines_ = head_ = oldest_ = 0;
  ring_ = Pages();
  line_ = std::vector<std::uint32_t>();
  columns_ = nullptr;
  nodes_ = 0;
  in_memory_ = true;
}

}  // namespace mcl
}  // namespace clustcr
