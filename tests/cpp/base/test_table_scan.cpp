#include <fstream>
#include <sstream>

#include "base/errors.hpp"
#include "base/spool.hpp"
#include "base/table_scan.hpp"
#include "test_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

namespace {

class TableScanTest : public ::testing::Test {
 protected:
  std::string written(const std::string& text) {
    const std::string path = folder_.path() + "/table";
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  TableScan scan(const std::string& text, std::uint64_t chunk = 1000,
                 bool copy = false) {
    const std::string path = written(text);
    return scan_table(path, format_, chunk, copy ? path + ".copy" : "",
                      nullptr);
  }
  std::string copied(const std::string& text) {
    scan(text, 1000, true);
    std::ifstream in(folder_.path() + "/table.copy", std::ios::binary);
    std::stringstream all;
    all << in.rdbuf();
    return all.str();
  }

  TemporaryFolder folder_;
  TableFormat format_;
};

}  // namespace

TEST_F(TableScanTest, EvenRowsNeedNoCopy) {
  format_.fields = 3;
  const TableScan found = scan("a\tb\tc\n\t\t\nd\te\tf");
  EXPECT_EQ(found.rows, 3u);
  EXPECT_FALSE(found.uneven());
  EXPECT_EQ(found.cuts, (std::vector<std::uint64_t>{0, 14}));
}

TEST_F(TableScanTest, EachProblemIsCountedWithItsFirstLine) {
  format_.fields = 3;
  format_.needed = 2;
  format_.line = 2;
  const TableScan found =
      scan("a\tb\tc\na\tb\na\n\na\tb\tc\t\t\na\tb\tc\td\na\tb\tc\n\n\n");
  EXPECT_EQ(found.rows, 4u);
  EXPECT_EQ(found.padded.rows, 1u);
  EXPECT_EQ(found.padded.line, 3u);
  EXPECT_EQ(found.malformed.rows, 2u);  // the blank line in between too
  EXPECT_EQ(found.malformed.line, 4u);
  EXPECT_EQ(found.malformed_lines, (std::vector<std::uint64_t>{4, 5}));
  EXPECT_EQ(found.trimmed.line, 6u);
  EXPECT_EQ(found.too_long.line, 7u);
  EXPECT_EQ(found.too_long.fields, 4u);
  EXPECT_TRUE(found.uneven());
}

TEST_F(TableScanTest, TheCopyHasAllFieldsOfEachRow) {
  format_.fields = 3;
  format_.needed = 2;
  EXPECT_EQ(copied("a\tb\na\n\na\tb\tc\t\t\r\na\tb\tc\n\n"),
            "a\tb\t\na\tb\tc\na\tb\tc\n");
  format_.line_end = '\r';
  EXPECT_EQ(copied("a\tb\ra\tb\tc\r"), "a\tb\t\na\tb\tc\n");
}

TEST_F(TableScanTest, ALastRowThatWasCutIsMalformed) {
  format_.fields = 3;
  EXPECT_EQ(scan("a\tb\tc\na\tb").malformed.line, 2u);
  EXPECT_EQ(scan("a\tb\tc\na\tb\tc").malformed.rows, 0u);
  // Where all rows lack the field, the last is one of them.
  EXPECT_EQ(scan("a\tb\na\tb").padded.rows, 2u);
}

TEST_F(TableScanTest, QuotedFieldsHoldSeparatorsAndLineEnds) {
  format_.separator = ',';
  format_.quoted = true;
  format_.fields = 2;
  const TableScan found = scan("\"a,\n\"\"b\"\"\",c\n\"x\",\"\"\r\nd,e\"f\n");
  EXPECT_EQ(found.rows, 3u);
  EXPECT_EQ(found.open_quote.rows, 0u);
  EXPECT_EQ(found.too_long.rows, 0u);
  EXPECT_EQ(scan("a,b\n\"x,y\n").open_quote.line, 2u);
  EXPECT_EQ(scan("a,b\n\"x\"y,z\n").open_quote.line, 2u);
  // Lines within a field count as lines.
  EXPECT_EQ(scan("\"1\n2\n3\",b\n\"x\"y,z\n").open_quote.line, 4u);
  EXPECT_EQ(copied("\"a,\",b,,\n"), "\"a,\",b\n");
}

TEST_F(TableScanTest, NulBytesAndStrayReturnsHaveTheirLine) {
  std::string text = "a\n\nb\nc";
  text[5] = '\0';
  format_.separator = 0;
  EXPECT_EQ(scan(text).nul.line, 4u);
  EXPECT_EQ(scan("a\nb\rc\n").stray_return.line, 2u);
  EXPECT_EQ(scan("a\r\nb\r\n").stray_return.rows, 0u);
  // Within quotes they are text.
  format_.separator = ',';
  format_.fields = 2;
  format_.quoted = true;
  EXPECT_EQ(scan("\"a\rb\",c\r\n").stray_return.rows, 0u);
  EXPECT_EQ(scan("a,b\r\na\rb,c\n").stray_return.line, 2u);
  format_.line_end = '\r';
  EXPECT_EQ(scan("a,b\ra,\n\r").stray_return.line, 2u);
}

TEST_F(TableScanTest, OneColumnHasNoSeparators) {
  format_.separator = 0;
  const TableScan found = scan("CASSF\n\n CASRF \nCA,SF\nCA SF\n");
  EXPECT_EQ(found.rows, 5u);
  EXPECT_EQ(found.separators.rows, 2u);
  EXPECT_EQ(found.separators.line, 4u);
}

// Against a reader that splits the whole text, over the edges of buffers.
TEST_F(TableScanTest, CutsAndCountsAreThoseOfANaiveReader) {
  Random random(7);
  for (int round = 0; round < 20; ++round) {
    format_.fields = 3;
    format_.needed = 2;
    std::string text;
    std::vector<std::uint64_t> starts;
    std::uint64_t padded = 0;
    const std::size_t n = 2000 + random.below(3000);
    for (std::size_t i = 0; i < n; ++i) {
      starts.push_back(text.size());
      // Rows longer than a buffer, now and then.
      const std::size_t length =
          random.below(1000) == 0 ? 1500000 : random.below(300);
      text += std::string(length, 'x') + "\ty";
      if (random.below(5))
        text += "\tz";
      else
        ++padded;
      text += '\n';
    }
    const TableScan found = scan(text, 100);
    ASSERT_EQ(found.rows, n);
    ASSERT_EQ(found.padded.rows, padded);
    std::vector<std::uint64_t> cuts;
    for (std::size_t i = 0; i < n; i += 100) cuts.push_back(starts[i]);
    cuts.push_back(text.size());
    ASSERT_EQ(found.cuts, cuts);
  }
}

TEST_F(TableScanTest, AFileThatIsNotThereIsAnIoError) {
  try {
    scan_table(folder_.path() + "/none", format_, 1, "", nullptr);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), "io");
  }
}

TEST_F(TableScanTest, TheHostCanStop) {
  struct Stopping : Host {
    bool cancelled() override { return true; }
  } host;
  const std::string path =
      written(std::string(20 << 20, 'x') + "\n" + std::string(10 << 20, '\n'));
  EXPECT_THROW(scan_table(path, format_, 1, "", &host), Cancelled);
}

TEST_F(TableScanTest, ARangeIsCopiedBehindAHeader) {
  const std::string path = written("0123456789");
  const std::string to = folder_ / "range";
  const auto read = [&] {
    std::ifstream in(to, std::ios::binary);
    std::stringstream all;
    all << in.rdbuf();
    return all.str();
  };
  copy_range(path, 2, 5, "head\n", to, nullptr);
  EXPECT_EQ(read(), "head\n234");
  copy_range(path, 10, 10, "", to, nullptr);
  EXPECT_EQ(read(), "");
  EXPECT_THROW(copy_range(path, 5, 11, "", to, nullptr), Error);
  EXPECT_EQ(file_kind(path), "file");
  EXPECT_EQ(file_kind(folder_.path()), "folder");
  EXPECT_EQ(file_kind(folder_ / "none"), "absent");
  EXPECT_EQ(file_kind("/dev/null"), "other");
}
