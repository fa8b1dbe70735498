#include "base/record_reader.hpp"

#include <cerrno>
#include <cstring>

#include "base/errors.hpp"

namespace clustcr {
namespace {

constexpr std::size_t kBuffer = std::size_t{1} << 20;
constexpr std::size_t kBeyond = static_cast<std::size_t>(-1);

const char* find(const char* from, const char* to, char what) {
  return static_cast<const char*>(
      std::memchr(from, what, static_cast<std::size_t>(to - from)));
}

}  // namespace

FileHandle open_stream(const std::string& path, const char* mode) {
  FileHandle file(std::fopen(path.c_str(), mode));
  if (!file)
    throw Error("io",
                "'" + path + "' can't be opened: " + std::strerror(errno));
  return file;
}

LineReader::LineReader(const std::string& path, std::uint64_t start,
                       std::uint64_t line, char separator, bool quoted,
                       char line_end)
    : file_(open_stream(path, "rb")),
      buffer_(kBuffer),
      base_(start),
      line_(line),
      separator_(separator),
      line_end_(line_end),
      quoted_(quoted) {
  if (fseeko(file_.get(), static_cast<off_t>(start), SEEK_SET) != 0)
    throw Error("io", "'" + path + "' can't be read from byte " +
                          std::to_string(start));
}

// Makes room for more of the record that begins at `at_`; false at the end of
// the file.
bool LineReader::refill() {
  if (at_end_) return false;
  const std::size_t kept = filled_ - at_;
  std::memmove(buffer_.data(), buffer_.data() + at_, kept);
  base_ += at_;
  at_ = 0;
  filled_ = kept;
  if (kept == buffer_.size()) {
    if (kept >= kLongestRecord)
      throw Error("format", "line " + std::to_string(line_) +
                                " has no end (is there a quote that never "
                                "closes, or is it no text?)");
    buffer_.resize(2 * buffer_.size());
  }
  const std::size_t got =
      std::fread(buffer_.data() + kept, 1, buffer_.size() - kept, file_.get());
  if (got == 0) {
    if (std::ferror(file_.get()))
      throw Error("io", std::string("reading failed: ") + std::strerror(errno));
    at_end_ = true;
    return false;
  }
  filled_ += got;
  return true;
}

std::size_t LineReader::find_end(Record* record, std::uint64_t* lines) {
  const char* const begin = buffer_.data() + at_;
  const char* const limit = buffer_.data() + filled_;
  const char* end = find(begin, limit, line_end_);
  if (!end) {
    if (!at_end_) return kBeyond;
    end = limit;
  }
  *lines = 1;
  record->fields = 1;
  const char* const other = find(begin, end, line_end_ == '\n' ? '\r' : '\n');
  // CR of CRLF is none.
  record->stray_end = other && (line_end_ == '\r' || other + 1 != end);
  if (separator_)
    for (const char* p = begin; (p = find(p, end, separator_)); ++p)
      ++record->fields;
  return static_cast<std::size_t>(end - buffer_.data());
}

std::size_t LineReader::find_quoted_end(Record* record, std::uint64_t* lines) {
  const char* p = buffer_.data() + at_;
  const char* const limit = buffer_.data() + filled_;
  *lines = 1;
  record->fields = 1;
  record->bad_quote = record->stray_end = false;
  for (;;) {
    if (p < limit && *p == '"') {
      for (++p;; p += 2) {  // behind the quote, or behind a doubled one
        const char* const close = find(p, limit, '"');
        const char* const stop = close ? close : limit;
        for (const char* q = p; (q = find(q, stop, line_end_)); ++q) ++*lines;
        // A quote at the buffer's end may be the first of two.
        if (!close || (close + 1 == limit && !at_end_)) {
          if (!at_end_) return kBeyond;
          if (!close) {
            record->bad_quote = true;
            return filled_;
          }
        }
        p = close;
        if (p + 1 >= limit || p[1] != '"') break;
      }
      ++p;
      if (p < limit && *p != separator_ && *p != line_end_ && *p != '\r')
        record->bad_quote = true;
    }
    for (; p < limit && *p != separator_ && *p != line_end_; ++p) {
      // CR of CRLF is none.
      const bool before_end = p + 1 == limit || p[1] == line_end_;
      if (line_end_ == '\n' ? *p == '\r' && !before_end : *p == '\n')
        record->stray_end = true;
    }
    if (p == limit) return at_end_ ? filled_ : kBeyond;
    if (*p == line_end_) return static_cast<std::size_t>(p - buffer_.data());
    ++record->fields;
    ++p;
  }
}

bool LineReader::next(Record* record) {
  std::size_t end;
  std::uint64_t lines = 0;
  if (at_ == filled_ && !refill()) return false;
  while ((end = quoted_ ? find_quoted_end(record, &lines)
                        : find_end(record, &lines)) == kBeyond)
    refill();
  record->text = {buffer_.data() + at_, end - at_};
  record->terminated = end < filled_;
  record->offset = base_ + at_;
  record->line = line_;
  line_ += lines;
  at_ = end + (record->terminated ? 1 : 0);
  record->end = base_ + at_;
  return true;
}

}  // namespace clustcr
