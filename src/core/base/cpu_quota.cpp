#include "base/cpu_quota.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

namespace clustcr {
namespace {

// The cores that `quota` microseconds every `period` are; 0 for none.
int cores(double quota, double period) {
  if (!(quota > 0) || !(period > 0)) return 0;
  return static_cast<int>(std::min(std::ceil(quota / period), 1e6));
}

// "max 100000" or "150000 100000".
int quota_v2(const std::string& folder) {
  std::ifstream file(folder + "/cpu.max");
  double quota = 0, period = 0;
  return file >> quota >> period ? cores(quota, period) : 0;
}

// The quota is -1 where there is none.
int quota_v1(const std::string& folder) {
  std::ifstream quota_file(folder + "/cpu.cfs_quota_us");
  std::ifstream period_file(folder + "/cpu.cfs_period_us");
  double quota = 0, period = 0;
  return quota_file >> quota && period_file >> period ? cores(quota, period)
                                                      : 0;
}

void take_smaller(int other, int* least) {
  if (other > 0 && (*least == 0 || other < *least)) *least = other;
}

// From the group up to the mount. In a container the path may be the host's,
// which is not there, while the mount shows the container's own group.
template <class Quota>
void walk_up(const std::string& mount, std::string group, Quota quota,
             int* least) {
  while (true) {
    take_smaller(quota(mount + group), least);
    const std::size_t slash = group.find_last_of('/');
    if (slash == std::string::npos) return;
    group.erase(slash);
  }
}

bool names_cpu(const std::string& controllers) {
  std::istringstream names(controllers);
  for (std::string name; std::getline(names, name, ',');)
    if (name == "cpu") return true;
  return false;
}

}  // namespace

int cpu_quota(const std::string& root) {
  int least = 0;
  const std::string mounts = root + "/sys/fs/cgroup";
  // Lines of number:controllers:/group; v2 has no controllers.
  std::ifstream groups(root + "/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string group = line.substr(second + 1);
    if (controllers.empty()) {
      walk_up(mounts, group, quota_v2, &least);
      walk_up(mounts + "/unified", group, quota_v2, &least);
    } else if (names_cpu(controllers)) {
      walk_up(mounts + "/" + controllers, group, quota_v1, &least);
      walk_up(mounts + "/cpu", group, quota_v1, &least);
    }
  }
  return least;
}

}  // namespace clustcr
