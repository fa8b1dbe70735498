#include <sched.h>
#ifndef _WIN32
#include <sys/wait.h>
#include <unistd.h>
#endif

#include <thread>

#include "base/parallel.hpp"
#include "test_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

// Every index once, in blocks of at most `grain`, by workers that exist.
TEST(ParallelFor, VisitsEveryIndexOnce) {
  for (int n_threads : {1, 2, 4, 16})
    for (std::size_t grain : {0, 1, 3, 64, 1000})
      for (std::size_t n : {1, 2, 63, 64, 65, 500}) {
        std::vector<std::atomic<int>> visits(n);
        std::atomic<int> bad_blocks{0};
        parallel_for(n, grain, threads(n_threads),
                     [&](std::size_t begin, std::size_t end, int worker) {
                       if (begin >= end || end > n || worker < 0 ||
                           worker >= n_threads ||
                           end - begin > std::max<std::size_t>(1, grain))
                         ++bad_blocks;
                       for (std::size_t i = begin; i < end; ++i) ++visits[i];
                     });
        ASSERT_EQ(bad_blocks, 0);
        for (std::size_t i = 0; i < n; ++i)
          ASSERT_EQ(visits[i], 1) << i << " of " << n << ", grain " << grain;
      }
}

TEST(ParallelFor, NothingToDo) {
  int calls = 0;
  parallel_for(0, 1, threads(4),
               [&](std::size_t, std::size_t, int) { ++calls; });
  EXPECT_EQ(calls, 0);
}

// Two blocks that wait for each other: only done if two threads really run.
TEST(ParallelFor, RunsInParallel) {
  std::atomic<int> arrived{0};
  std::atomic<bool> met{true};
  parallel_for(2, 1, threads(2), [&](std::size_t, std::size_t, int) {
    ++arrived;
    const auto deadline =
        std::chrono::steady_clock::now() + std::chrono::seconds(5);
    while (arrived < 2) {
      if (std::chrono::steady_clock::now() > deadline) {
        met = false;
        return;
      }
      std::this_thread::yield();
    }
  });
  EXPECT_TRUE(met);
}

// A worker's scratch memory is its own while it works.
TEST(ParallelFor, WorkersDoNotShareANumber) {
  std::vector<std::atomic<int>> busy(4);
  std::atomic<int> clashes{0};
  parallel_for(2000, 1, threads(4), [&](std::size_t, std::size_t, int w) {
    if (busy[w]++ != 0) ++clashes;
    std::this_thread::yield();
    --busy[w];
  });
  EXPECT_EQ(clashes, 0);
}

TEST(ParallelFor, RethrowsAnException) {
  for (int n_threads : {1, 2, 4})
    for (std::size_t bad : {0, 17, 99}) {
      std::string message;
      const auto run = [&] {
        parallel_for(100, 1, threads(n_threads),
                     [&](std::size_t begin, std::size_t, int) {
                       if (begin == bad)
                         throw InvalidArgument("bad " + std::to_string(begin));
                     });
      };
      EXPECT_EQ(kind_of_error(run, &message), "invalid_argument");
      EXPECT_EQ(message, "bad " + std::to_string(bad));
    }
}

TEST(ParallelFor, StopsAfterAnException) {
  std::atomic<int> calls{0};
  EXPECT_THROW(parallel_for(1000000, 1, threads(2),
                            [&](std::size_t, std::size_t, int) {
                              ++calls;
                              throw std::runtime_error("first");
                            }),
               std::runtime_error);
  EXPECT_LE(calls, 2);  // one a worker at most
}

TEST(ParallelFor, EveryWorkerMayThrow) {
  for (int round = 0; round < 50; ++round)
    EXPECT_THROW(parallel_for(8, 1, threads(4),
                              [](std::size_t, std::size_t, int) {
                                throw std::runtime_error("all");
                              }),
                 std::runtime_error);
}

namespace {

// Notes which thread asked, as R may be asked by the main thread only.
class AskedOn : public Host {
 public:
  bool cancelled() override {
    ++asked;
    if (std::this_thread::get_id() != home) elsewhere = true;
    return stop;
  }
  const std::thread::id home = std::this_thread::get_id();
  std::atomic<int> asked{0};
  std::atomic<bool> elsewhere{false};
  std::atomic<bool> stop{false};
};

}  // namespace

