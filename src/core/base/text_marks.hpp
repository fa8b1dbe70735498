// Where in a text bytes of a few kinds are, found 64 bytes at a time: what a
// table's reader looks at, and nothing between.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace clustcr {

// Bytes behind the text that must be there to be read.
constexpr std::size_t kMarksSlack = 64;

class TextMarks {
 public:
  TextMarks(std::string_view text, const char (&kinds)[5])
      : text_(text), kinds_(kinds) {
    if (!text_.empty()) load();
  }
  // The place of the next one; the size of the text behind the last.
  std::size_t next() {
    while (!bits_) {
      block_ += 64;
      if (block_ >= text_.size()) return text_.size();
      load();
    }
    const std::size_t at =
        block_ + static_cast<std::size_t>(__builtin_ctzll(bits_));
    bits_ &= bits_ - 1;
    return at;
  }

 private:
  void load() {
    const char* const p = text_.data() + block_;
    bits_ = 0;
#ifdef __SSE2__
    for (int part = 0; part < 4; ++part) {
      const __m128i bytes =
          _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 16 * part));
      __m128i found = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(kinds_[0]));
      for (int k = 1; k < 5; ++k)
        found = _mm_or_si128(found,
                             _mm_cmpeq_epi8(bytes, _mm_set1_epi8(kinds_[k])));
      bits_ |= static_cast<std::uint64_t>(
                   static_cast<std::uint32_t>(_mm_movemask_epi8(found)))
               << (16 * part);
    }
#else
    for (int i = 0; i < 64; ++i)
      for (int k = 0; k < 5; ++k)
        bits_ |= std::uint64_t{p[i] == kinds_[k]} << i;
#endif
    if (text_.size() - block_ < 64)
      bits_ &= (std::uint64_t{1} << (text_.size() - block_)) - 1;
  }

  std::string_view text_;
  const char (&kinds_)[5];
  std::size_t block_ = 0;
  std::uint64_t bits_ = 0;
};

}  // namespace clustcr
