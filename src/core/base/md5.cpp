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

// Sixteen steps of one kind: a loop that asks each step of which kind it is
// takes two and a half times as long.
template <class Mix>
void take_round(std::size_t round, std::size_t step, std::size_t first,
                const unsigned (&shifts)[4],
                const std::array<std::uint32_t, 16>& words, Words* state,
                Mix&& mix) {
  auto [a, b, c, d] = *state;
  const std::uint32_t* const sine = sines().data() + 16 * round;
#pragma GCC unroll 16
  for (std::size_t i = 0; i < 16; ++i) {
    const std::uint32_t sum =
        a + mix(b, c, d) + sine[i] + words[(step * i + first) % 16];
    a = d;
    d = c;
    c = b;
    b += rotated(sum, shifts[i % 4]);
  }
  *state = {a, b, c, d};
}

void take_block(const char* block, Words* state) {
  std::array<std::uint32_t, 16> words;
  for (std::size_t i = 0; i < 16; ++i) words[i] = word_at(block + 4 * i);
  using Word = std::uint32_t;
  Words by = *state;
  take_round(0, 1, 0, {7, 12, 17, 22}, words, &by,
             [](Word b, Word c, Word d) { return (b & c) | (~b & d); });
  take_round(1, 5, 1, {5, 9, 14, 20}, words, &by,
             [](Word b, Word c, Word d) { return (d & b) | (~d & c); });
  take_round(2, 3, 5, {4, 11, 16, 23}, words, &by,
             [](Word b, Word c, Word d) { return b ^ c ^ d; });
  take_round(3, 7, 0, {6, 10, 15, 21}, words, &by,
             [](Word b, Word c, Word d) { return c ^ (b | ~d); });
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