TEST(ParallelFor, CancellationStopsEarly) {
  for (int n_threads : {1, 2, 4}) {
    AskedOn host;
    host.stop = true;
    std::atomic<std::size_t> done{0};
    EXPECT_THROW(parallel_for(5000, 1, threads(n_threads, &host),
                              [&](std::size_t, std::size_t, int) {
                                ++done;
                                std::this_thread::sleep_for(
                                    std::chrono::microseconds(200));
                              }),
                 Cancelled);
    EXPECT_LT(done, 5000u);
    EXPECT_FALSE(host.elsewhere);
  }
}

TEST(ParallelFor, AsksTheHostByTimeOnTheCallingThread) {
  AskedOn host;
  const auto start = std::chrono::steady_clock::now();
  parallel_for(400, 1, threads(4, &host), [](std::size_t, std::size_t, int) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  });
  const std::chrono::duration<double, std::milli> took =
      std::chrono::steady_clock::now() - start;
  EXPECT_GE(host.asked, 2);
  EXPECT_LE(host.asked, took.count() / 50 + 1);
  EXPECT_FALSE(host.elsewhere);
}

// Of tasks that take seconds each asks for itself; the calling thread asks the
// host even when it has no task left.
TEST(ParallelTasks, OthersStopWhenTheHostWantsTo) {
  for (int n_threads : {2, 4}) {
    AskedOn host;
    std::atomic<int> stopped{0};
    const auto start = std::chrono::steady_clock::now();
    EXPECT_THROW(parallel_tasks(n_threads, 1, threads(n_threads, &host),
                                [&](std::size_t task, std::size_t, int worker,
                                    const Execution& alone) {
                                  EXPECT_EQ(alone.threads, 1);
                                  if (worker == 0 && task > 0) return;
                                  host.stop = true;
                                  CancelPoll poll(alone.host);
                                  for (int i = 0; i < 4000; ++i) {
                                    std::this_thread::sleep_for(
                                        std::chrono::milliseconds(1));
                                    if (!poll()) continue;
                                    ++stopped;
                                    throw Cancelled();
                                  }
                                }),
                 Cancelled);
    const std::chrono::duration<double> took =
        std::chrono::steady_clock::now() - start;
    EXPECT_LT(took.count(), 3.0);
    EXPECT_GT(stopped, 0);
    EXPECT_FALSE(host.elsewhere);
  }
}

TEST(CancelPoll, WithoutAHostNeverStops) {
  CancelPoll poll(nullptr);
  EXPECT_FALSE(poll());
  EXPECT_NO_THROW(poll.check());
  StoppingHost host;
  CancelPoll stopping(&host);
  EXPECT_THROW(stopping.check(), Cancelled);
}

TEST(Threads, AtLeastOneAndNeverMoreThanWanted) {
  EXPECT_EQ(usable_threads(-3), 1);
  EXPECT_EQ(usable_threads(0), 1);
  EXPECT_EQ(usable_threads(1), 1);
  EXPECT_EQ(usable_threads(7), 7);
}

#ifndef _WIN32
TEST(Threads, AvailableThreadsHonourTheAffinityMask) {
  cpu_set_t before;
  ASSERT_EQ(sched_getaffinity(0, sizeof(before), &before), 0);
  EXPECT_EQ(available_threads(), CPU_COUNT(&before));
  cpu_set_t one;
  CPU_ZERO(&one);
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(cpu, &before)) {
      CPU_SET(cpu, &one);
      break;
    }
  ASSERT_EQ(sched_setaffinity(0, sizeof(one), &one), 0);
  EXPECT_EQ(available_threads(), 1);
  ASSERT_EQ(sched_setaffinity(0, sizeof(before), &before), 0);
}

// What parallel::mclapply does: threads in the parent, fork, threads in the
// child, which has none but its own; the alarm ends what waits for others.
TEST(Threads, AForkedChildUsesOneThreadAndDoesNotHang) {
  parallel_for(100, 1, threads(4), [](std::size_t, std::size_t, int) {});
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::alarm(20);
    std::atomic<int> sum{0}, others{0};
    parallel_for(100, 1, threads(4), [&](std::size_t i, std::size_t, int w) {
      sum += static_cast<int>(i);
      if (w != 0) ++others;
    });
    ::_exit(sum == 4950 && others == 0 && usable_threads(4) == 1 ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status)) << "the child was ended by a signal";
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_EQ(usable_threads(4), 4);  // the parent keeps its threads
}
#endif
