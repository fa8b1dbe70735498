// What base/system.hpp promises, on Unix and on Windows.
#include <chrono>
#include <set>
#include <thread>

#include "base/file_io.hpp"
#include "base/file_lock.hpp"
#include "base/pages.hpp"
#include "base/spill_file.hpp"
#include "base/streams.hpp"
#include "base/system.hpp"
#include "other_program.hpp"
#include "test_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

namespace {

// "Zellen ä 細胞", in UTF-8 and not in the system's characters.
const char kName[] = "Zellen \xc3\xa4 \xe7\xb4\xb0\xe8\x83\x9e";

void sleep_a_little() {
  std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

// Whether it comes true within half a minute.
template <class Condition>
bool comes(Condition condition) {
  for (int turn = 0; turn < 3000; ++turn, sleep_a_little())
    if (condition()) return true;
  return false;
}

std::string content(int i) {
  return std::string(static_cast<std::size_t>(1000 + i % 7 * 3000),
                     static_cast<char>('a' + i % 7));
}

OTHER_PROGRAM(holds_a_lock) {
  File held(folder + "/lock", File::Mode::kWrite);
  if (!held.try_lock()) return 1;
  replace_file(folder + "/ready", std::to_string(sys::process_id()), false);
  std::this_thread::sleep_for(std::chrono::seconds(60));
  return 0;
}

OTHER_PROGRAM(holds_a_spill_file) {
  SpillFile file(folder);
  file.write(0, "text", 4);
  replace_file(folder + "/ready", "", false);
  std::this_thread::sleep_for(std::chrono::seconds(60));
  return 0;
}

OTHER_PROGRAM(reads_what_is_replaced) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  while (std::chrono::steady_clock::now() < end) {
    const std::string seen = read_whole_file(folder + "/file");
    if (seen.empty() || seen != content(seen[0] - 'a')) return 1;
  }
  return 0;
}

OTHER_PROGRAM(says_whether_a_lock_is_free) {
  File file(folder + "/lock", File::Mode::kWrite);
  return file.try_lock() ? 1 : 0;
}

}  // namespace

TEST(System, ALockEndsWithItsProcessHoweverThatEnds) {
  const TemporaryFolder folder;
  OtherProgram other("holds_a_lock", folder.path());
  ASSERT_TRUE(comes([&] { return path_exists(folder / "ready"); }));
  EXPECT_NE(read_whole_file(folder / "ready"),
            std::to_string(sys::process_id()));
  File file(folder / "lock", File::Mode::kWrite);
  EXPECT_FALSE(file.try_lock());
  EXPECT_TRUE(other.is_running());
  other.kill();
  other.wait();
  EXPECT_TRUE(comes([&] { return file.try_lock(); }));
}

TEST(System, ALockKeepsOthersOut) {
  const TemporaryFolder folder;
  const std::string task = "says_whether_a_lock_is_free";
  const auto is_free = [&] { return OtherProgram(task, folder.path()).wait(); };
  auto lock = FileLock::try_take(folder / "lock");
  ASSERT_TRUE(lock);
  EXPECT_EQ(is_free(), 0);
  lock.reset();
  EXPECT_EQ(is_free(), 1);
  auto alone = take_exclusively(folder / "lock", 0, nullptr);
  ASSERT_TRUE(alone);
  EXPECT_EQ(is_free(), 0);
  alone.reset();
  EXPECT_EQ(is_free(), 1);
}

// A lock is a sign and no more: who does not ask for it is not hindered.
TEST(System, WhatIsLockedCanBeReadAndWritten) {
  const TemporaryFolder folder;
  File first(folder / "file", File::Mode::kWrite);
  ASSERT_TRUE(first.try_lock());
  File second(folder / "file", File::Mode::kWrite);
  second.write_at(0, "second");
  first.write_at(6, " first");
  EXPECT_EQ(read_whole_file(folder / "file"), "second first");
  EXPECT_EQ(read_bytes(folder / "file"), "second first");
  second.truncate(3);
  EXPECT_EQ(first.size(), 3u);
}

TEST(System, WhatIsOpenCanBeReplacedAndRemoved) {
  const TemporaryFolder folder;
  write_bytes(folder / "old", "old");
  const File open(folder / "old", File::Mode::kRead);
  EXPECT_TRUE(open.is_in_place());
  remove_if_there(folder / "old");
  EXPECT_FALSE(open.is_in_place());
  char text[3];
  open.read_at(0, 3, text);
  EXPECT_EQ(std::string(text, 3), "old");
  EXPECT_TRUE(comes([&] { return !path_exists(folder / "old"); }));
  File lock(folder / "lock", File::Mode::kWrite);
  ASSERT_TRUE(lock.try_lock());
  remove_if_there(folder / "lock");
  EXPECT_FALSE(lock.is_in_place());
}

TEST(System, ReplacingIsOneStepForOthers) {
  const TemporaryFolder folder;
  replace_file(folder / "file", content(0), false);
  OtherProgram other("reads_what_is_replaced", folder.path());
  int i = 0;
  while (other.is_running()) {
    ++i;
    replace_file(folder / "file", content(i), i % 8 == 0);
  }
  EXPECT_EQ(other.wait(), 0);
  EXPECT_GT(i, 10);
  EXPECT_EQ(list_folder(folder.path()), std::vector<std::string>{"file"});
}

TEST(System, ASpillFileGoesWithItsProcess) {
  const TemporaryFolder folder;
  OtherProgram other("holds_a_spill_file", folder.path());
  ASSERT_TRUE(comes([&] { return path_exists(folder / "ready"); }));
  other.kill();
  other.wait();
  EXPECT_TRUE(comes([&] { return list_folder(folder.path()).size() == 1; }));
}

