#include <stdexcept>

#include "base/checksum.hpp"
#include "test_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

namespace {

// The definition, bit by bit.
std::uint32_t naive_crc32c(std::string_view bytes) {
  std::uint32_t c = 0xffffffffu;
  for (char byte : bytes) {
    c ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit)
      c = (c & 1) ? (c >> 1) ^ 0x82f63b78u : c >> 1;
  }
  return c ^ 0xffffffffu;
}

}  // namespace

// RFC 3720, appendix B.4, and the check value of the CRC catalogues.
TEST(Checksum, KnownVectors) {
  EXPECT_EQ(crc32c(""), 0u);
  EXPECT_EQ(crc32c("123456789"), 0xe3069283u);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43u);
  std::string up, down;
  for (int i = 0; i < 32; ++i) {
    up += static_cast<char>(i);
    down += static_cast<char>(31 - i);
  }
  EXPECT_EQ(crc32c(up), 0x46dd794eu);
  EXPECT_EQ(crc32c(down), 0x113fdb5cu);
}

// Every length around the groups of eight, at every alignment.
TEST(Checksum, AgreesWithTheDefinition) {
  Random random(1);
  const std::string bytes = random_bytes(&random, 100);
  for (std::size_t from = 0; from < 9; ++from)
    for (std::size_t n = 0; n <= 70; ++n) {
      const std::string_view part = std::string_view(bytes).substr(from, n);
      ASSERT_EQ(crc32c(part), naive_crc32c(part)) << from << "+" << n;
      ASSERT_EQ(crc32c_by_tables(part), naive_crc32c(part)) << from << "+" << n;
    }
}

TEST(Checksum, CanBeContinuedAtAnyPlace) {
  Random random(2);
  const std::string bytes = random_bytes(&random, 200);
  const std::uint32_t whole = crc32c(bytes);
  for (std::size_t at = 0; at <= bytes.size(); ++at)
    for (const auto& crc : {crc32c, crc32c_by_tables})
      ASSERT_EQ(crc(bytes.substr(at), crc(bytes.substr(0, at), 0)), whole)
          << at;
}

TEST(Checksum, EveryFlippedBitShows) {
  Random random(3);
  std::string bytes = random_bytes(&random, 100);
  const std::uint32_t whole = crc32c(bytes);
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    bytes[bit / 8] ^= static_cast<char>(1 << bit % 8);
    ASSERT_NE(crc32c(bytes), whole) << bit;
    bytes[bit / 8] ^= static_cast<char>(1 << bit % 8);
  }
}

TEST(Checksum, TextAndBack) {
  EXPECT_EQ(check_to_text(0), "00000000");
  EXPECT_EQ(check_to_text(0xe3069283u), "e3069283");
  EXPECT_EQ(check_from_text("e3069283"), 0xe3069283u);
  Random random(4);
  for (int i = 0; i < 1000; ++i) {
    const auto check = static_cast<std::uint32_t>(random.next());
    ASSERT_EQ(check_from_text(check_to_text(check)), check);
  }
  for (const char* bad : {"", "e306928", "e30692833", "E3069283", "e306928g",
                          " e306928", "0xe30692", "-e306928"})
    EXPECT_THROW(check_from_text(bad), std::invalid_argument) << bad;
}
