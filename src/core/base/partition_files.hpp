// Appends to many files by turns: what is appended gathers in memory, and goes
// to its files, one of them open at a time, when it is too much. The one writer
// of a store's preclusters, of a clustering's units and of a join's keys.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

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
  void flush();
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

}  // namespace clustcr
