// CLUSTCR_SIMD_CLONES before a function has it compiled for several
// instruction sets, the best of which is chosen when the library is loaded:
// packages may not be built with -march=native. Only for leaf functions, as
// nothing is inlined into a clone that was not compiled for it.
// Sanitizers can't stand the resolver (it runs before they are set up).
// That a*b+c is two roundings in every clone, so that results do not depend on
// the processor, is the build's affair (-ffp-contract=off, see configure).
#pragma once

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CLUSTCR_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define CLUSTCR_SANITIZED 1
#endif
#endif

// clang has it from 14 on.
#if defined(__x86_64__) && defined(__gnu_linux__) && \
    !defined(CLUSTCR_SANITIZED) && defined(__has_attribute)
#if __has_attribute(target_clones)
#define CLUSTCR_SIMD_CLONES \
  __attribute__((target_clones("avx512f", "avx2", "default")))
#endif
#endif
#ifndef CLUSTCR_SIMD_CLONES
#define CLUSTCR_SIMD_CLONES
#endif
