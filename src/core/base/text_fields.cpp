#include "base/text_fields.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace clustcr {

void append_escaped(std::string_view value, std::string* out) {
  const auto is_odd = [](char c) {
    return c == '\t' || c == '\n' || c == '\r' || c == '\\';
  };
  if (std::none_of(value.begin(), value.end(), is_odd)) {
    *out += value;
    return;
  }
  for (char c : value) {
    switch (c) {
      case '\t':
        *out += "\\t";
        break;
      case '\n':
        *out += "\\n";
        break;
      case '\r':
        *out += "\\r";
        break;
      case '\\':
        *out += "\\\\";
        break;
      default:
        *out += c;
    }
  }
}

std::string escaped(std::string_view value) {
  std::string text;
  append_escaped(value, &text);
  return text;
}

std::string unescaped(std::string_view field) {
  std::string value;
  for (std::size_t i = 0; i < field.size(); ++i) {
    if (field[i] != '\\' || i + 1 == field.size()) {
      value += field[i];
      continue;
    }
    const char c = field[++i];
    value += c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c;
  }
  return value;
}

void append_number(std::uint64_t number, std::string* text) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof(digits), number).ptr;
  text->append(digits, end);
}

std::uint64_t number_from_text(std::string_view text) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec != std::errc() || parsed.ptr != end)
    throw std::invalid_argument("'" + std::string(text) + "' is no number");
  return value;
}

}  // namespace clustcr
