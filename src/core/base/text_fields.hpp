// Tab-separated fields of the store's files. A tab, line break or backslash
// inside a value is written as \t, \n, \r, \\ (as PostgreSQL's COPY does), so
// that every row is one line and every value comes back unchanged.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace clustcr {

void append_escaped(std::string_view value, std::string* out);
std::string escaped(std::string_view value);
std::string unescaped(std::string_view field);

// Takes the part up to the next `separator` (or the end) off the front.
inline std::string_view take_field(std::string_view* rest, char separator) {
  const std::size_t at = rest->find(separator);
  const std::string_view field = rest->substr(0, at);
  rest->remove_prefix(at == std::string_view::npos ? rest->size() : at + 1);
  return field;
}

void append_number(std::uint64_t number, std::string* text);
// A whole number without sign; throws std::invalid_argument on anything else.
std::uint64_t number_from_text(std::string_view text);

}  // namespace clustcr
