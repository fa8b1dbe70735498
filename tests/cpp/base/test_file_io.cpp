#ifndef _WIN32
#include <sys/resource.h>
#include <sys/wait.h>
#endif

#include <csignal>
#include <functional>

#include "base/file_io.hpp"
#include "test_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

TEST(FileIo, WritesAndReadsAtAnyPlace) {
  const TemporaryFolder folder;
  const std::string path = folder / "file";
  Random random(1);
  std::string expected;
  {
    File file(path, File::Mode::kWrite);
    for (int i = 0; i < 200; ++i) {
      const std::size_t at = random.below(expected.size() + 1);
      const std::string bytes = random_bytes(&random, random.below(50));
      file.write_at(at, bytes);
      if (at + bytes.size() > expected.size())
        expected.resize(at + bytes.size());
      expected.replace(at, bytes.size(), bytes);
      ASSERT_EQ(file.size(), expected.size());
    }
    file.sync();
  }
  EXPECT_EQ(read_bytes(path), expected);
  EXPECT_EQ(read_whole_file(path), expected);
  const File file(path, File::Mode::kRead);
  for (int i = 0; i < 200; ++i) {
    const std::size_t at = random.below(expected.size());
    std::string part(random.below(expected.size() - at + 1), '?');
    file.read_at(at, part.size(), part.data());
    ASSERT_EQ(part, expected.substr(at, part.size()));
  }
}

TEST(FileIo, OpeningForWritingKeepsWhatIsThere) {
  const TemporaryFolder folder;
  write_bytes(folder / "file", "0123456789");
  File file(folder / "file", File::Mode::kWrite);
  EXPECT_EQ(file.size(), 10u);
  file.write_at(2, "ab");
  file.truncate(6);
  EXPECT_EQ(read_bytes(folder / "file"), "01ab45");
}

TEST(FileIo, ReadingPastTheEndIsDamage) {
  const TemporaryFolder folder;
  write_bytes(folder / "short", "12345");
  const File file(folder / "short", File::Mode::kRead);
  char out[16];
  std::string message;
  EXPECT_EQ(kind_of_error([&] { file.read_at(3, 3, out); }, &message),
            "damaged");
  EXPECT_TRUE(contains(message, folder / "short")) << message;
  EXPECT_EQ(kind_of_error([&] { file.read_at(6, 1, out); }), "damaged");
  EXPECT_EQ(kind_of_error([&] { file.read_at(5, 0, out); }), "none");
}

// Every failure is a StoreError of kind "io" that names the path.
TEST(FileIo, FailuresNameThePath) {
  const TemporaryFolder folder;
  const std::string missing = folder / "no such folder/file";
  const std::vector<std::function<void()>> calls{
      [&] { File(missing, File::Mode::kRead); },
      [&] { File(missing, File::Mode::kWrite); },
      [&] { read_whole_file(missing); },
      [&] { replace_file(missing, "x", false); },
      [&] { replace_file(missing, "x", true); },
      [&] { list_folder(missing); },
      [&] { sync_folder(missing); },
      [&] { sync_file_system(missing); },
      [&] { free_space(missing); }};
  for (std::size_t i = 0; i < calls.size(); ++i) {
    std::string message;
    EXPECT_EQ(kind_of_error(calls[i], &message), "io") << i;
    EXPECT_TRUE(contains(message, missing)) << message;
    EXPECT_THROW(calls[i](), StoreError) << i;
  }
  write_bytes(folder / "plain", "x");
  EXPECT_EQ(kind_of_error([&] { make_folders(folder / "plain/below"); }), "io");
  EXPECT_EQ(kind_of_error([&] { list_folder(folder / "plain"); }), "io");
  EXPECT_EQ(kind_of_error([&] { read_whole_file(folder.path()); }), "io");
}

#ifndef _WIN32
// /dev/full answers every write with ENOSPC.
TEST(FileIo, AFullDiskHasAKindOfItsOwn) {
  if (!file_is_there("/dev/full")) GTEST_SKIP() << "/dev/full is not there";
  File full("/dev/full", File::Mode::kWrite);
  std::string message;
  EXPECT_EQ(kind_of_error([&] { full.write_at(0, "x"); }, &message),
            "disk_full");
  EXPECT_TRUE(contains(message, "/dev/full")) << message;
}
#endif

TEST(FileIo, ReplaceFileReplacesAll) {
  const TemporaryFolder folder;
  const std::string path = folder / "file";
  for (bool durable : {false, true}) {
    replace_file(path, "a long first content", durable);
    EXPECT_EQ(read_bytes(path), "a long first content");
    replace_file(path, "short", durable);
    EXPECT_EQ(read_bytes(path), "short");
    replace_file(path, "", durable);
    EXPECT_EQ(read_bytes(path), "");
    // What a crash in the middle has left is no hindrance, and goes with it.
    write_bytes(path + ".123-1.part", "the rest of a longer, torn write");
    replace_file(path, "whole", durable);
    EXPECT_EQ(read_bytes(path), "whole");
    write_bytes(path + ".1.part.txt", "a stranger's");
    write_bytes(folder / "file2.1-1.part", "of another file");
    remove_with_unfinished(path);
    EXPECT_EQ(files_below(folder.path()),
              (std::vector<std::string>{"file.1.part.txt", "file2.1-1.part"}));
  }
}

