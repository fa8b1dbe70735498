#include "base/checksum.hpp"
#include "base/file_io.hpp"
#include "base/partition_files.hpp"
#include "test_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

// Rows of several threads are those that one would append, in memory that holds
// them all and in memory that holds none.
TEST(PartitionFiles, RowsStandInTheirOrderWhateverTheThreads) {
  constexpr std::size_t kParts = 21;
  Random random(21);
  std::vector<std::size_t> part;
  std::vector<std::string> row, expected(kParts);
  for (std::size_t i = 0; i < 40000; ++i) {
    part.push_back(random.chance(10) ? PartitionFiles::kNoPart
                                     : random.below(kParts - 1));
    row.push_back(std::to_string(i) + std::string(random.below(30), 'x') +
                  "\n");
    if (part[i] != PartitionFiles::kNoPart) expected[part[i]] += row[i];
  }
  for (std::size_t p = 0; p < kParts; ++p) expected[p] += std::to_string(p);
  for (const int n : {1, 2, 5})
    for (const std::uint64_t memory_limit : {1, 1 << 18, 1 << 30}) {
      const TemporaryFolder folder;
      PartitionFiles files(
          folder.path(), std::vector<PartitionFiles::End>(kParts),
          [&](std::size_t p) { return folder / std::to_string(p); },
          memory_limit, "nothing was written");
      const auto write = [&](std::size_t i, std::string* text) {
        *text += row[i];
      };
      files.append_rows(
          part.size(), threads(n), [&](std::size_t i) { return part[i]; },
          write);
      files.append_rows(
          0, threads(n), [](std::size_t) { return std::size_t{0}; }, write);
      EXPECT_EQ(files.written_to(0), memory_limit < 1 << 30);
      files.append_each(threads(n), [](std::size_t p, std::string* text) {
        *text += std::to_string(p);
      });
      files.flush(threads(n));
      for (std::size_t p = 0; p < kParts; ++p) {
        EXPECT_EQ(read_whole_file(folder / std::to_string(p)), expected[p]);
        EXPECT_EQ(files.end_of(p).bytes, expected[p].size());
        EXPECT_EQ(files.end_of(p).check, crc32c(expected[p]));
      }
    }
}
