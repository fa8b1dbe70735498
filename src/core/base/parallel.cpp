#include "base/parallel.hpp"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <thread>

#include "base/quota.hpp"

namespace clustcr {
namespace {

std::atomic<bool> forked{false};

// Registered once, when the library is loaded: after a fork the child has no
// OpenMP workers left, and waiting for them would hang (parallel::mclapply).
const int registered = pthread_atfork(
    nullptr, nullptr, [] { forked.store(true, std::memory_order_relaxed); });

}  // namespace

int usable_threads(int wanted) {
  (void)registered;
  if (forked.load(std::memory_order_relaxed)) return 1;
  return std::max(1, wanted);
}

int available_threads() {
  int threads = static_cast<int>(std::thread::hardware_concurrency());
#ifdef __linux__
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) == 0) threads = CPU_COUNT(&set);
  const int quota = cpu_quota();
  if (quota > 0) threads = std::min(threads, quota);
#endif
  return std::max(1, threads);
}

}  // namespace clustcr