TEST(System, PathsAreUtf8) {
  const TemporaryFolder top;
  const std::string folder = top / kName;
  make_folders(folder + "/a/" + kName);
  EXPECT_TRUE(folder_exists(folder));
  EXPECT_EQ(list_folder(top.path()), std::vector<std::string>{kName});
  const std::string path = folder + "/" + kName + ".tsv";
  replace_file(path, "text", true);
  EXPECT_EQ(read_whole_file(path), "text");
  EXPECT_EQ(list_folder(folder),
            (std::vector<std::string>{kName + std::string(".tsv"), "a"}));
  std::FILE* const stream = open_stream(path, "ab").release();
  std::fputs(" and more", stream);
  std::fclose(stream);
  EXPECT_EQ(read_whole_file(path), "text and more");
  EXPECT_GT(modification_time(path), 0);
  EXPECT_GT(free_space(folder), 0u);
  EXPECT_EQ(sync_files_below(folder), 1u);
  EXPECT_TRUE(FileLock::try_take(folder + "/lock"));
  SpillFile(folder).write(0, "x", 1);
  std::string message;
  EXPECT_EQ(kind_of_error([&] { File(folder + "/none", File::Mode::kRead); },
                          &message),
            "io");
  EXPECT_TRUE(contains(message, kName)) << message;
  for (const std::string& name :
       {std::string("/lock"), "/" + (kName + std::string(".tsv")),
        "/a/" + std::string(kName), std::string("/a"), std::string()})
    remove_if_there(folder + name);
  EXPECT_TRUE(list_folder(top.path()).empty());
}

// Windows' own functions stop at 260 characters.
TEST(System, PathsMayBeLong) {
  const TemporaryFolder top;
  std::string folder = top.path();
  for (int i = 0; i < 8; ++i) folder += "/" + std::string(50, 'a' + i);
  make_folders(folder);
  replace_file(folder + "/file", "text", true);
  EXPECT_EQ(read_whole_file(folder + "/file"), "text");
  EXPECT_EQ(list_folder(folder), std::vector<std::string>{"file"});
  EXPECT_TRUE(FileLock::try_take(folder + "/lock"));
  remove_if_there(folder + "/file");
  remove_if_there(folder + "/lock");
  while (folder.size() > top.path().size()) {
    remove_if_there(folder);
    EXPECT_FALSE(path_exists(folder));
    folder = folder_of(folder);
  }
}

TEST(System, FoldersAreMadeWhateverSeparates) {
  const TemporaryFolder folder;
  EXPECT_EQ(folder_of("a/b/c"), "a/b");
  EXPECT_EQ(folder_of("a"), "a");
#ifdef _WIN32
  EXPECT_EQ(folder_of("a\\b\\c"), "a\\b");
  EXPECT_EQ(folder_of("a\\b/c"), "a\\b");
  make_folders(folder.path() + "\\a\\b\\c");
  EXPECT_TRUE(folder_exists(folder / "a/b/c"));
  replace_file(folder.path() + "\\a\\file", "text", true);
  remove_with_unfinished(folder.path() + "\\a\\file");
  EXPECT_EQ(list_folder(folder / "a"), std::vector<std::string>{"b"});
#endif
}

TEST(System, KindsOfPathsAreTold) {
  const TemporaryFolder folder;
  write_bytes(folder / "file", "");
  EXPECT_EQ(sys::kind_of(folder / "file"), sys::PathKind::kFile);
  EXPECT_EQ(sys::kind_of(folder.path()), sys::PathKind::kFolder);
  EXPECT_EQ(sys::kind_of(folder / "none"), sys::PathKind::kAbsent);
  EXPECT_EQ(sys::kind_of(folder / "none/below"), sys::PathKind::kAbsent);
  EXPECT_EQ(sys::kind_of(folder / "file/below"), sys::PathKind::kAbsent);
  EXPECT_TRUE(sys::is_empty_file(folder / "file"));
  EXPECT_FALSE(sys::is_empty_file(folder.path()));
}

TEST(System, FailuresHaveWords) {
  std::set<std::string> words;
  for (const auto kind :
       {sys::Failure::Kind::kAbsent, sys::Failure::Kind::kFull,
        sys::Failure::Kind::kLink}) {
    EXPECT_EQ(sys::failure_of(kind).kind, kind);
    words.insert(sys::failure_of(kind).text);
  }
  EXPECT_EQ(words.size(), 3u);
  EXPECT_EQ(words.count(""), 0u);
}

TEST(System, TouchingIsNow) {
  const TemporaryFolder folder;
  write_bytes(folder / "file", "x");
  const std::int64_t before = modification_time(folder / "file");
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  touch_file(folder / "file");
  const std::int64_t after = modification_time(folder / "file");
  EXPECT_GT(after, before);
  const std::int64_t now =
      std::chrono::duration_cast<std::chrono::nanoseconds>(
          std::chrono::system_clock::now().time_since_epoch())
          .count();
  EXPECT_LT(std::abs(now - after), std::int64_t{60} * 1000000000);
}

TEST(System, PagesAreZerosOfTheirOwn) {
  Pages pages(5 << 20);
  ASSERT_EQ(pages.size(), std::size_t{5} << 20);
  for (std::size_t i = 0; i < pages.size(); i += 4096)
    ASSERT_EQ(pages.data()[i], 0);
  pages.data()[pages.size() - 1] = 'x';
  Pages moved = std::move(pages);
  EXPECT_EQ(moved.data()[moved.size() - 1], 'x');
  EXPECT_EQ(pages.data(), nullptr);
  EXPECT_THROW(Pages(SIZE_MAX / 2), std::bad_alloc);
}

TEST(System, HasCores) { EXPECT_GE(sys::cores(), 1); }
