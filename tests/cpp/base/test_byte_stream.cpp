#include "base/byte_stream.hpp"
#include "base/table_reader.hpp"
#include "gzip_helper.hpp"
#include "test_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

namespace {

class ByteStreamTest : public ::testing::Test {
 protected:
  std::string written(const std::string& bytes) {
    const std::string path = folder_ / "file";
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  std::string read(const std::string& bytes, std::size_t piece,
                   std::uint64_t start = 0) {
    const auto stream = open_bytes(written(bytes), start);
    std::string text, some(piece, '\0');
    while (const std::size_t got = stream->read(&some[0], piece))
      text.append(some, 0, got);
    // Nothing comes behind the end.
    EXPECT_EQ(stream->read(&some[0], piece), 0u);
    return text;
  }
  TemporaryFolder folder_;
};

std::string some_rows(std::size_t n) {
  Random random(11);
  std::string text;
  for (std::size_t i = 0; i < n; ++i)
    text += "CASS" + random_letters(&random, kResidues, 8) + "\t" +
            std::to_string(random.below(1000)) + "\n";
  return text;
}

const std::size_t kPieces[] = {1, 7, 97, 1 << 20};

}  // namespace

TEST_F(ByteStreamTest, PlainFilesAreReadAsTheyAre) {
  const std::string text = some_rows(50);
  for (const std::size_t piece : kPieces) {
    EXPECT_EQ(read(text, piece), text);
    EXPECT_EQ(read(text, piece, 31), text.substr(31));
    EXPECT_EQ(read("", piece), "");
    EXPECT_EQ(read("\x1f", piece), "\x1f");
  }
  EXPECT_EQ(first_bytes(written(text), 20), text.substr(0, 20));
  EXPECT_EQ(first_bytes(written(text), 1 << 20), text);
  EXPECT_THROW(open_bytes(folder_ / "absent"), Error);
}

#ifdef CLUSTCR_ZLIB

TEST_F(ByteStreamTest, MembersFollowEachOther) {
  const std::string a = some_rows(3000), b = "x\n", zeros(1000, '\0');
  const std::string members[] = {gzip_member(a, "a.tsv"), gzip_member(""),
                                 gzip_member(b, "", 0), gzip_member(a, "", 1)};
  const std::string all = members[0] + members[1] + members[2] + members[3];
  for (const std::size_t piece : kPieces) {
    EXPECT_EQ(read(members[0], piece), a);
    EXPECT_EQ(read(members[1], piece), "");
    EXPECT_EQ(read(all, piece), a + b + a);
    EXPECT_EQ(read(all + zeros, piece), a + b + a);
    EXPECT_EQ(read(all, piece, a.size() + 1), "\n" + a);
  }
  EXPECT_EQ(first_bytes(written(all), 100), a.substr(0, 100));
  EXPECT_EQ(first_bytes(written(all), 1 << 20), a + b + a);
  EXPECT_THROW(open_bytes(written(members[2]), 3), Error);
  for (const std::string& behind :
       {std::string("x"), zeros + "x", zeros + members[2],
        std::string("\x1f\x8a rest"), members[2].substr(0, 12)})
    EXPECT_THROW(read(all + behind, 97), Error);
}

// The header says when and where a file was made, and such bytes may be any.
TEST_F(ByteStreamTest, DamageAnywhereIsAnErrorAndNeverOtherText) {
  const std::string text = some_rows(12);
  const std::string first = gzip_member(text, "rows.tsv");
  const std::string whole = first + gzip_member(text, "", 9);
  std::size_t refused = 0;
  for (std::size_t at = 2; at < whole.size(); ++at) {
    // The first member is a file of its own.
    if (at != first.size()) {
      EXPECT_THROW(read(whole.substr(0, at), 97), Error) << at;
    }
    for (const int by : {1, 0x10, 0x80, 0xff}) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ by);
      for (const std::size_t piece : {std::size_t{7}, std::size_t{1 << 20}}) {
        try {
          EXPECT_EQ(read(damaged, piece), text + text) << at;
        } catch (const Error& e) {
          EXPECT_EQ(e.kind(), "format");
          EXPECT_NE(std::string(e.what()).find("no complete gzip file"),
                    std::string::npos);
          ++refused;
        }
      }
    }
  }
  EXPECT_GT(refused, 8 * whole.size() * 9 / 10);
}

// Whoever unpacks, and in whatever pieces, the same rows come before the error.
TEST_F(ByteStreamTest, DamageIsMetAtTheSameRowByOneThreadAndTwo) {
  const std::string packed = gzip_member(some_rows(20000));
  TableFormat format;
  format.fields = 2;
  const auto rows_before = [&](const std::string& bytes, std::size_t grain,
                               int n_threads) {
    TableReader reader(written(bytes), format, {{0, ColumnKind::kText}}, grain);
    std::uint64_t rows = 0;
    try {
      while (reader.read(500, threads(n_threads)).size()) rows += 500;
      return rows + (std::uint64_t{1} << 40);
    } catch (const Error&) {
      return rows;
    }
  };
  for (const std::size_t kept : {packed.size() / 3, packed.size() - 4}) {
    for (const std::size_t grain : {std::size_t{4096}, std::size_t{100000}}) {
      const std::uint64_t one = rows_before(packed.substr(0, kept), grain, 1);
      EXPECT_LT(one, 20000u);
      EXPECT_EQ(rows_before(packed.substr(0, kept), grain, 2), one);
    }
  }
  EXPECT_GT(rows_before(packed, 4096, 2), 20000u);
}

#endif
