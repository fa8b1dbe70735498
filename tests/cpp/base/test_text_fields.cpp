#include <limits>
#include <set>
#include <stdexcept>

#include "base/text_fields.hpp"
#include "test_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

TEST(TextFields, EscapesAsDocumented) {
  EXPECT_EQ(escaped("plain, \"quoted\" 'é'"), "plain, \"quoted\" 'é'");
  EXPECT_EQ(escaped("a\tb\nc\rd\\e"), "a\\tb\\nc\\rd\\\\e");
  EXPECT_EQ(escaped(""), "");
  EXPECT_EQ(unescaped("a\\tb\\nc\\rd\\\\e"), "a\tb\nc\rd\\e");
  // The letters behind an escaped backslash are no escape.
  EXPECT_EQ(escaped("\\t"), "\\\\t");
  EXPECT_EQ(unescaped("\\\\t"), "\\t");
  std::string appended = "x";
  append_escaped("\t", &appended);
  EXPECT_EQ(appended, "x\\t");
}

TEST(TextFields, EveryByteComesBack) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string value(1, static_cast<char>(byte));
    ASSERT_EQ(unescaped(escaped(value)), value) << byte;
  }
}

TEST(TextFields, ArbitraryBytesComeBackFromOneLine) {
  Random random(1);
  for (int i = 0; i < 3000; ++i) {
    // Half of them of nothing but what has to be escaped and what looks it.
    const std::size_t length = random.below(40);
    const std::string value =
        i % 2 ? random_bytes(&random, length)
              : random_letters(&random, "\t\n\r\\tnr", length);
    const std::string field = escaped(value);
    ASSERT_EQ(field.find_first_of("\t\n\r"), std::string::npos);
    ASSERT_EQ(unescaped(field), value);
  }
}

// A damaged file may hold what escaped() never writes.
TEST(TextFields, UnescapesWhatWasNeverEscaped) {
  EXPECT_EQ(unescaped("ends in \\"), "ends in \\");
  EXPECT_EQ(unescaped("\\"), "\\");
  EXPECT_EQ(unescaped("\\x"), "x");
}

TEST(TextFields, TakeFieldSplits) {
  Random random(2);
  for (int i = 0; i < 500; ++i) {
    const std::string line = random_letters(&random, "ab\t", random.below(12));
    std::vector<std::string> expected = split(line, '\t');
    // An empty rest has no field, so the one behind a last tab is not seen by
    // a loop over the rest.
    if (expected.back().empty()) expected.pop_back();
    std::vector<std::string> taken;
    std::string_view rest = line;
    while (!rest.empty()) taken.emplace_back(take_field(&rest, '\t'));
    ASSERT_EQ(taken, expected) << escaped(line);
  }
  std::string_view nothing;
  EXPECT_EQ(take_field(&nothing, '\t'), "");
  EXPECT_TRUE(nothing.empty());
}

TEST(TextFields, Numbers) {
  EXPECT_EQ(number_from_text("0"), 0u);
  EXPECT_EQ(number_from_text("007"), 7u);
  EXPECT_EQ(number_from_text("18446744073709551615"),
            std::numeric_limits<std::uint64_t>::max());
  for (const char* bad :
       {"", "-1", "+1", " 1", "1 ", "1.0", "1e3", "0x1", "one", "1\t", "1\n",
        "18446744073709551616", "99999999999999999999999"})
    EXPECT_THROW(number_from_text(bad), std::invalid_argument) << bad;
  EXPECT_THROW(number_from_text(std::string_view("1\0", 2)),
               std::invalid_argument);
}
