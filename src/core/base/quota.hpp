// What Linux grants this process's control group: in a container or under a
// cluster engine it is often less than the cores and memory one sees. Threads
// beyond it only wait for each other, and memory beyond it ends the process.
#pragma once
#include <cstdint>
#include <string>

namespace clustcr {

// Cores worth of time, rounded up; 0 where nothing limits it. The smallest of
// the group's and its ancestors' quotas, of cgroup v2 (cpu.max) and v1
// (cpu.cfs_quota_us). `root` stands before /proc and /sys, for tests.
int cpu_quota(const std::string& root = "");

// Bytes of memory; 0 where nothing limits it. The same of memory.max and
// memory.limit_in_bytes.
std::uint64_t memory_quota(const std::string& root = "");

}  // namespace clustcr
