#include "base/parallel.hpp"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <thread>

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
#ifdef __linux__
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) == 0)
    return std::max(1, CPU_COUNT(&set));
#endif
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace clustcr
