#include "base/quota.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

namespace clustcr {
namespace {

// Version 1 tells no limit by a number of nearly 2^63.
constexpr double kNoLimit = 1e18;

// The cores that `quota` microseconds every `period` are; 0 for none.
std::uint64_t cores(double quota, double period) {
  if (!(quota > 0) || !(period > 0)) return 0;
  return static_cast<std::uint64_t>(std::min(std::ceil(quota / period), 1e6));
}

// "max 100000" or "150000 100000".
std::uint64_t cpu_v2(const std::string& folder) {
  std::ifstream file(folder + "/cpu.max");
  double quota = 0, period = 0;
  return file >> quota >> period ? cores(quota, period) : 0;
}

// The quota is -1 where there is none.
std::uint64_t cpu_v1(const std::string& folder) {
  std::ifstream quota_file(folder + "/cpu.cfs_quota_us");
  std::ifstream period_file(folder + "/cpu.cfs_period_us");
  double quota = 0, period = 0;
  return quota_file >> quota && period_file >> period ? cores(quota, period)
                                                      : 0;
}

// "max" or bytes.
std::uint64_t bytes_in(const std::string& path) {
  std::ifstream file(path);
  double bytes = 0;
  if (!(file >> bytes) || !(bytes > 0) || bytes > kNoLimit) return 0;
  return static_cast<std::uint64_t>(bytes);
}

std::uint64_t memory_v2(const std::string& folder) {
  return bytes_in(folder + "/memory.max");
}

std::uint64_t memory_v1(const std::string& folder) {
  return bytes_in(folder + "/memory.limit_in_bytes");
}

// From the group up to the mount: the least of what the folders say. In a
// container the path may be the host's, which is not there, while the mount
// shows the container's own group.
template <class Quota>
void walk_up(const std::string& mount, std::string group, Quota quota,
             std::uint64_t* least) {
  while (true) {
    const std::uint64_t here = quota(mount + group);
    if (here > 0 && (*least == 0 || here < *least)) *least = here;
    const std::size_t slash = group.find_last_of('/');
    if (slash == std::string::npos) return;
    group.erase(slash);
  }
}

bool names(const std::string& controllers, const std::string& controller) {
  std::istringstream list(controllers);
  for (std::string name; std::getline(list, name, ',');)
    if (name == controller) return true;
  return false;
}

template <class V1, class V2>
std::uint64_t quota_of(const std::string& controller, const std::string& root,
                       V1 v1, V2 v2) {
  std::uint64_t least = 0;
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
      walk_up(mounts, group, v2, &least);
      walk_up(mounts + "/unified", group, v2, &least);
    } else if (names(controllers, controller)) {
      walk_up(mounts + "/" + controllers, group, v1, &least);
      walk_up(mounts + "/" + controller, group, v1, &least);
    }
  }
  return least;
}

}  // namespace

int cpu_quota(const std::string& root) {
  return static_cast<int>(quota_of("cpu", root, cpu_v1, cpu_v2));
}

std::uint64_t memory_quota(const std::string& root) {
  return quota_of("memory", root, memory_v1, memory_v2);
}

}  // namespace clustcr
