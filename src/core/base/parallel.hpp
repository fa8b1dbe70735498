// The one parallel primitive: ranges of [0, n) are handed to workers as they
// become free. An exception in a worker is kept and thrown again after the
// join (one that leaves a thread ends the process); cancellation is
// polled by the calling thread alone, at most every 50 ms.
#pragma once
#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <mutex>

#include "base/errors.hpp"
#include "base/ports.hpp"
#include "base/thread_team.hpp"

namespace clustcr {

// Threads a computation that asked for `wanted` really gets: never more than
// asked for, and one in a forked child: threads do not survive a fork, and
// GCC's OpenMP (Faiss's loops) would wait for its own there.
int usable_threads(int wanted);

// Cores this process may run on: of its affinity mask, as far as the quota of
// its control group goes.
int available_threads();

// Polls the host for cancellation, by time.
class CancelPoll {
 public:
  explicit CancelPoll(Host* host) : host_(host) {}
  bool operator()() {
    if (!host_) return false;
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) return false;
    next_ = now + std::chrono::milliseconds(50);
    return host_->cancelled();
  }
  void check() {
    if ((*this)()) throw Cancelled();
  }

 private:
  Host* host_;
  std::chrono::steady_clock::time_point next_{};
};

// What a worker that is not the calling thread asks whether to stop.
class StopFlag : public Host {
 public:
  bool cancelled() override { return set_.load(std::memory_order_relaxed); }
  void set() { set_.store(true, std::memory_order_relaxed); }

 private:
  std::atomic<bool> set_{false};
};

// body(begin, end, worker, alone) for blocks of at most `grain`; `worker`
// counts from 0 to the number of threads - 1 and names the scratch memory to
// use, `alone` is what a body that takes seconds passes on: one thread, and
// whom to ask whether to stop.
template <class Body>
void parallel_tasks(std::size_t n, std::size_t grain,
                    const Execution& execution, Body&& body) {
  if (n == 0) return;
  if (grain == 0) grain = 1;
  const std::size_t blocks = (n + grain - 1) / grain;
  int threads = usable_threads(execution.threads);
  if (static_cast<std::size_t>(threads) > blocks)
    threads = static_cast<int>(blocks);
  // At the start too: of a few short blocks this thread may get none.
  CancelPoll poll(execution.host);
  poll.check();
  std::atomic<std::size_t> next{0};
  StopFlag stop;
  std::exception_ptr failure;
  std::mutex failure_mutex;
  auto guarded = [&](auto&& work) {
    try {
      work();
    } catch (...) {
      std::lock_guard<std::mutex> lock(failure_mutex);
      if (!failure) failure = std::current_exception();
      stop.set();
    }
  };
  auto work = [&](int worker) {
    const Execution alone{1, worker == 0 ? execution.host : &stop};
    guarded([&] {
      while (!stop.cancelled()) {
        const std::size_t block = next.fetch_add(1, std::memory_order_relaxed);
        if (block >= blocks) break;
        const std::size_t begin = block * grain;
        body(begin, begin + grain < n ? begin + grain : n, worker, alone);
        if (worker == 0) poll.check();
      }
    });
  };

  run_team(threads, work, [&] { guarded([&] { poll.check(); }); });
  if (failure) std::rethrow_exception(failure);
}

// The same with body(begin, end, worker).
template <class Body>
void parallel_for(std::size_t n, std::size_t grain, const Execution& execution,
                  Body&& body) {
  parallel_tasks(n, grain, execution,
                 [&](std::size_t begin, std::size_t end, int worker,
                     const Execution&) { body(begin, end, worker); });
}

}  // namespace clustcr
