// Names for what must be told apart from all else of its kind, on any machine.
#pragma once
#include <string>

namespace clustcr {

// 16 hexadecimal digits, drawn anew at each call. No result depends on it.
std::string new_identifier();

}  // namespace clustcr
