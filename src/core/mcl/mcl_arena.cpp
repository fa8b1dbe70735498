#include "mcl/mcl_arena.hpp"

#include <algorithm>
#include <cstring>

namespace clustcr {
namespace mcl {
namespace {

constexpr std::size_t kChunk = 1 << 18;
constexpr std::size_t kPending = 1 << 18;

}  // namespace

Place ColumnArena::append(const std::uint32_t* rows, const Flow* values,
                          std::uint32_t size) {
  Place place;
  place.size = size;
  const std::size_t bytes = place.bytes();
  char* to = in_memory(bytes);
  place.address = to;
  if (!to) {
    if (!file_) file_ = memory_->new_file();
    if (pending_.size() + bytes > kPending) flush();
    place.file = file_.get();
    place.offset = written_ + pending_.size();
    pending_.resize(pending_.size() + bytes);
    to = pending_.data() + pending_.size() - bytes;
  }
  std::memcpy(to, rows, size * sizeof(*rows));
  std::memcpy(to + size * sizeof(*rows), values, size * sizeof(*values));
  total_ += size;
  return place;
}

void ColumnArena::flush() {
  if (pending_.empty()) return;
  file_->write(written_, pending_.data(), pending_.size());
  written_ += pending_.size();
  pending_.clear();
}

// Null where there is no room. The first chunk is in memory whatever the
// limit, so that tens of thousands of tiny components need no file.
char* ColumnArena::in_memory(std::size_t bytes) {
  if (spilling_) return nullptr;
  if (chunks_.empty() || bytes > chunks_[at_].size() - used_) {
    std::size_t next = chunks_.empty() ? 0 : at_ + 1;
    while (next < chunks_.size() && chunks_[next].size() < bytes) ++next;
    if (next == chunks_.size()) {
      const std::size_t capacity = std::max(bytes, kChunk);
      const bool room =
          chunks_.empty() || (!memory_->spilled() && memory_->take(capacity));
      if (!room) {
        spilling_ = true;
        return nullptr;
      }
      chunks_.emplace_back(capacity);
    }
    at_ = next;
    used_ = 0;
  }
  used_ += bytes;
  return chunks_[at_].data() + used_ - bytes;
}

void ColumnArena::clear() {
  pending_.clear();
  at_ = used_ = total_ = 0;
  written_ = 0;
  spilling_ = false;
  if (memory_->spilled()) keep_chunks(1);
}

void ColumnArena::release() {
  clear();
  keep_chunks(1);
  pending_ = std::vector<char>();
  file_.reset();
}

void ColumnArena::keep_chunks(std::size_t count) {
  while (chunks_.size() > count) {
    memory_->give_back(chunks_.back().size());
    chunks_.pop_back();
  }
}

}  // namespace mcl
}  // namespace clustcr
