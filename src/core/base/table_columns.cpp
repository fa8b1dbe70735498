#include "base/table_columns.hpp"

#include <cmath>
#include <limits>

#include "base/hash.hpp"

namespace clustcr {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// As spreadsheets and programs write what is no number.
bool special_number(std::string_view text, double* number) {
  static const char* const kNone[] = {"NaN",     "nan",     "NAN",    "NaN%",
                                      "#DIV/0!", "#VALUE!", "#NULL!", "#NAME?",
                                      "#NUM!",   "#REF!",   "#N/A",   "1.#IND"};
  for (const char* none : kNone)
    if (text == none) {
      *number = std::numeric_limits<double>::quiet_NaN();
      return true;
    }
  const bool minus = !text.empty() && text[0] == '-';
  if (!text.empty() && (minus || text[0] == '+')) text.remove_prefix(1);
  if (text != "Inf" && text != "inf" && text != "INF" && text != "Infinity" &&
      text != "INFINITY")
    return false;
  *number = std::numeric_limits<double>::infinity();
  if (minus) *number = -*number;
  return true;
}

// 10^power, by squares: long doubles keep what a double shows of it.
long double power_of_ten(int power) {
  long double result = 1, square = 10;
  for (; power; power >>= 1, square *= square)
    if (power & 1) result *= square;
  return result;
}

}  // namespace

bool number_of_text(std::string_view text, double* number) {
  if (text.empty()) {
    *number = std::numeric_limits<double>::quiet_NaN();
    return true;
  }
  std::size_t i = text[0] == '-' || text[0] == '+' ? 1 : 0;
  std::uint64_t digits = 0;
  int scale = 0;
  bool any = false, behind_point = false;
  for (; i < text.size(); ++i) {
    if (text[i] == '.' && !behind_point) {
      behind_point = true;
      continue;
    }
    if (!is_digit(text[i])) break;
    any = true;
    // More digits than fit only shift the others.
    if (digits < std::numeric_limits<std::uint64_t>::max() / 10 - 1) {
      digits = 10 * digits + static_cast<std::uint64_t>(text[i] - '0');
      if (behind_point) --scale;
    } else if (!behind_point) {
      ++scale;
    }
  }
  if (!any) return special_number(text, number);
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    const bool minus = i < text.size() && text[i] == '-';
    if (i < text.size() && (minus || text[i] == '+')) ++i;
    if (i == text.size() || text.size() - i > 4) return false;
    int exponent = 0;
    for (; i < text.size() && is_digit(text[i]); ++i)
      exponent = 10 * exponent + (text[i] - '0');
    scale += minus ? -exponent : exponent;
  }
  if (i != text.size()) return special_number(text, number);
  if (scale > 400 || scale < -400) return false;
  long double value = static_cast<long double>(digits);
  if (scale > 0) value *= power_of_ten(scale);
  if (scale < 0) value /= power_of_ten(-scale);
  *number = static_cast<double>(text[0] == '-' ? -value : value);
  return true;
}

void NumberColumn::add(std::string_view field) {
  double value = 0;
  numbers = number_of_text(field, &value) && numbers;
  if (!field.empty() && (std::abs(value) > 2147483647.0 ||
                         field.find_first_not_of("+-0123456789") != field.npos))
    integers = false;
  values.push_back(value);
  text.add(field);
}

NumberColumn NumberColumn::part(std::size_t from, std::size_t to) const {
  NumberColumn rows;
  for (; from < to; ++from) rows.add(text[from]);
  return rows;
}

std::uint32_t Dictionary::code(std::string_view text) {
  if (levels_.size() && levels_[last_] == text) return last_;
  if (2 * levels_.size() >= slots_.size()) grow();
  const std::uint64_t hash = hash64(text);
  std::size_t at = hash & (slots_.size() - 1);
  for (; slots_[at]; at = (at + 1) & (slots_.size() - 1)) {
    const std::uint32_t level = slots_[at] - 1;
    if (hashes_[level] == hash && levels_[level] == text) return last_ = level;
  }
  last_ = static_cast<std::uint32_t>(levels_.size());
  slots_[at] = last_ + 1;
  levels_.add(text);
  hashes_.push_back(hash);
  return last_;
}

void Dictionary::grow() {
  slots_.assign(slots_.empty() ? 64 : 4 * slots_.size(), 0);
  for (std::uint32_t level = 0; level < hashes_.size(); ++level) {
    std::size_t at = hashes_[level] & (slots_.size() - 1);
    while (slots_[at]) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = level + 1;
  }
}

}  // namespace clustcr
