#include "base/thread_team.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "base/system.hpp"

namespace clustcr {
namespace {

// Of one short loop after the other each would pay for falling asleep and
// waking, some 50 us; so long a thread looks for more before it sleeps.
constexpr auto kLookOut = std::chrono::microseconds(20);

constexpr auto kMeanwhile = std::chrono::milliseconds(50);

template <class Condition>
bool comes_soon(const Condition& condition) {
  const auto end = std::chrono::steady_clock::now() + kLookOut;
  do {
    for (int i = 0; i < 32; ++i) {
      if (condition()) return true;
#if defined(__x86_64__) || defined(__i386__)
      __builtin_ia32_pause();
#endif
    }
  } while (std::chrono::steady_clock::now() < end);
  return false;
}

class Team {
 public:
  ~Team() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      stop_ = true;
    }
    begin_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  void run(int threads, const std::function<void(int)>& work,
           const std::function<void()>& meanwhile) {
    grow(static_cast<std::size_t>(threads - 1));
    {
      std::lock_guard<std::mutex> lock(mutex_);
      work_ = &work;
      next_ = 1;
      end_ = std::min(threads, static_cast<int>(threads_.size()) + 1);
      ++call_;
    }
    begin_.notify_all();
    work(0);
    // Who has not begun by now need not.
    std::unique_lock<std::mutex> lock(mutex_);
    end_ = 0;
    lock.unlock();
    const auto all_ended = [&] { return at_work_.load() == 0; };
    if (comes_soon(all_ended)) return;
    lock.lock();
    while (!ended_.wait_for(lock, kMeanwhile, all_ended)) {
      lock.unlock();
      meanwhile();
      lock.lock();
    }
  }

 private:
  // Signals are for the thread of R.
  void grow(std::size_t wanted) {
    if (threads_.size() >= wanted) return;
    sys::without_signals([&] {
      try {
        while (threads_.size() < wanted)
          threads_.emplace_back([this] { wait(); });
      } catch (const std::system_error&) {
        // No more are to be had; those that are there do the work.
      }
    });
  }

  void wait() {
    std::uint64_t seen = 0;
    for (;;) {
      comes_soon([&] { return call_.load() != seen; });
      std::unique_lock<std::mutex> lock(mutex_);
      begin_.wait(lock, [&] { return stop_ || call_.load() != seen; });
      if (stop_) return;
      seen = call_.load();
      if (next_ >= end_) continue;
      const int worker = next_++;
      const std::function<void(int)>& work = *work_;
      ++at_work_;
      lock.unlock();
      work(worker);
      lock.lock();
      if (--at_work_ == 0) ended_.notify_one();
    }
  }

  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::condition_variable begin_, ended_;
  // Written with the lock.
  std::atomic<std::uint64_t> call_{0};
  std::atomic<int> at_work_{0};
  const std::function<void(int)>* work_ = nullptr;
  int next_ = 0, end_ = 0;  // numbers of workers that may begin
  bool stop_ = false;
};

class TeamOwner {
 public:
  ~TeamOwner() {
    if (!sys::kThreadsEndBeforeLibraries) end();
  }
  void run(int threads, const std::function<void(int)>& work,
           const std::function<void()>& meanwhile) {
    if (taken_.test_and_set(std::memory_order_acquire)) {
      work(0);
      return;
    }
    if (!team_) team_ = new Team();
    team_->run(threads, work, meanwhile);
    taken_.clear(std::memory_order_release);
  }
  // In a forked child there is nobody to wait for.
  void end() {
    if (!sys::in_forked_child()) delete team_;
    team_ = nullptr;
  }

 private:
  std::atomic_flag taken_ = ATOMIC_FLAG_INIT;
  Team* team_ = nullptr;
};

TeamOwner owner;

}  // namespace

void run_team(int threads, const std::function<void(int)>& work,
              const std::function<void()>& meanwhile) {
  if (threads <= 1 || sys::in_forked_child())
    work(0);
  else
    owner.run(threads, work, meanwhile);
}

void end_team() { owner.end(); }

}  // namespace clustcr
