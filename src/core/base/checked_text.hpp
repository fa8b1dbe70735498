// Small text files whose last line checks the lines above.
#pragma once
#include <string>
#include <string_view>

namespace clustcr {

void append_check(std::string* text);

// The part above the check line; a StoreError that names `path` where the
// check is missing or does not fit.
std::string_view checked_part(const std::string& path, const std::string& text);

[[noreturn]] void damaged(const std::string& path, const std::string& why);

}  // namespace clustcr
