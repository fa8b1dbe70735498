// MD5 (RFC 1321), which records in R's part of a directory end with: it tells
// damage, and guards nothing by itself.
#pragma once
#include <string>
#include <string_view>

namespace clustcr {

// 32 hexadecimal digits.
std::string md5(std::string_view bytes);

}  // namespace clustcr