#ifndef _WIN32
// The old content stays until the new is complete: here it can't be completed,
// as no file may grow beyond 10 bytes. What was written of it goes again.
TEST(FileIo, ReplaceFileLeavesTheOldWhereItFails) {
  const TemporaryFolder folder;
  const std::string path = folder / "file";
  replace_file(path, "old", false);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const struct rlimit limit = {10, 10};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const std::string kind = kind_of_error(
        [&] { replace_file(path, std::string(100, 'x'), false); });
    ::_exit(kind == "io" ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  EXPECT_EQ(read_bytes(path), "old");
  EXPECT_EQ(files_below(folder.path()), std::vector<std::string>{"file"});
  // Nor can a folder be replaced by a file.
  make_folders(folder / "folder/below");
  EXPECT_EQ(kind_of_error([&] { replace_file(folder / "folder", "x", false); }),
            "io");
  EXPECT_TRUE(folder_exists(folder / "folder/below"));
}

// A reader in another process sees the whole old or the whole new content.
TEST(FileIo, ReplaceFileIsOneStepForOthers) {
  const TemporaryFolder folder;
  const std::string path = folder / "file";
  const auto content = [](int i) {
    return std::string(static_cast<std::size_t>(1000 + i % 7 * 3000),
                       static_cast<char>('a' + i % 7));
  };
  replace_file(path, content(0), false);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    int torn = 0;
    for (int reads = 0; reads < 2000; ++reads) {
      const std::string seen = read_bytes(path);
      int i = seen.empty() ? 0 : seen[0] - 'a';
      if (seen != content(i)) ++torn;
    }
    ::_exit(torn == 0 ? 0 : 1);
  }
  int status = -1;
  int i = 0;
  while (::waitpid(child, &status, WNOHANG) == 0)
    replace_file(path, content(++i), false);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  EXPECT_GT(i, 10);
}
#endif

TEST(FileIo, FoldersAreMadeWithThoseAbove) {
  const TemporaryFolder folder;
  make_folders(folder / "a/b/c");
  EXPECT_TRUE(folder_exists(folder / "a/b/c"));
  EXPECT_NO_THROW(make_folders(folder / "a/b/c"));
  EXPECT_NO_THROW(make_folders(folder / "a/b/d/"));
  EXPECT_TRUE(folder_exists(folder / "a/b/d"));
  write_bytes(folder / "a/file", "x");
  EXPECT_FALSE(folder_exists(folder / "a/file"));
  EXPECT_TRUE(path_exists(folder / "a/file"));
  EXPECT_FALSE(path_exists(folder / "a/nothing"));
  EXPECT_EQ(list_folder(folder / "a"), (std::vector<std::string>{"b", "file"}));
}

TEST(FileIo, RemovingSparesWhatIsNotEmpty) {
  const TemporaryFolder folder;
  make_folders(folder / "full");
  write_bytes(folder / "full/file", "x");
  remove_if_there(folder / "full");
  EXPECT_TRUE(path_exists(folder / "full/file"));
  remove_if_there(folder / "full/file");
  EXPECT_FALSE(path_exists(folder / "full/file"));
  remove_if_there(folder / "full");
  EXPECT_FALSE(path_exists(folder / "full"));
  EXPECT_NO_THROW(remove_if_there(folder / "full"));
  EXPECT_NO_THROW(remove_if_there(folder / "full/file"));
}

TEST(FileIo, ALockHasOneHolder) {
  const TemporaryFolder folder;
  const std::string path = folder / "lock";
  {
    File first(path, File::Mode::kWrite);
    EXPECT_TRUE(first.try_lock());
    File second(path, File::Mode::kWrite);
    EXPECT_FALSE(second.try_lock());
  }
  File third(path, File::Mode::kWrite);
  EXPECT_TRUE(third.try_lock()) << "the lock must go with its holder";
}

#ifndef _WIN32
// However the holder ends: there are no stale locks.
TEST(FileIo, AKilledProcessLeavesNoLock) {
  const TemporaryFolder folder;
  const std::string path = folder / "lock";
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    File held(path, File::Mode::kWrite);
    const char answer = held.try_lock() ? 'y' : 'n';
    if (::write(ready[1], &answer, 1) != 1) ::_exit(1);
    for (;;) ::pause();
  }
  char answer = '?';
  ASSERT_EQ(::read(ready[0], &answer, 1), 1);
  EXPECT_EQ(answer, 'y');
  File file(path, File::Mode::kWrite);
  EXPECT_FALSE(file.try_lock());
  ASSERT_EQ(::kill(child, SIGKILL), 0);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(file.try_lock());
  ::close(ready[0]);
  ::close(ready[1]);
}
#endif

