#include "base/parallel.hpp"

#include <algorithm>

#include "base/quota.hpp"
#include "base/system.hpp"

namespace clustcr {

int usable_threads(int wanted) {
  return sys::in_forked_child() ? 1 : std::max(1, wanted);
}

int available_threads() {
  int threads = sys::cores();
  const int quota = cpu_quota();
  if (quota > 0) threads = std::min(threads, quota);
  return std::max(1, threads);
}

}  // namespace clustcr
