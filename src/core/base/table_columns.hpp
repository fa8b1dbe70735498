// Columns of a text table as the reader makes them: text as bytes in a row,
// text of few values as numbers of its distinct ones, counts as numbers.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace clustcr {

class TextColumn {
 public:
  std::size_t size() const { return ends_.size(); }
  std::string_view operator[](std::size_t i) const {
    const std::size_t begin = i ? ends_[i - 1] : 0;
    return {bytes_.data() + begin, ends_[i] - begin};
  }
  // Of some that follow each other, without what is between them.
  std::string_view bytes(std::size_t from, std::size_t to) const {
    const std::size_t begin = from ? ends_[from - 1] : 0;
    return {bytes_.data() + begin, (to ? ends_[to - 1] : 0) - begin};
  }
  void add(std::string_view text) {
    bytes_.append(text);
    ends_.push_back(bytes_.size());
  }

 private:
  std::string bytes_;
  std::vector<std::size_t> ends_;
};

// Distinct texts in the order in which they came, each with its place.
class Dictionary {
 public:
  std::uint32_t code(std::string_view text);
  const TextColumn& levels() const { return levels_; }

 private:
  void grow();
  TextColumn levels_;
  std::vector<std::uint64_t> hashes_;  // of the levels
  std::vector<std::uint32_t> slots_;   // place of a level + 1; 0: free
  std::uint32_t last_ = 0;             // rows of one value follow each other
};

// A number as files have it, for which NaN is a blank; false for other text.
// Whole numbers up to 2^53 come exactly, others to within a rounding, in every
// locale.
bool number_of_text(std::string_view text, double* number);

struct NumberColumn {
  TextColumn
      text;  // as it stands in the file: for columns that hold no numbers
  std::vector<double> values;
  bool numbers = true;   // nothing but numbers and blanks
  bool integers = true;  // of 32 bits, written without a point or exponent

  void add(std::string_view field);
  // Of some rows only.
  NumberColumn part(std::size_t from, std::size_t to) const;
};

enum class ColumnKind { kText, kCode, kNumber };

// A column that is wanted: its place in the file, from 0.
struct WantedColumn {
  std::size_t place = 0;
  ColumnKind kind = ColumnKind::kText;
};

// Of the kinds only that which was wanted is filled.
struct TableColumn {
  TextColumn text;
  std::vector<std::uint32_t> codes;
  NumberColumn number;
};

}  // namespace clustcr