TEST(FileIo, SpaceAndSyncWorkOnRealFolders) {
  const TemporaryFolder folder;
  EXPECT_GT(free_space(folder.path()), 0u);
  EXPECT_NO_THROW(sync_folder(folder.path()));
  EXPECT_NO_THROW(sync_file_system(folder.path()));
}

// What stands in for syncfs() where there is none.
TEST(FileIo, SyncsEveryFileBelow) {
  TemporaryFolder folder;
  make_folders(folder / "a/b");
  make_folders(folder / "empty");
  for (const char* name : {"1", "a/2", "a/b/3", "a/b/4"})
    replace_file(folder / name, "text", false);
#ifndef _WIN32
  ASSERT_EQ(::symlink("nowhere", (folder / "a/link").c_str()), 0);
#endif
  EXPECT_EQ(sync_files_below(folder.path()), 4u);
  EXPECT_EQ(sync_files_below(folder / "empty"), 0u);
  EXPECT_EQ(kind_of_error([&] { sync_files_below(folder / "none"); }), "io");
  EXPECT_EQ(read_whole_file(folder / "a/b/4"), "text");
}

#ifndef _WIN32
// Whoever puts a link under a name that we use has us write to his target.
TEST(FileIo, LinksAreNotFollowedForWriting) {
  const TemporaryFolder folder;
  write_bytes(folder / "target", "mine");
  ASSERT_EQ(::symlink((folder / "target").c_str(), (folder / "link").c_str()),
            0);
  ASSERT_EQ(
      ::symlink((folder / "nowhere").c_str(), (folder / "dangling").c_str()),
      0);
  for (const char* name : {"link", "dangling"})
    for (const File::Mode mode : {File::Mode::kWrite, File::Mode::kNew}) {
      std::string message;
      const std::string kind =
          kind_of_error([&] { File(folder / name, mode); }, &message);
      EXPECT_TRUE(kind == "foreign" ||
                  (mode == File::Mode::kNew && kind == "io"))
          << kind;
      EXPECT_TRUE(contains(message, folder / name)) << message;
    }
  EXPECT_EQ(read_bytes(folder / "target"), "mine");
  EXPECT_FALSE(file_is_there(folder / "nowhere"));
  // A link in the place of a file that is replaced goes; its target stays.
  replace_file(folder / "link", "ours", false);
  EXPECT_EQ(read_bytes(folder / "link"), "ours");
  EXPECT_EQ(read_bytes(folder / "target"), "mine");
  // Folders may be links: users put them elsewhere.
  make_folders(folder / "real");
  ASSERT_EQ(::symlink((folder / "real").c_str(), (folder / "alias").c_str()),
            0);
  replace_file(folder / "alias/file", "text", true);
  EXPECT_EQ(read_bytes(folder / "real/file"), "text");
}
#endif

TEST(FileIo, ANewFileMustBeNew) {
  const TemporaryFolder folder;
  File(folder / "file", File::Mode::kNew).write_at(0, "first");
  EXPECT_EQ(kind_of_error([&] { File(folder / "file", File::Mode::kNew); }),
            "io");
  EXPECT_EQ(read_bytes(folder / "file"), "first");
}

#ifndef _WIN32
TEST(FileIo, PipesAreNotWaitedFor) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  for (const File::Mode mode : {File::Mode::kRead, File::Mode::kWrite}) {
    std::string message;
    EXPECT_EQ(kind_of_error([&] { File(folder / "pipe", mode); }, &message),
              "foreign");
    EXPECT_TRUE(contains(message, "is a pipe")) << message;
  }
}
#endif

TEST(FileIo, FoldersThatWereRemovedDoNotComeBack) {
  const TemporaryFolder folder;
  make_folders(folder / "base");
  make_folders_below(folder / "base", folder / "base/a/b");
  EXPECT_TRUE(folder_exists(folder / "base/a/b"));
  std::filesystem::remove_all(folder / "base");
  EXPECT_EQ(kind_of_error([&] {
              make_folders_below(folder / "base", folder / "base/a/b");
            }),
            "io");
  EXPECT_FALSE(path_exists(folder / "base"));
}

TEST(FileIo, OnlyEmptyLocksAreRemoved) {
  const TemporaryFolder folder;
  write_bytes(folder / "lock", "");
  write_bytes(folder / "mine", "notes");
  make_folders(folder / "folder");
#ifndef _WIN32
  ASSERT_EQ(::symlink((folder / "lock").c_str(), (folder / "link").c_str()), 0);
#endif
  for (const char* name : {"mine", "folder", "link", "lock", "none"})
    remove_if_empty(folder / name);
  EXPECT_FALSE(file_is_there(folder / "lock"));
  EXPECT_TRUE(file_is_there(folder / "mine"));
  EXPECT_TRUE(file_is_there(folder / "folder"));
#ifndef _WIN32
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
#endif
}
