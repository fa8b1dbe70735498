// Appends to many files by turns: what is appended gathers in memory, and goes
// to its files, one of them open at a time, when it is too much. The one writer
// of a store's preclusters, of a clustering's units and of a join's keys.
#pragma once
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/parallel.hpp"

namespace clustcr {

class PartitionFiles {
 public:
  // How far a file goes, and the check of all that.
  struct End {
    std::uint64_t bytes = 0;
    std::uint32_t check = 0;
  };
  using PathOf = std::function<std::string(std::size_t)>;

  // A file for each of `ends`: what lies behind an end is cut when the file is
  // first written to; a file that ends before it is damaged. `folder` is where
  // space is looked for, `loss` what a full disk costs, for its message.
  PartitionFiles(std::string folder, std::vector<End> ends, PathOf path_of,
                 std::uint64_t memory_limit, std::string loss);

  std::size_t size() const { return ends_.size(); }
  // Room in memory for so many bytes of each part: buffers that grow leave
  // holes of half of what they hold.
  void reserve(std::uint64_t bytes);
  void append(std::size_t part, std::string_view bytes);
  // Rows 0 to n - 1 in their order: of part_of(i), behind which write(i, text)
  // appends. Threads share the parts, so both are called by several at a time,
  // write() for a part by one.
  template <class PartOf, class Write>
  void append_rows(std::size_t n, const Execution& execution, PartOf&& part_of,
                   Write&& write);
  // write(part, text) appends to each part; parts by several threads.
  template <class Write>
  void append_each(const Execution& execution, Write&& write);
  static constexpr std::size_t kNoPart = SIZE_MAX;  // of a row that is left out
  void flush(const Execution& execution = {});
  // With what is still in memory.
  bool empty(std::size_t part) const {
    return ends_[part].bytes == 0 && buffers_[part].empty();
  }
  // Good after flush().
  const End& end_of(std::size_t part) const { return ends_[part]; }
  bool written_to(std::size_t part) const { return written_[part] != 0; }
  // All of a part, from disk and memory, which is given back. Thread-safe for
  // different parts.
  std::string take(std::size_t part);

 private:
  // Rows appended before memory is looked at again.
  static constexpr std::size_t kRows = 1 << 14;

  void write(std::size_t part);

  std::string folder_;
  std::vector<End> ends_;
  PathOf path_of_;
  std::uint64_t memory_limit_;
  std::string loss_;
  std::uint64_t buffered_ = 0;
  std::vector<std::string> buffers_;
  std::vector<char> written_;
};

template <class Write>
void PartitionFiles::append_each(const Execution& execution, Write&& write) {
  std::atomic<std::uint64_t> added{0};
  parallel_for(size(), 16, execution,
               [&](std::size_t begin, std::size_t end, int) {
                 std::uint64_t bytes = 0;
                 for (std::size_t part = begin; part < end; ++part) {
                   const std::size_t before = buffers_[part].size();
                   write(part, &buffers_[part]);
                   bytes += buffers_[part].size() - before;
                 }
                 added += bytes;
               });
  buffered_ += added;
  if (buffered_ >= memory_limit_) flush(execution);
}

template <class PartOf, class Write>
void PartitionFiles::append_rows(std::size_t n, const Execution& execution,
                                 PartOf&& part_of, Write&& write) {
  const std::size_t shares = std::min<std::size_t>(
      size(), static_cast<std::size_t>(usable_threads(execution.threads)));
  for (std::size_t begin = 0; begin < n; begin += kRows) {
    const std::size_t end = std::min(n, begin + kRows);
    std::atomic<std::uint64_t> added{0};
    parallel_for(shares, 1, execution,
                 [&](std::size_t share, std::size_t, int) {
                   std::uint64_t bytes = 0;
                   for (std::size_t i = begin; i < end; ++i) {
                     const std::size_t part = part_of(i);
                     if (part == kNoPart || part % shares != share) continue;
                     std::string& buffer = buffers_[part];
                     const std::size_t before = buffer.size();
                     write(i, &buffer);
                     bytes += buffer.size() - before;
                   }
                   added += bytes;
                 });
    buffered_ += added;
    if (buffered_ >= memory_limit_) flush(execution);
  }
}

}  // namespace clustcr
