// Fields, numbers and checks of the store's text files.
#include <stdexcept>

#include "base/text_fields.hpp"
#include "fuzz_store.hpp"

using clustcr_fuzz::require;

namespace {

void fields(const std::string& text) {
  require(clustcr::unescaped(clustcr::escaped(text)) == text, "escaping");
  require(clustcr::escaped(text).find_first_of("\t\n\r") == std::string::npos,
          "an escaped value is one field");
  clustcr::unescaped(text);
  std::string joined;
  std::string_view rest = text;
  while (!rest.empty()) {
    joined += clustcr::take_field(&rest, '\t');
    if (joined.size() < text.size()) joined += '\t';
  }
  require(joined == text, "fields make the line");
}

void numbers(const std::string& text) {
  try {
    const std::uint64_t value = clustcr::number_from_text(text);
    const std::size_t first = text.find_first_not_of('0');
    require(!text.empty() &&
                std::to_string(value) ==
                    (first == std::string::npos ? "0" : text.substr(first)),
            "a number is its text");
  } catch (const std::invalid_argument&) {
  }
  try {
    require(clustcr::check_to_text(clustcr::check_from_text(text)) == text,
            "a check is its text");
  } catch (const std::invalid_argument&) {
  }
}

void checks(const std::string& text) {
  std::string checked = text;
  clustcr::append_check(&checked);
  require(clustcr::checked_part("file", checked) == text,
          "a checked text comes back");
  try {
    const std::string body(clustcr::checked_part("file", text));
    std::string again = body;
    clustcr::append_check(&again);
    require(again == text, "what is accepted has its check");
  } catch (const clustcr::StoreError&) {
  }
  // A check can be had in pieces.
  const std::size_t half = text.size() / 2;
  require(clustcr::crc32c(text.substr(half),
                          clustcr::crc32c(text.substr(0, half))) ==
              clustcr::crc32c(text),
          "checks continue");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  fields(text);
  numbers(text);
  checks(text);
  return 0;
}
