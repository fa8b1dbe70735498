#include "base/parallel.hpp"

#include <sched.h>

#include <algorithm>
#include <thread>

#include "base/quota.hpp"
#include "base/thread_team.hpp"

namespace clustcr {

int usable_threads(int wanted) {
  return in_forked_child() ? 1 : std::max(1, wanted);
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
