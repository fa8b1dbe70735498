#include "base/checksum.hpp"

#include <array>
#include <cstring>
#include <stdexcept>

namespace clustcr {
namespace {

// Eight tables, so that eight bytes are taken at a time ("slicing by 8",
// Kounavis and Berry 2005): over 1 GB/s where there is no instruction for it.
using Tables = std::array<std::array<std::uint32_t, 256>, 8>;

const Tables& tables() {
  static const Tables made = [] {
    Tables t{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t c = i;
      for (int bit = 0; bit < 8; ++bit)
        c = (c >> 1) ^ (c & 1 ? 0x82f63b78u : 0);
      t[0][i] = c;
    }
    for (int k = 1; k < 8; ++k)
      for (int i = 0; i < 256; ++i)
        t[k][i] = (t[k - 1][i] >> 8) ^ t[0][t[k - 1][i] & 255];
    return t;
  }();
  return made;
}

#if defined(__x86_64__) && defined(__GNUC__)
// The processor's own instruction, which is of this polynomial: five times as
// fast.
__attribute__((target("sse4.2"))) std::uint32_t crc_by_instruction(
    const unsigned char* p, std::size_t n, std::uint32_t c) {
  std::uint64_t wide = c;
  for (; n >= 8; n -= 8, p += 8) {
    std::uint64_t word;
    std::memcpy(&word, p, 8);
    wide = __builtin_ia32_crc32di(wide, word);
  }
  c = static_cast<std::uint32_t>(wide);
  for (; n > 0; --n, ++p) c = __builtin_ia32_crc32qi(c, *p);
  return c;
}
const bool has_instruction = __builtin_cpu_supports("sse4.2");
#endif

}  // namespace

std::uint32_t crc32c(std::string_view bytes, std::uint32_t so_far) {
#if defined(__x86_64__) && defined(__GNUC__)
  if (has_instruction)
    return ~crc_by_instruction(
        reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
        ~so_far);
#endif
  return crc32c_by_tables(bytes, so_far);
}

std::uint32_t crc32c_by_tables(std::string_view bytes, std::uint32_t so_far) {
  const Tables& t = tables();
  const auto* p = reinterpret_cast<const unsigned char*>(bytes.data());
  std::size_t n = bytes.size();
  std::uint32_t c = ~so_far;
  for (; n >= 8; n -= 8, p += 8) {
    c ^= p[0] | p[1] << 8 | p[2] << 16 | static_cast<std::uint32_t>(p[3]) << 24;
    c = t[7][c & 255] ^ t[6][c >> 8 & 255] ^ t[5][c >> 16 & 255] ^
        t[4][c >> 24] ^ t[3][p[4]] ^ t[2][p[5]] ^ t[1][p[6]] ^ t[0][p[7]];
  }
  for (; n > 0; --n, ++p) c = (c >> 8) ^ t[0][(c ^ *p) & 255];
  return ~c;
}

std::string check_to_text(std::uint32_t check) {
  static const char digits[] = "0123456789abcdef";
  std::string text(8, '0');
  for (int i = 7; i >= 0; --i, check >>= 4) text[i] = digits[check & 15];
  return text;
}

std::uint32_t check_from_text(std::string_view text) {
  std::uint32_t check = 0;
  if (text.size() != 8) throw std::invalid_argument("not a check");
  for (char c : text) {
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                             : -1;
    if (digit < 0) throw std::invalid_argument("not a check");
    check = check << 4 | static_cast<std::uint32_t>(digit);
  }
  return check;
}

}  // namespace clustcr
