#include "base/checked_text.hpp"

#include <algorithm>
#include <stdexcept>

#include "base/checksum.hpp"
#include "base/errors.hpp"

namespace clustcr {
namespace {

// A tab behind the colon, so that the line is right in tables and in DCF.
constexpr std::string_view kKey = "check:\t";
constexpr std::size_t kLine = kKey.size() + 8 + 1;  // with its line break

}  // namespace

void append_check(std::string* text) {
  const std::string check = check_to_text(crc32c(*text));
  *text += kKey;
  *text += check + "\n";
}

std::string_view checked_part(const std::string& path,
                              const std::string& text) {
  std::string_view body = text;
  std::string_view last =
      body.substr(body.size() - std::min(body.size(), kLine));
  if (last.size() != kLine || last.substr(0, kKey.size()) != kKey ||
      last.back() != '\n')
    damaged(path, "its last line must be its check");
  body.remove_suffix(kLine);
  try {
    if (crc32c(body) == check_from_text(last.substr(kKey.size(), 8)))
      return body;
  } catch (const std::invalid_argument&) {
  }
  damaged(path, "its check does not fit");
}

void damaged(const std::string& path, const std::string& why) {
  throw StoreError("'" + path + "' is damaged: " + why, "damaged");
}

}  // namespace clustcr
