#include "mcl/mcl_kernels.hpp"

#include <cstring>

#if defined(__x86_64__) && !defined(_WIN32)
#define CLUSTCR_X86 1
#include <immintrin.h>
#endif

// A fused multiply-add rounds once where two operations round twice, and only
// some processors have it.
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#define CLUSTCR_TWO_ROUNDINGS
#else
#define CLUSTCR_TWO_ROUNDINGS , optimize("fp-contract=off")
#endif

namespace clustcr {
namespace mcl {
namespace {

// may_alias: these read and write arrays of Lanes.
struct Eight {
  typedef float Real __attribute__((vector_size(32), may_alias));
  typedef std::uint32_t Bits __attribute__((vector_size(32), may_alias));
};
struct Sixteen {
  typedef float Real __attribute__((vector_size(64), may_alias));
  typedef std::uint32_t Bits __attribute__((vector_size(64), may_alias));
};
using Real = Eight::Real;
typedef signed char Bytes __attribute__((vector_size(8)));

// Eight marks as bits, the first the lowest: the product brings mark b to bit
// 56 + b, and no carry meets another.
inline std::uint64_t eight_marks(const std::uint8_t* seen) {
  std::uint64_t bytes;
  std::memcpy(&bytes, seen, sizeof(bytes));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  bytes = __builtin_bswap64(bytes);
#endif
  return (bytes * 0x0102040810204080u) >> 56;
}

#define CLUSTCR_MARKS                             \
  std::uint64_t bits = 0;                         \
  for (std::uint32_t w = 0; w < 8; ++w)           \
    bits |= eight_marks(seen + 8 * w) << (8 * w); \
  return bits;
#define CLUSTCR_ISA baseline
#define CLUSTCR_NAME "baseline"
#define CLUSTCR_TARGET __attribute__((unused CLUSTCR_TWO_ROUNDINGS))
#include "mcl/mcl_kernels.inc"
#undef CLUSTCR_ISA
#undef CLUSTCR_NAME
#undef CLUSTCR_TARGET

#ifdef CLUSTCR_X86

// For each set of lanes: which lanes come first when they are packed, and where
// each lane is then.
struct LaneOrders {
  std::uint8_t packed[256][8] = {}, unpacked[256][8] = {};
};
constexpr LaneOrders lane_orders() {
  LaneOrders orders;
  for (unsigned set = 0; set < 256; ++set)
    for (unsigned lane = 0, n = 0; lane < 8; ++lane) {
      if (!(set >> lane & 1)) continue;
      orders.packed[set][n] = static_cast<std::uint8_t>(lane);
      orders.unpacked[set][lane] = static_cast<std::uint8_t>(n++);
    }
  return orders;
}
constexpr LaneOrders kLaneOrders = lane_orders();

#undef CLUSTCR_MARKS
#define CLUSTCR_MARKS                                                          \
  const __m256i* const bytes = reinterpret_cast<const __m256i*>(seen);         \
  const __m256i low = _mm256_slli_epi16(_mm256_loadu_si256(bytes), 7);         \
  const __m256i high = _mm256_slli_epi16(_mm256_loadu_si256(bytes + 1), 7);    \
  return static_cast<std::uint32_t>(_mm256_movemask_epi8(low)) |               \
         std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(high))} \
             << 32;
#define CLUSTCR_PACKS
#define CLUSTCR_ISA avx2
#define CLUSTCR_NAME "avx2"
#define CLUSTCR_TARGET \
  __attribute__((target("avx2,popcnt") CLUSTCR_TWO_ROUNDINGS))
#include "mcl/mcl_kernels.inc"
#undef CLUSTCR_ISA
#undef CLUSTCR_NAME
#undef CLUSTCR_TARGET

#undef CLUSTCR_MARKS
#define CLUSTCR_MARKS                             \
  const __m512i bytes = _mm512_loadu_si512(seen); \
  return _mm512_test_epi8_mask(bytes, bytes);
#define CLUSTCR_COMPRESSES
#define CLUSTCR_ISA avx512
#define CLUSTCR_NAME "avx512"
#define CLUSTCR_TARGET                                               \
  __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,popcnt") \
                     CLUSTCR_TWO_ROUNDINGS))
#include "mcl/mcl_kernels.inc"
#undef CLUSTCR_ISA
#undef CLUSTCR_NAME
#undef CLUSTCR_TARGET
#endif

}  // namespace

std::vector<const Kernels*> usable_kernels() {
  std::vector<const Kernels*> usable{&baseline::kKernels};
#ifdef CLUSTCR_X86
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt"))
    usable.push_back(&avx2::kKernels);
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw"))
    usable.push_back(&avx512::kKernels);
#endif
  return usable;
}

const Kernels& best_kernels() {
  static const Kernels& best = *usable_kernels().back();
  return best;
}

}  // namespace mcl
}  // namespace clustcr
