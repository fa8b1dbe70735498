// Hashes that are the same on every machine: names of snapshots and clusters,
// and the keys of joins.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace clustcr {

// Bijective mixing of 64 bits (splitmix64's finalizer; Steele et al. 2014).
inline std::uint64_t mix64(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

// Of any bytes, eight at a time; can be continued.
inline std::uint64_t hash64(std::string_view bytes, std::uint64_t so_far = 0) {
  std::uint64_t hash = mix64(so_far ^ mix64(bytes.size()));
  while (!bytes.empty()) {
    const std::size_t n = bytes.size() < 8 ? bytes.size() : 8;
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < n; ++i)
      word |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    hash = mix64(hash ^ word);
    bytes.remove_prefix(n);
  }
  return hash;
}

// As 16 hexadecimal digits.
inline std::string hash_to_text(std::uint64_t hash) {
  static const char digits[] = "0123456789abcdef";
  std::string text(16, '0');
  for (int i = 15; i >= 0; --i, hash >>= 4) text[i] = digits[hash & 15];
  return text;
}

}  // namespace clustcr
