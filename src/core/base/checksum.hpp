// CRC-32C (Castagnoli): tells a torn, flipped or swapped piece of a file. It
// can be continued, so that a file that only grows is never read again to
// know the check of the whole.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace clustcr {

std::uint32_t crc32c(std::string_view bytes, std::uint32_t so_far = 0);
// The same on a processor without an instruction for it.
std::uint32_t crc32c_by_tables(std::string_view bytes,
                               std::uint32_t so_far = 0);

// As 8 hexadecimal digits, and back; throws std::invalid_argument on others.
std::string check_to_text(std::uint32_t check);
std::uint32_t check_from_text(std::string_view text);

}  // namespace clustcr
