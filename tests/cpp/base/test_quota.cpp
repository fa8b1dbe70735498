#include "base/parallel.hpp"
#include "base/quota.hpp"
#include "test_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

namespace {

// A machine as its /proc and /sys show it.
class Machine {
 public:
  void file(const std::string& path, const std::string& text) const {
    const std::filesystem::path whole = root_.path() + path;
    std::filesystem::create_directories(whole.parent_path());
    std::ofstream(whole) << text;
  }
  int quota() const { return cpu_quota(root_.path()); }
  std::uint64_t memory() const { return memory_quota(root_.path()); }

 private:
  TemporaryFolder root_;
};

const char kGroups[] = "/proc/self/cgroup";

}  // namespace

TEST(CpuQuota, NoneWhereNothingSaysOne) {
  EXPECT_EQ(Machine().quota(), 0);
  Machine machine;
  machine.file(kGroups, "0::/user.slice\n");
  EXPECT_EQ(machine.quota(), 0);
  machine.file("/sys/fs/cgroup/user.slice/cpu.max", "max 100000\n");
  EXPECT_EQ(machine.quota(), 0);
}

TEST(CpuQuota, Version2) {
  for (const auto& [text, cpus] :
       {std::pair<const char*, int>{"200000 100000\n", 2},
        {"150000 100000", 2},
        {"100001 100000\n", 2},
        {"5000 100000\n", 1},
        {"50000 25000\n", 2},
        {"max 100000\n", 0},
        {"", 0},
        {"rubbish\n", 0},
        {"100000\n", 0},
        {"100000 0\n", 0},
        {"-1 100000\n", 0},
        {"1e300 1\n", 1000000}}) {
    Machine machine;
    machine.file(kGroups, "0::/a/b\n");
    machine.file("/sys/fs/cgroup/a/b/cpu.max", text);
    EXPECT_EQ(machine.quota(), cpus) << text;
  }
}

TEST(CpuQuota, TheSmallestOfTheGroupAndItsAncestors) {
  Machine machine;
  machine.file(kGroups, "0::/a/b/c\n");
  machine.file("/sys/fs/cgroup/a/b/c/cpu.max", "800000 100000\n");
  EXPECT_EQ(machine.quota(), 8);
  machine.file("/sys/fs/cgroup/a/cpu.max", "300000 100000\n");
  EXPECT_EQ(machine.quota(), 3);
  machine.file("/sys/fs/cgroup/x/cpu.max", "100000 100000\n");  // another's
  EXPECT_EQ(machine.quota(), 3);
}

// Docker without a namespace of its own: the path is the host's.
TEST(CpuQuota, TheMountItselfWhereThePathIsNotThere) {
  Machine machine;
  machine.file(kGroups, "0::/docker/0123\n");
  machine.file("/sys/fs/cgroup/cpu.max", "400000 100000\n");
  EXPECT_EQ(machine.quota(), 4);
}

TEST(CpuQuota, Version1) {
  for (const char* mount : {"cpu,cpuacct", "cpu"}) {
    Machine machine;
    machine.file(kGroups,
                 "12:memory:/job\n4:cpu,cpuacct:/job\n2:cpuset:/job\n0::/\n");
    const std::string folder = std::string("/sys/fs/cgroup/") + mount + "/job/";
    machine.file(folder + "cpu.cfs_quota_us", "-1\n");
    machine.file(folder + "cpu.cfs_period_us", "100000\n");
    EXPECT_EQ(machine.quota(), 0);
    machine.file(folder + "cpu.cfs_quota_us", "250000\n");
    EXPECT_EQ(machine.quota(), 3);
  }
}

// cpuset and cpuacct are other controllers.
TEST(CpuQuota, OnlyTheCpuController) {
  Machine machine;
  machine.file(kGroups, "2:cpuset:/job\n3:cpuacct:/job\nnonsense\n:\n");
  for (const char* folder :
       {"/sys/fs/cgroup/cpuset/job/", "/sys/fs/cgroup/cpuacct/job/",
        "/sys/fs/cgroup/cpu/job/"}) {
    machine.file(std::string(folder) + "cpu.cfs_quota_us", "100000\n");
    machine.file(std::string(folder) + "cpu.cfs_period_us", "100000\n");
  }
  EXPECT_EQ(machine.quota(), 0);
}

TEST(CpuQuota, AvailableThreadsKeepIt) {
  EXPECT_GE(available_threads(), 1);
  const int quota = cpu_quota();
  if (quota > 0) {
    EXPECT_LE(available_threads(), quota);
  }
}

TEST(MemoryQuota, TheSmallestOfAllThatSayOne) {
  EXPECT_EQ(Machine().memory(), 0u);
  Machine machine;
  machine.file(kGroups, "0::/a/b\n");
  machine.file("/sys/fs/cgroup/a/b/memory.max", "max\n");
  EXPECT_EQ(machine.memory(), 0u);
  machine.file("/sys/fs/cgroup/memory.max", "8589934592\n");
  EXPECT_EQ(machine.memory(), std::uint64_t{1} << 33);
  machine.file("/sys/fs/cgroup/a/memory.max", "1073741824\n");
  EXPECT_EQ(machine.memory(), std::uint64_t{1} << 30);
  EXPECT_EQ(machine.quota(), 0);
}

TEST(MemoryQuota, Version1) {
  Machine machine;
  machine.file(kGroups, "9:cpu:/x\n4:memory:/job/7\n");
  const std::string mount = "/sys/fs/cgroup/memory";
  machine.file(mount + "/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(machine.memory(), 0u);
  machine.file(mount + "/job/7/memory.limit_in_bytes", "536870912\n");
  EXPECT_EQ(machine.memory(), std::uint64_t{1} << 29);
  machine.file(mount + "/x/memory.limit_in_bytes", "1\n");  // another's
  EXPECT_EQ(machine.memory(), std::uint64_t{1} << 29);
}
