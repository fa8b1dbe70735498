// Hashes of sequences with one position masked. Two sequences of equal length
// that differ at one position, and only such, have the same letters once that
// position is masked; a join on these hashes therefore finds each pair at
// Hamming distance 1 exactly once (chance collisions are weeded out by
// comparing the sequences).
#pragma once
#include <cstdint>
#include <cstring>
#include <vector>

namespace clustcr {

// Bijective mixing of 64 bits (splitmix64's finalizer; Steele et al. 2014).
inline std::uint64_t mix64(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

// Zobrist hashing: a random word for each (position, letter), xor-ed. Masking
// a position exchanges one word, so all L masked hashes of a sequence cost
// 2 L xors instead of L^2.
class MaskedHasher {
 public:
  explicit MaskedHasher(std::size_t longest) : words_((longest + 1) * 32) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] = mix64(i + 1);
  }

  // visit(hash) for each position of the `length` letters at `row`.
  template <class Visit>
  void operator()(const char* row, std::size_t length, Visit&& visit) const {
    std::uint64_t whole = word(length, 0);  // lengths never mix
    for (std::size_t i = 0; i < length; ++i) whole ^= word(i, row[i]);
    for (std::size_t i = 0; i < length; ++i)
      visit(whole ^ word(i, row[i]) ^ word(i, kMask));
  }

 private:
  static constexpr char kMask = 31;  // no letter: they are 1 to 26
  std::uint64_t word(std::size_t position, char letter) const {
    return words_[position * 32 + (letter & 31)];
  }
  std::vector<std::uint64_t> words_;
};

// Whether two zero-padded rows of `stride` bytes hold sequences of equal
// length that differ at exactly one position.
inline bool differ_at_one(const char* a, const char* b, std::size_t stride) {
  std::uint64_t difference = 0;
  std::size_t at = 0;
  for (std::size_t i = 0; i < stride; i += 8) {
    std::uint64_t x, y;
    std::memcpy(&x, a + i, 8);
    std::memcpy(&y, b + i, 8);
    if (x == y) continue;
    if (difference != 0) return false;
    difference = x ^ y;
    at = i;
  }
  if (difference == 0) return false;
  std::size_t byte = 0;
  while ((difference >> (8 * byte) & 255) == 0) ++byte;
  if (difference >> (8 * byte) > 255) return false;
  // A zero on one side is the end of a shorter sequence, not a letter. Byte
  // order does not matter above, but here it does: look at the rows.
  for (std::size_t i = at; i < at + 8; ++i)
    if (a[i] != b[i]) return a[i] != 0 && b[i] != 0;
  return false;
}

}  // namespace clustcr
