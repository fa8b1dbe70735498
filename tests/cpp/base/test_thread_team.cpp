#ifndef _WIN32
#include <signal.h>
#endif

#include <atomic>
#include <chrono>
#include <ctime>
#include <thread>
#include <vector>

#include "base/parallel.hpp"
#include "base/thread_team.hpp"
#include "test_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

namespace {

// Takes numbers until there are none, as a parallel loop does.
struct Numbers {
  explicit Numbers(int n) : taken(n) {}
  void take(int) {
    for (;;) {
      const int i = next++;
      if (i >= static_cast<int>(taken.size())) return;
      ++taken[i];
    }
  }
  bool all_once() const {
    for (const auto& count : taken)
      if (count != 1) return false;
    return true;
  }
  std::atomic<int> next{0};
  std::vector<std::atomic<int>> taken;
};

const std::function<void()> idle = [] {};

}  // namespace

// Who comes late must not touch the work of a call that has returned.
TEST(ThreadTeam, ManyShortCalls) {
  for (int round = 0; round < 20000; ++round) {
    Numbers numbers(round % 7);
    run_team(
        1 + round % 5, [&](int worker) { numbers.take(worker); }, idle);
    ASSERT_TRUE(numbers.all_once()) << round;
  }
}

TEST(ThreadTeam, WorkersAreNumberedOnceEach) {
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::atomic<int>> seen(4);
    run_team(
        4,
        [&](int worker) {
          ++seen[worker];
          std::this_thread::yield();
        },
        idle);
    ASSERT_EQ(seen[0], 1);
    for (const auto& count : seen) ASSERT_LE(count, 1);
  }
}

TEST(ThreadTeam, CallsWithinCallsAreDone) {
  std::atomic<int> sum{0};
  parallel_for(8, 1, threads(4), [&](std::size_t, std::size_t, int) {
    parallel_for(100, 7, threads(4),
                 [&](std::size_t begin, std::size_t end, int) {
                   sum += static_cast<int>(end - begin);
                 });
  });
  EXPECT_EQ(sum, 800);
}

TEST(ThreadTeam, CallsOfSeveralThreadsAreDone) {
  std::atomic<int> done{0};
  std::vector<std::thread> callers;
  for (int t = 0; t < 4; ++t)
    callers.emplace_back([&] {
      for (int round = 0; round < 500; ++round) {
        Numbers numbers(20);
        run_team(
            3, [&](int worker) { numbers.take(worker); }, idle);
        done += numbers.all_once();
      }
    });
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(done, 2000);
}

#ifndef _WIN32
// A handler of R's must not run on a worker.
TEST(ThreadTeam, WorkersTakeNoSignals) {
  std::atomic<int> others{0}, blocked{0};
  for (int round = 0; round < 1000 && others < 20; ++round)
    run_team(
        4,
        [&](int worker) {
          std::this_thread::sleep_for(std::chrono::milliseconds(1));
          if (worker == 0) return;
          ++others;
          sigset_t mask;
          pthread_sigmask(SIG_SETMASK, nullptr, &mask);
          blocked += sigismember(&mask, SIGINT) == 1;
        },
        idle);
  EXPECT_GT(others, 0);
  EXPECT_EQ(blocked, others);
}
#endif

// Before a library is unloaded; the next call begins anew.
TEST(ThreadTeam, EndsAndBeginsAgain) {
  for (int round = 0; round < 3; ++round) {
    Numbers numbers(100);
    run_team(
        4, [&](int worker) { numbers.take(worker); }, idle);
    EXPECT_TRUE(numbers.all_once());
    end_team();
    end_team();
  }
}

#ifndef _WIN32  // whose clock() is the wall's
TEST(ThreadTeam, SleepsWhileThereIsNothingToDo) {
  run_team(
      4, [](int) {}, idle);
  const std::clock_t before = std::clock();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  const double cpu = double(std::clock() - before) / CLOCKS_PER_SEC;
  EXPECT_LT(cpu, 0.05);
}
#endif
