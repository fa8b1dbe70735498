#include <sys/stat.h>

#include <chrono>
#include <fstream>
#include <functional>
#include <thread>

#include "base/spool.hpp"
#include "test_helpers.hpp"

using clustcr::spool_pipe;

using namespace clustcr_test;

#ifndef _WIN32
namespace {

double seconds_of(const std::function<void()>& call) {
  const auto start = std::chrono::steady_clock::now();
  call();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
      .count();
}

}  // namespace

TEST(Spool, APipeIsReadFromItsBeginning) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(clustcr::file_kind(folder / "pipe"), "pipe");
  EXPECT_EQ(clustcr::file_kind(folder.path()), "folder");
  EXPECT_EQ(clustcr::file_kind(folder / "none"), "absent");
  EXPECT_EQ(clustcr::file_kind("/dev/null"), "other");
  const std::string text(3 << 20, 'x');
  std::thread writer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    std::ofstream(folder / "pipe") << "first" << text << "last";
  });
  spool_pipe(folder / "pipe", folder / "copy", 10, nullptr);
  writer.join();
  EXPECT_EQ(read_bytes(folder / "copy"), "first" + text + "last");
  EXPECT_EQ(clustcr::file_kind(folder / "copy"), "file");
}

TEST(Spool, AWriterThatDoesNotComeIsNotWaitedForForEver) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  std::string message;
  const double seconds = seconds_of([&] {
    EXPECT_EQ(
        kind_of_error(
            [&] { spool_pipe(folder / "pipe", folder / "copy", 1, nullptr); },
            &message),
        "io");
  });
  EXPECT_GE(seconds, 0.9);
  EXPECT_LT(seconds, 5);
  EXPECT_TRUE(contains(message, "nobody writes to the pipe")) << message;
}

// One that is there may think longer than that.
TEST(Spool, AWriterThatIsThereIsWaitedFor) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  std::thread writer([&] {
    std::ofstream out(folder / "pipe");
    std::this_thread::sleep_for(std::chrono::milliseconds(1500));
    out << "late";
  });
  spool_pipe(folder / "pipe", folder / "copy", 1, nullptr);
  writer.join();
  EXPECT_EQ(read_bytes(folder / "copy"), "late");
}

TEST(Spool, APipeWithoutContentIsEmpty) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  std::thread writer([&] {
    std::ofstream out(folder / "pipe");
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  });
  spool_pipe(folder / "pipe", folder / "copy", 10, nullptr);
  writer.join();
  EXPECT_EQ(read_bytes(folder / "copy"), "");
}
#endif

TEST(Spool, FilesAreAppendedFromAByteOn) {
  const TemporaryFolder folder;
  const std::string text = std::string(3 << 20, 'x') + "end";
  write_bytes(folder / "file", "head\n" + text);
  clustcr::append_file(folder / "file", 0, "", folder / "copy", nullptr);
  clustcr::append_file(folder / "file", 5, "\n", folder / "copy", nullptr);
  EXPECT_EQ(read_bytes(folder / "copy"), "head\n" + text + "\n" + text);
  EXPECT_EQ(kind_of_error([&] {
              clustcr::append_file(folder / "none", 0, "", folder / "copy",
                                   nullptr);
            }),
            "io");
  EXPECT_EQ(kind_of_error([&] {
              clustcr::append_file(folder / "file", 0, "", "/dev/full",
                                   nullptr);
            }),
            "disk_full");
}
