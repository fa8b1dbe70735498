#include "base/md5.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>

namespace clustcr {
namespace {

using Words = std::array<std::uint32_t, 4>;

// By the standard: the whole part of 2^32 |sin(i)|, of radians.
const std::array<std::uint32_t, 64>& sines() {
  static const std::array<std::uint32_t, 64> table = [] {
    std::array<std::uint32_t, 64> made{};
    for (std::size_t i = 0; i < 64; ++i)
      made[i] = static_cast<std::uint32_t>(std::floor(
          std::fabs(std::sin(static_cast<double>(i + 1))) * 4294967296.0));
    return made;
  }();
  return table;
}

std::uint32_t rotated(std::uint32_t x, unsigned by) {
  return x << by | x >> (32 - by);
}

std::uint32_t word_at(const char* bytes) {
  std::uint32_t word = 0;
  for (unsigned i = 0; i < 4; ++i)
    word |= std::uint32_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  return word;
}

void take_block(const char* block, Words* state) {
  static constexpr unsigned kShifts[4][4] = {
      {7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
  auto [a, b, c, d] = *state;
  for (std::size_t i = 0; i < 64; ++i) {
    std::uint32_t mixed = 0;
    std::size_t at = 0;
    switch (i / 16) {
      case 0:
        mixed = (b & c) | (~b & d);
        at = i;
        break;
      case 1:
        mixed = (d & b) | (~d & c);
        at = 5 * i + 1;
        break;
      case 2:
        mixed = b ^ c ^ d;
        at = 3 * i + 5;
        break;
      default:
        mixed = c ^ (b | ~d);
        at = 7 * i;
    }
    const std::uint32_t sum =
        a + mixed + sines()[i] + word_at(block + 4 * (at % 16));
    a = d;
    d = c;
    c = b;
    b += rotated(sum, kShifts[i / 16][i % 4]);
  }
  const Words by = {a, b, c, d};
  for (std::size_t k = 0; k < 4; ++k) (*state)[k] += by[k];
}

}  // namespace

std::string md5(std::string_view bytes) {
  Words state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  const std::uint64_t bits = std::uint64_t{bytes.size()} * 8;
  while (bytes.size() >= 64) {
    take_block(bytes.data(), &state);
    bytes.remove_prefix(64);
  }
  std::string rest(bytes);
  rest += static_cast<char>(0x80);
  while (rest.size() % 64 != 56) rest += '\0';
  for (unsigned i = 0; i < 8; ++i)
    rest += static_cast<char>(bits >> (8 * i) & 0xff);
  for (std::size_t at = 0; at < rest.size(); at += 64)
    take_block(rest.data() + at, &state);
  std::string text;
  for (const std::uint32_t word : state)
    for (unsigned i = 0; i < 4; ++i) {
      char digits[3];
      std::snprintf(digits, sizeof(digits), "%02x",
                    static_cast<unsigned>(word >> (8 * i) & 0xff));
      text += digits;
    }
  return text;
}

}  // namespace clustcr
