#include "base/table_reader.hpp"

#include <algorithm>
#include <cstring>
#include <future>
#include <system_error>
#include <utility>

#include "base/errors.hpp"
#include "base/parallel.hpp"
#include "base/text_marks.hpp"

namespace clustcr {
namespace {

// Nothing where the system has no thread left.
template <class Call>
std::future<void> start(Call&& call) {
  try {
    return std::async(std::launch::async, std::forward<Call>(call));
  } catch (const std::system_error&) {
    return {};
  }
}

}  // namespace

TableReader::TableReader(const std::string& path, const TableFormat& format,
                         std::vector<WantedColumn> wanted, std::size_t grain)
    : format_(format),
      wanted_(std::move(wanted)),
      dictionaries_(wanted_.size()),
      line_(format.line),
      bytes_(open_bytes(path, format.start)),
      grain_(grain) {}

std::shared_ptr<const TableBlock> TableReader::next(
    const Execution& execution) {
  CancelPoll poll(execution.host);
  const int threads = usable_threads(execution.threads);
  while (ready_.empty()) {
    poll.check();
    if (!read_more(bytes_->packed() ? 1 : static_cast<std::size_t>(threads))) {
      if (taken_ == filled_) return nullptr;
      parse_in_turn(true);
      continue;
    }
    if (!bytes_->packed()) {
      parse(execution);
      continue;
    }
    // Only while this call lasts: no thread outlives an error or an interrupt.
    std::future<void> ahead;
    if (threads > 1) ahead = start([this] { read_ahead(); });
    parse({1, execution.host});
  }
  auto block = std::move(ready_.front());
  ready_.pop_front();
  return block;
}

void TableReader::parse(const Execution& execution) {
  // Where rows end, only their quotes tell, from the first on.
  if (format_.quoted && std::memchr(buffer_.get(), '"', filled_))
    parse_in_turn(false);
  else
    parse_parts(execution);
}

bool TableReader::ended(const Execution& execution) {
  while (open_.from == open_.to) {
    open_ = TableRows();
    open_.block = next(execution);
    if (!open_.block) return true;
    open_.to = static_cast<std::size_t>(open_.block->scan.rows);
  }
  return false;
}

std::vector<TableRows> TableReader::read(std::uint64_t rows,
                                         const Execution& execution) {
  std::vector<TableRows> found;
  while (rows && !ended(execution)) {
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
  // Blocks are of the same bytes however these come.
  std::size_t got = 1;
  while (filled_ < room_ && got > 0) {
    got = take_bytes(buffer_.get() + filled_, room_ - filled_);
    filled_ += got;
  }
  at_end_ = filled_ == left;
  std::memset(buffer_.get() + filled_, 0, kMarksSlack);
  return !at_end_;
}

// Of what was read ahead, else of the stream; none at the end.
std::size_t TableReader::take_bytes(char* to, std::size_t most) {
  if (ahead_.empty()) {
    if (ahead_failure_) std::rethrow_exception(ahead_failure_);
    return bytes_->read(to, most);
  }
  const std::size_t got = ahead_.copy(to, most);
  ahead_.erase(0, got);
  return got;
}

// As much as the next block takes. A failure counts once all before it was
// parsed, as it would without reading ahead.
void TableReader::read_ahead() {
  std::size_t filled = ahead_.size();
  try {
    ahead_.resize(room_);
    while (const std::size_t got =
               bytes_->read(&ahead_[filled], room_ - filled)) {
      filled += got;
    }
  } catch (...) {
    ahead_failure_ = std::current_exception();
  }
  ahead_.resize(filled);
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
