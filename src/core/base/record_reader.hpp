// The records of a text file, one after the other, out of a bounded buffer.
#pragma once
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace clustcr {

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using FileHandle = std::unique_ptr<std::FILE, FileCloser>;

// Throws Error("io") with the system's reason.
FileHandle open_stream(const std::string& path, const char* mode);

// No record of a table is as long; a quote that never closes makes one.
constexpr std::size_t kLongestRecord = std::size_t{1} << 27;

struct Record {
  std::string_view text;     // without its line end
  std::uint64_t offset = 0;  // of its first byte in the file
  std::uint64_t end = 0;     // of the byte after its line end
  std::uint64_t line = 0;    // the number of its first line
  std::uint64_t fields = 1;
  bool terminated = true;  // false: the file ends without a line end
  bool bad_quote = false;
  bool stray_end = false;  // a line end of another kind, outside of quotes
};

class LineReader {
 public:
  LineReader(const std::string& path, std::uint64_t start, std::uint64_t line,
             char separator, bool quoted, char line_end);

  // False at the end of the file. The text is valid until the next call.
  bool next(Record* record);
  // Bytes read so far, in steps of a buffer.
  std::uint64_t bytes_read() const { return base_ + filled_; }

 private:
  bool refill();
  // Where the record that begins at `at_` ends; npos: beyond the buffer.
  std::size_t find_end(Record* record, std::uint64_t* lines);
  std::size_t find_quoted_end(Record* record, std::uint64_t* lines);

  FileHandle file_;
  std::vector<char> buffer_;
  std::size_t at_ = 0, filled_ = 0;
  std::uint64_t base_, line_;
  bool at_end_ = false;
  char separator_, line_end_;
  bool quoted_;
};

}  // namespace clustcr
