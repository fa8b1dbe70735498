#include "base/table_reader.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/errors.hpp"
#include "base/parallel.hpp"
#include "base/text_marks.hpp"

namespace clustcr {

TableReader::TableReader(const std::string& path, const TableFormat& format,
                         std::vector<WantedColumn> wanted, std::size_t grain)
    : format_(format),
      wanted_(std::move(wanted)),
      dictionaries_(wanted_.size()),
      line_(format.line),
      file_(open_stream(path, "rb")),
      grain_(grain) {
  // A small file needs no large buffer.
  if (fseeko(file_.get(), 0, SEEK_END) == 0) {
    const off_t size = ftello(file_.get());
    const off_t rest = size - static_cast<off_t>(format.start);
    if (rest > 0 && static_cast<std::size_t>(rest) < grain_)
      grain_ = static_cast<std::size_t>(rest) + 1;
  }
  std::setvbuf(file_.get(), nullptr, _IONBF, 0);
  if (fseeko(file_.get(), static_cast<off_t>(format.start), SEEK_SET) != 0)
    throw Error("io", "'" + path + "' can't be read from byte " +
                          std::to_string(format.start));
}

std::shared_ptr<const TableBlock> TableReader::next(
    const Execution& execution) {
  CancelPoll poll(execution.host);
  while (ready_.empty()) {
    poll.check();
    const std::size_t threads =
        static_cast<std::size_t>(usable_threads(execution.threads));
    if (!read_more(threads)) {
      if (taken_ == filled_) return nullptr;
      parse_in_turn(true);
    } else if (format_.quoted && std::memchr(buffer_.get(), '"', filled_)) {
      // Where rows end, only their quotes tell, from the first on.
      parse_in_turn(false);
    } else {
      parse_parts(execution);
    }
  }
  auto block = std::move(ready_.front());
  ready_.pop_front();
  return block;
}

std::vector<TableRows> TableReader::read(std::uint64_t rows,
                                         const Execution& execution) {
  std::vector<TableRows> found;
  while (rows) {
    if (open_.from == open_.to) {
      open_ = TableRows();
      open_.block = next(execution);
      if (!open_.block) break;
      open_.to = static_cast<std::size_t>(open_.block->scan.rows);
      continue;
    }
    TableRows some = open_;
    if (some.to - some.from > rows)
      some.to = some.from + static_cast<std::size_t>(rows);
    rows -= some.to - some.from;
    open_.from = some.to;
    found.push_back(some);
  }
  return found;
}

// Fills the buffer behind what is left of it; false at the end of the file.
bool TableReader::read_more(std::size_t threads) {
  if (at_end_) return false;
  const std::size_t left = filled_ - taken_;
  std::size_t room = std::max(room_, threads * grain_);
  if (left == room) {
    // A row is longer than the buffer.
    if (left >= kLongestRecord)
      throw Error("format", "line " + std::to_string(line_) +
                                " has no end (is there a quote that never "
                                "closes, or is it no text?)");
    room *= 2;
  }
  if (room != room_) {
    std::unique_ptr<char[]> larger(new char[room + kMarksSlack]);
    if (left) std::memcpy(larger.get(), buffer_.get() + taken_, left);
    buffer_ = std::move(larger);
    room_ = room;
  } else if (left) {
    std::memmove(buffer_.get(), buffer_.get() + taken_, left);
  }
  taken_ = 0;
  filled_ = left;
  const std::size_t got =
      std::fread(buffer_.get() + left, 1, room_ - left, file_.get());
  if (got < room_ - left) {
    if (std::ferror(file_.get()))
      throw Error("io", std::string("reading failed: ") + std::strerror(errno));
    at_end_ = got == 0;
  }
  filled_ += got;
  std::memset(buffer_.get() + filled_, 0, kMarksSlack);
  return !at_end_;
}

// Whole lines of the buffer, a part for each thread.
void TableReader::parse_parts(const Execution& execution) {
  const char* const text = buffer_.get();
  // The last line may go on.
  std::size_t limit = filled_;
  while (limit && text[limit - 1] != format_.line_end) --limit;
  std::vector<std::size_t> cuts{0};
  while (cuts.back() < limit) {
    const std::size_t from = std::min(cuts.back() + grain_, limit) - 1;
    const void* const end =
        std::memchr(text + from, format_.line_end, limit - from);
    cuts.push_back(
        static_cast<std::size_t>(static_cast<const char*>(end) - text) + 1);
  }
  const std::size_t parts = cuts.size() - 1;
  std::vector<std::shared_ptr<TableBlock>> blocks(parts);
  Execution quiet = execution;
  quiet.host = nullptr;  // next() polls
  parallel_for(parts, 1, quiet, [&](std::size_t i, std::size_t, int) {
    blocks[i] = std::make_shared<TableBlock>();
    parse_rows({text + cuts[i], cuts[i + 1] - cuts[i]}, false, false, format_,
               wanted_, blocks[i].get());
  });
  taken_ = cuts.back();
  for (auto& block : blocks) append(std::move(block));
}

void TableReader::parse_in_turn(bool last) {
  auto block = std::make_shared<TableBlock>();
  taken_ += parse_rows({buffer_.get() + taken_, filled_ - taken_}, last,
                       scan_.padded.rows > 0, format_, wanted_, block.get());
  append(std::move(block));
}

// Lines and codes of a block become those of the file.
void TableReader::append(std::shared_ptr<TableBlock> block) {
  if (block->lines == 0) return;
  if (block->blank_lines.size() < block->lines) {
    for (const std::uint64_t line : blank_lines_) scan_.add_malformed(line, 0);
    blank_lines_.clear();
  }
  for (const std::uint64_t line : block->blank_lines)
    blank_lines_.push_back(line_ + line);
  scan_.append(block->scan, line_);
  line_ += block->lines;
  for (std::size_t i = 0; i < wanted_.size(); ++i) {
    const TextColumn& levels = block->dictionaries[i].levels();
    std::vector<std::uint32_t> code(levels.size());
    for (std::size_t level = 0; level < code.size(); ++level)
      code[level] = dictionaries_[i].code(levels[level]);
    for (std::uint32_t& row : block->columns[i].codes) row = code[row];
  }
  ready_.push_back(std::move(block));
}

TableScan scan_table(const std::string& path, const TableFormat& format,
                     const Execution& execution) {
  TableReader reader(path, format, {});
  while (reader.next(execution)) {
  }
  return reader.scan();
}

}  // namespace clustcr
