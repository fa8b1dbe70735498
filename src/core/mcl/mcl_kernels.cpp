#include "mcl/mcl_kernels.hpp"

#include <cstring>

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
typedef float Real __attribute__((vector_size(32), may_alias));
typedef std::uint32_t Bits __attribute__((vector_size(32), may_alias));
typedef signed char Bytes __attribute__((vector_size(8)));

#define CLUSTCR_ISA baseline
#define CLUSTCR_NAME "baseline"
#define CLUSTCR_TARGET __attribute__((unused CLUSTCR_TWO_ROUNDINGS))
#include "mcl/mcl_kernels.inc"
#undef CLUSTCR_ISA
#undef CLUSTCR_NAME
#undef CLUSTCR_TARGET

#if defined(__x86_64__) && !defined(_WIN32)
#define CLUSTCR_X86 1

#define CLUSTCR_ISA avx2
#define CLUSTCR_NAME "avx2"
#define CLUSTCR_TARGET __attribute__((target("avx2") CLUSTCR_TWO_ROUNDINGS))
#include "mcl/mcl_kernels.inc"
#undef CLUSTCR_ISA
#undef CLUSTCR_NAME
#undef CLUSTCR_TARGET

#define CLUSTCR_ISA avx512
#define CLUSTCR_NAME "avx512"
#define CLUSTCR_TARGET                                        \
  __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw") \
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
  if (__builtin_cpu_supports("avx2")) usable.push_back(&avx2::kKernels);
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
