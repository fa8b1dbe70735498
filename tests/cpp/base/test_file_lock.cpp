#include <chrono>
#include <thread>

#include "base/file_io.hpp"
#include "base/file_lock.hpp"
#include "processes.hpp"
#include "test_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

TEST(FileLock, ObjectsOfOneProcessShareIt) {
  const TemporaryFolder folder;
  const auto first = FileLock::try_take(folder / "lock");
  const auto second = FileLock::try_take(folder / "lock");
  ASSERT_TRUE(first);
  EXPECT_EQ(first, second);
  EXPECT_TRUE(first->is_ours());
  const auto other = FileLock::try_take(folder / "other");
  EXPECT_NE(first, other);
}

#ifndef _WIN32
TEST(FileLock, AnotherProcessIsRefusedUntilItIsFree) {
  const TemporaryFolder folder;
  const std::string path = folder / "lock";
  auto lock = FileLock::try_take(path);
  auto shared = FileLock::try_take(path);
  const auto taken = [&] { return FileLock::try_take(path) ? 1 : 0; };
  EXPECT_EQ(in_child(taken), 0);
  lock.reset();
  EXPECT_EQ(in_child(taken), 0) << "one object holds it still";
  shared.reset();
  EXPECT_EQ(in_child(taken), 1);
  EXPECT_TRUE(FileLock::try_take(path)) << "the child has ended";
}

// A child forked while the lock is held has no part in it, and its end leaves
// it to its owner.
TEST(FileLock, AForkedChildDoesNotInheritIt) {
  const TemporaryFolder folder;
  const std::string path = folder / "lock";
  auto lock = FileLock::try_take(path);
  EXPECT_EQ(in_child([&] {
              if (lock->is_ours() || FileLock::try_take(path)) return 1;
              lock.reset();
              return FileLock::try_take(path) ? 2 : 0;
            }),
            0);
  EXPECT_EQ(in_child([&] { return FileLock::try_take(path) ? 1 : 0; }), 0);
  EXPECT_TRUE(lock->is_ours());
}
#endif

// What was removed and made anew is another lock.
TEST(FileLock, ALockThatWasRemovedKeepsNobodyOut) {
  const TemporaryFolder folder;
  const std::string path = folder / "lock";
  const auto lock = FileLock::try_take(path);
  remove_if_there(path);
  const auto again = FileLock::try_take(path);
  ASSERT_TRUE(again);
  EXPECT_NE(lock, again);
#ifndef _WIN32
  EXPECT_EQ(in_child([&] { return FileLock::try_take(path) ? 1 : 0; }), 0);
#endif
}

TEST(FileLock, ExclusiveLocksAreForOneHolder) {
  const TemporaryFolder folder;
  const std::string path = folder / "lock";
  auto held = take_exclusively(path, 0, nullptr);
  ASSERT_TRUE(held);
  EXPECT_FALSE(take_exclusively(path, 0, nullptr)) << "in this process too";
#ifndef _WIN32
  EXPECT_EQ(
      in_child([&] { return take_exclusively(path, 0, nullptr) ? 1 : 0; }), 0);
#endif
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(take_exclusively(path, 0.2, nullptr));
  EXPECT_GE(std::chrono::steady_clock::now() - start,
            std::chrono::milliseconds(190));
  StoppingHost host(2);
  EXPECT_THROW(take_exclusively(path, 60, &host), Cancelled);
  held.reset();
  EXPECT_TRUE(take_exclusively(path, 0, nullptr));
}

#ifndef _WIN32
TEST(FileLock, WaitingEndsWhenTheHolderDoes) {
  const TemporaryFolder folder;
  const std::string path = folder / "lock";
  Child holder([&] {
    const auto held = take_exclusively(path, 0, nullptr);
    write_bytes(folder / "held", "");
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    return held ? 0 : 1;
  });
  wait_for_file(folder / "held");
  EXPECT_FALSE(take_exclusively(path, 0, nullptr));
  EXPECT_TRUE(take_exclusively(path, 30, nullptr));
  EXPECT_EQ(holder.wait(), 0);
}
#endif
