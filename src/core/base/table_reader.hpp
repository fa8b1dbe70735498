// Goes once over a text table, a few megabytes at a time, which several threads
// divide among themselves at line ends. What is packed is unpacked meanwhile.
#pragma once
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_stream.hpp"
#include "base/ports.hpp"
#include "base/table_rows.hpp"

namespace clustcr {

// No record of a table is as long; a quote that never closes makes one.
constexpr std::size_t kLongestRecord = std::size_t{1} << 27;
// What a thread takes at a time.
constexpr std::size_t kReaderGrain = std::size_t{1} << 20;

// Rows `from` to `to` of a block.
struct TableRows {
  std::shared_ptr<const TableBlock> block;
  std::size_t from = 0, to = 0;
};

class TableReader {
 public:
  // Codes of a column are those of one dictionary for the whole file. `grain`
  // is smaller in tests. Throws Error("io").
  TableReader(const std::string& path, const TableFormat& format,
              std::vector<WantedColumn> wanted,
              std::size_t grain = kReaderGrain);

  // The next rows as they come; null behind the last. Throws Error("io"),
  // Error("format") where a row has no end, and Cancelled.
  std::shared_ptr<const TableBlock> next(const Execution& execution);
  // The next `rows`; fewer where there are no more.
  std::vector<TableRows> read(std::uint64_t rows, const Execution& execution);
  // Whether read() has given all rows.
  bool ended(const Execution& execution);

  // Of all that was read so far.
  const TableScan& scan() const { return scan_; }
  const std::vector<WantedColumn>& wanted() const { return wanted_; }
  const Dictionary& dictionary(std::size_t column) const {
    return dictionaries_[column];
  }

 private:
  bool read_more(std::size_t threads);
  std::size_t take_bytes(char* to, std::size_t most);
  void read_ahead();
  void parse(const Execution& execution);
  void parse_parts(const Execution& execution);
  void parse_in_turn(bool last);
  void append(std::shared_ptr<TableBlock> block);

  TableFormat format_;
  std::vector<WantedColumn> wanted_;
  std::vector<Dictionary> dictionaries_;
  TableScan scan_;
  std::uint64_t line_;  // of the next row
  std::vector<std::uint64_t> blank_lines_;

  std::unique_ptr<ByteStream> bytes_;
  // Unpacked while what stands before it is parsed.
  std::string ahead_;
  std::exception_ptr ahead_failure_;
  std::size_t grain_;
  std::unique_ptr<char[]> buffer_;
  std::size_t room_ = 0, filled_ = 0, taken_ = 0;
  bool at_end_ = false;
  std::deque<std::shared_ptr<const TableBlock>> ready_;
  TableRows open_;  // what read() has left of a block
};

// Reads the whole for what it is, and keeps nothing of it.
TableScan scan_table(const std::string& path, const TableFormat& format,
                     const Execution& execution);

}  // namespace clustcr
