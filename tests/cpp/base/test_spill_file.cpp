#include <thread>

#include "base/spill_file.hpp"
#include "test_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

TEST(SpillFile, HasNoNameThatStays) {
  const TemporaryFolder folder;
  {
    SpillFile first(folder.path()), second(folder.path());
    first.write(0, "first", 5);
    second.write(0, "second", 6);
  }
  EXPECT_TRUE(files_below(folder.path()).empty());
}

// Pieces of all sizes, none among them, against what was written.
TEST(SpillFile, ScattersWhatItHas) {
  const TemporaryFolder folder;
  Random random(1);
  const std::string text = random_bytes(&random, 3 << 20);
  SpillFile file(folder.path());
  for (std::size_t at = 0; at < text.size(); at += 1 << 19)
    file.write(at, text.data() + at, 1 << 19);
  for (int round = 0; round < 200; ++round) {
    const std::size_t begin = random.below(1 << 20);
    std::vector<std::string> to;
    std::size_t end = begin;
    const std::size_t most = round % 3 == 0 ? 200000 : round % 3 == 1 ? 300 : 9;
    while (to.size() < 1200 && end + most <= text.size()) {
      to.emplace_back(random.below(most), '?');
      end += to.back().size();
    }
    std::vector<sys::Piece> pieces;
    for (std::string& piece : to)
      pieces.push_back({piece.data(), piece.size()});
    file.read(begin, pieces.data(), pieces.size());
    std::string all;
    for (const std::string& piece : to) all += piece;
    ASSERT_EQ(all, text.substr(begin, end - begin)) << round;
  }
}

TEST(SpillFile, ItsEndIsAnError) {
  const TemporaryFolder folder;
  SpillFile file(folder.path());
  file.write(0, "0123456789", 10);
  char to[20];
  for (const std::size_t size : {5u, 6u, 15u}) {
    std::vector<sys::Piece> pieces{{to, 5}, {to + 5, size}};
    std::string message;
    EXPECT_EQ(kind_of_error([&] { file.read(0, pieces.data(), 2); }, &message),
              size == 5 ? "none" : "io");
    EXPECT_TRUE(size == 5 || contains(message, folder.path())) << message;
  }
}

TEST(SpillFile, ThreadsReadAndWriteAtOnce) {
  const TemporaryFolder folder;
  SpillFile file(folder.path());
  std::vector<int> wrong(4);
  std::vector<std::thread> workers;
  for (std::size_t w = 0; w < 4; ++w)
    workers.emplace_back([&, w] {
      for (std::size_t i = 0; i < 200; ++i) {
        const std::string mine(1000, static_cast<char>('a' + (w + i) % 26));
        file.write((4 * i + w) * 1000, mine.data(), 1000);
        std::string back(1000, '?');
        sys::Piece pieces[] = {{&back[0], 400}, {&back[400], 600}};
        file.read((4 * i + w) * 1000, pieces, 2);
        wrong[w] += back != mine;
      }
    });
  for (std::thread& worker : workers) worker.join();
  EXPECT_EQ(wrong, std::vector<int>(4));
}

TEST(SpillFile, ItsFolderMustBeThere) {
  const TemporaryFolder folder;
  std::string message;
  EXPECT_EQ(kind_of_error([&] { SpillFile(folder / "none"); }, &message), "io");
  EXPECT_TRUE(contains(message, folder / "none")) << message;
}
