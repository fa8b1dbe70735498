#include "mcl/kept_columns.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

#include "base/free_memory.hpp"
#include "base/parallel.hpp"
#include "mcl/file_reads.hpp"

namespace clustcr {
namespace mcl {
namespace {

constexpr std::uint64_t kLeast = 1 << 18;  // bytes that are worth it
// A column that was wanted less often is read when it is wanted.
constexpr std::uint32_t kRarely = 4;
constexpr std::uint32_t kOften = 1023;
constexpr std::size_t kReads = 4096;  // at a time

}  // namespace

void KeptColumns::keep(std::vector<Place>* columns,
                       const std::vector<std::uint32_t>& wanted,
                       const Execution& execution) {
  restore(columns);
  std::vector<std::uint64_t> needs(kOften + 1, 0);
  for (std::size_t j = 0; j < columns->size(); ++j)
    if ((*columns)[j].file)
      needs[std::min(wanted[j], kOften)] += need((*columns)[j]);
  if (std::accumulate(needs.begin() + kRarely, needs.end(), std::uint64_t{0}) <
      kLeast)
    return;
  // What panels that grew have left behind: 30 MB for 471,818 nodes.
  return_free_memory();
  // Two thirds of what is left; rings get the rest.
  taken_ += memory_->take_share(2);
  taken_ += memory_->take_share(3);
  if (taken_ < kLeast) return;
  if (taken_ > pages_.size() + pages_.size() / 8) {
    pages_ = Pages();  // the old ones first
    pages_ = Pages(taken_);
  }
  choose(*columns, wanted, needs);
  char* to = pages_.data();
  for (const Kept& kept : kept_) {
    Place& place = (*columns)[kept.node];
    place.file = nullptr;
    place.address = to;
    to += place.bytes();
  }
  read(execution);
}

// By all threads: one alone had the others wait for a tenth of an iteration.
void KeptColumns::read(const Execution& execution) const {
  std::vector<FileReads> reads(execution.threads);
  std::vector<char*> begins;  // of each block, in memory
  char* to = pages_.data();
  for (std::size_t i = 0; i < kept_.size(); ++i) {
    if (i % kReads == 0) begins.push_back(to);
    to += kept_[i].bytes();
  }
  parallel_for(kept_.size(), kReads, execution,
               [&](std::size_t begin, std::size_t end, int worker) {
                 char* at = begins[begin / kReads];
                 for (std::size_t i = begin; i < end; ++i) {
                   const Kept& kept = kept_[i];
                   reads[worker].add(kept.file, kept.offset, kept.bytes(), at);
                   at += kept.bytes();
                 }
                 reads[worker].run();
               });
}

std::uint64_t KeptColumns::need(const Place& place) {
  return place.bytes() + sizeof(Kept);
}

// Those wanted most, and of those wanted equally often the first ones.
void KeptColumns::choose(const std::vector<Place>& columns,
                         const std::vector<std::uint32_t>& wanted,
                         const std::vector<std::uint64_t>& needs) {
  std::uint64_t left = pages_.size();
  std::uint32_t least = kOften + 1;  // all that were wanted so often have room
  while (least > kRarely && needs[least - 1] <= left) left -= needs[--least];
  for (std::size_t j = 0; j < columns.size(); ++j) {
    const Place& place = columns[j];
    const std::uint32_t often = std::min(wanted[j], kOften);
    if (!place.file || often < kRarely || often + 1 < least) continue;
    if (often + 1 == least) {
      if (need(place) > left) continue;
      left -= need(place);
    }
    kept_.push_back(
        {place.file, place.offset, static_cast<std::uint32_t>(j), place.size});
  }
  std::sort(kept_.begin(), kept_.end(), [](const Kept& a, const Kept& b) {
    return a.file != b.file ? std::less<>()(a.file, b.file)
                            : a.offset < b.offset;
  });
}

void KeptColumns::restore(std::vector<Place>* columns) {
  const char* address = pages_.data();
  for (const Kept& kept : kept_) {
    Place& place = (*columns)[kept.node];
    if (!place.file && place.address == address) {
      place.file = kept.file;
      place.offset = kept.offset;
    }
    address += kept.bytes();
  }
  kept_.clear();
}

void KeptColumns::release() {
  memory_->give_back(taken_);
  taken_ = 0;
  pages_ = Pages();
  kept_ = std::vector<Kept>();
}

}  // namespace mcl
}  // namespace clustcr
