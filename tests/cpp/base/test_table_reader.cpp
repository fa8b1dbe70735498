#include <algorithm>
#include <cmath>
#include <fstream>

#include "base/errors.hpp"
#include "base/table_reader.hpp"
#include "gzip_helper.hpp"
#include "test_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

namespace {

using Fields = std::vector<std::string>;

class TableReaderTest : public ::testing::Test {
 protected:
  std::string written(const std::string& text) {
    const std::string path = folder_.path() + "/table";
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  TableScan scan(const std::string& text) {
    return scan_table(written(text), format_, Execution());
  }
  // All columns as text, `at_once` rows at a time.
  std::vector<Fields> rows(const std::string& text, TableScan* scan = nullptr,
                           std::uint64_t at_once = 1000,
                           std::size_t grain = kReaderGrain, int n_threads = 1,
                           bool packed = false) {
    std::vector<WantedColumn> wanted;
    for (std::size_t i = 0; i < format_.fields; ++i)
      wanted.push_back({i, i % 2 ? ColumnKind::kCode : ColumnKind::kText});
    TableReader reader(written(packed ? gzip_text(text) : text), format_,
                       wanted, grain);
    std::vector<Fields> all;
    for (;;) {
      const auto some = reader.read(at_once, threads(n_threads));
      std::uint64_t n = 0;
      for (const TableRows& part : some) {
        n += part.to - part.from;
        for (std::size_t row = part.from; row < part.to; ++row) {
          all.emplace_back();
          for (std::size_t i = 0; i < wanted.size(); ++i) {
            const TableColumn& column = part.block->columns[i];
            all.back().emplace_back(
                i % 2 ? reader.dictionary(i).levels()[column.codes[row]]
                      : column.text[row]);
          }
        }
      }
      if (n < at_once) break;
    }
    if (scan) *scan = reader.scan();
    return all;
  }

  TemporaryFolder folder_;
  TableFormat format_;
};

// What a row is, by one byte after the other, with all of the text at hand.
struct NaiveTable {
  std::vector<Fields> rows;
  TableScan scan;

  NaiveTable(const std::string& text, const TableFormat& f) {
    std::size_t at = 0;
    std::uint64_t line = f.line;
    std::vector<std::uint64_t> blank;
    while (at < text.size()) {
      Fields fields(1);
      std::uint64_t lines = 1;
      bool terminated = false;
      const std::size_t begin = at;
      bool quote = false, closed = false;  // just now: a doubled one opens
      for (; at < text.size(); ++at) {
        const char c = text[at];
        const bool starts = fields.back().empty();
        const bool opens = starts || closed;
        closed = f.quoted && c == '"' && quote;
        if (f.quoted && c == '"' && (opens || quote)) {
          quote = !quote;
        } else if (!quote && c == f.line_end) {
          terminated = true;
          break;
        } else if (!quote && c == f.separator) {
          fields.emplace_back();
          continue;
        } else if (c == f.line_end) {
          ++lines;
        }
        fields.back() += c;
      }
      std::size_t end = at;
      if (terminated) ++at;
      if (f.line_end == '\n' && end > begin && text[end - 1] == '\r') {
        --end;
        fields.back().pop_back();
      }
      const std::uint64_t own = line;
      line += lines;
      if (begin == end) {
        blank.push_back(own);
        continue;
      }
      for (const std::uint64_t b : blank) scan.add_malformed(b, 0);
      blank.clear();
      take(fields, own, terminated, f);
    }
  }

  void take(Fields fields, std::uint64_t line, bool terminated,
            const TableFormat& f) {
    const std::uint64_t n = fields.size();
    if (n > f.fields) {
      for (std::size_t i = f.fields; i < n; ++i)
        if (!fields[i].empty()) return scan.too_long.add(line, n);
      scan.trimmed.add(line, n);
    } else if (n < f.needed ||
               (n < f.fields && !terminated && !scan.padded.rows)) {
      return scan.add_malformed(line, n);
    } else if (n < f.fields) {
      scan.padded.add(line, n);
    }
    ++scan.rows;
    fields.resize(f.fields);
    for (std::size_t i = 0; i < fields.size(); ++i) {
      std::string& field = fields[i];
      while (!field.empty() && field.front() == ' ') field.erase(0, 1);
      while (!field.empty() && field.back() == ' ') field.pop_back();
      // Every second column is one of codes.
      if (!f.quoted && i % 2 == 0) continue;
      if (field.size() > 1 && field.front() == '"' && field.back() == '"')
        field = field.substr(1, field.size() - 2);
      if (!f.quoted) continue;
      for (std::size_t at = 0;
           (at = field.find("\"\"", at)) != std::string::npos; ++at)
        field.erase(at, 1);
    }
    rows.push_back(fields);
  }
};

void expect_same(const RowProblem& a, const RowProblem& b, const char* what) {
  EXPECT_EQ(a.rows, b.rows) << what;
  EXPECT_EQ(a.line, b.line) << what;
  EXPECT_EQ(a.fields, b.fields) << what;
}

// Fields with separators and line ends where there are quotes, rows too short
// and too long, blank lines, either kind of line end.
std::string random_table(Random* random, const TableFormat& format,
                         std::size_t n) {
  static const char* const kTexts[] = {"",       "CASSLGQF", " TRBV6-2*01",
                                       "12 ",    "a\"b",     "x y",
                                       "d\"\"e", "\xc3\xa9"};
  static const char* const kQuoted[] = {"\"\"", "\"a;,\tb\"", "\"1\n2\"",
                                        "\"\"\"q\"\"\"", "\" s \""};
  static const char* const kNoQuotes[] = {"\"\"", "\"a b\"", "\"x", "y\"",
                                          "\""};
  std::string text;
  for (std::size_t i = 0; i < n; ++i) {
    if (random->below(40) == 0) {
      text += "\n";
      continue;
    }
    std::size_t fields = format.fields;
    if (random->below(8) == 0) fields -= random->below(fields);
    for (std::size_t k = 0; k < fields; ++k) {
      if (k) text += format.separator;
      const bool quotes = random->below(format.quoted ? 3 : 9) == 0;
      text += !quotes         ? kTexts[random->below(8)]
              : format.quoted ? kQuoted[random->below(5)]
                              : kNoQuotes[random->below(5)];
    }
    if (random->below(15) == 0) text += format.separator;
    if (random->below(60) == 0) text += std::string(1, format.separator) + "z";
    if (i + 1 == n && random->below(2)) break;
    text += random->below(10) ? "\n" : "\r\n";
  }
  return text;
}

}  // namespace

TEST_F(TableReaderTest, EachProblemIsCountedWithItsFirstLine) {
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
}

TEST_F(TableReaderTest, ARowHasAllFieldsOfTheHeader) {
  format_.fields = 3;
  format_.needed = 2;
  EXPECT_EQ(
      rows("a\tb\na\n\na\tb\tc\t\t\r\na\tb\tc\n\n"),
      (std::vector<Fields>{{"a", "b", ""}, {"a", "b", "c"}, {"a", "b", "c"}}));
  format_.line_end = '\r';
  EXPECT_EQ(rows("a\tb\ra\tb\tc\r"),
            (std::vector<Fields>{{"a", "b", ""}, {"a", "b", "c"}}));
}

TEST_F(TableReaderTest, ALastRowThatWasCutIsMalformed) {
  format_.fields = 3;
  EXPECT_EQ(scan("a\tb\tc\na\tb").malformed.line, 2u);
  EXPECT_EQ(scan("a\tb\tc\na\tb\tc").malformed.rows, 0u);
  // Where all rows lack the field, the last is one of them.
  EXPECT_EQ(scan("a\tb\na\tb").padded.rows, 2u);
}

TEST_F(TableReaderTest, QuotedFieldsHoldSeparatorsAndLineEnds) {
  format_.separator = ',';
  format_.quoted = true;
  format_.fields = 2;
  TableScan found;
  EXPECT_EQ(
      rows("\"a,\n\"\"b\"\"\",c\n\"x\",\"\"\r\nd,e\"f\n", &found),
      (std::vector<Fields>{{"a,\n\"b\"", "c"}, {"x", ""}, {"d", "e\"f"}}));
  EXPECT_EQ(found.open_quote.rows, 0u);
  EXPECT_EQ(found.too_long.rows, 0u);
  EXPECT_EQ(scan("a,b\n\"x,y\n").open_quote.line, 2u);
  EXPECT_EQ(scan("a,b\n\"x\"y,z\n").open_quote.line, 2u);
  // Lines within a field count as lines.
  EXPECT_EQ(scan("\"1\n2\n3\",b\n\"x\"y,z\n").open_quote.line, 4u);
  EXPECT_EQ(rows("\"a,\",b,,\n"), (std::vector<Fields>{{"a,", "b"}}));
}

TEST_F(TableReaderTest, NulBytesAndStrayReturnsHaveTheirLine) {
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

TEST_F(TableReaderTest, OneColumnHasNoSeparators) {
  format_.separator = 0;
  const TableScan found = scan("CASSF\n\n CASRF \nCA,SF\nCA SF\n");
  EXPECT_EQ(found.rows, 5u);
  EXPECT_EQ(found.separators.rows, 2u);
  EXPECT_EQ(found.separators.line, 4u);
}

// Rows over the edges of buffers and of threads' parts, in chunks, and unpacked
// meanwhile.
TEST_F(TableReaderTest, RowsAndProblemsAreThoseOfANaiveReader) {
  Random random(7);
  for (int round = 0; round < 100; ++round) {
    format_.quoted = random.below(2);
    format_.separator = "\t,;"[random.below(3)];
    format_.fields = 2 + random.below(4);
    format_.needed = 1 + random.below(format_.fields);
    format_.line = 1 + random.below(5);
    const std::string text = random_table(&random, format_, random.below(300));
    const NaiveTable naive(text, format_);
    const std::uint64_t at_once[] = {1, 7, 97, 1000000};
    for (const std::size_t grain :
         {std::size_t{16}, std::size_t{300}, kReaderGrain}) {
      TableScan found;
      ASSERT_EQ(rows(text, &found, at_once[random.below(4)], grain,
                     grain == 300 ? 2 : 1, round % 2 == 1),
                naive.rows)
          << text;
      EXPECT_EQ(found.rows, naive.scan.rows);
      expect_same(found.malformed, naive.scan.malformed, "malformed");
      expect_same(found.padded, naive.scan.padded, "padded");
      expect_same(found.trimmed, naive.scan.trimmed, "trimmed");
      expect_same(found.too_long, naive.scan.too_long, "too long");
      EXPECT_EQ(found.malformed_lines, naive.scan.malformed_lines);
      EXPECT_EQ(found.open_quote.rows, 0u);
      EXPECT_EQ(found.nul.rows, 0u);
    }
  }
}

TEST_F(TableReaderTest, NumbersAreThoseOfStrtod) {
  Random random(3);
  double found = 0;
  for (int round = 0; round < 10000; ++round) {
    std::string text = random.below(3) ? "" : "-";
    text += std::to_string(random.below(1u << random.below(31)));
    if (random.below(2)) text += "." + std::to_string(random.below(100000));
    if (random.below(3) == 0)
      text += "e" + std::to_string(static_cast<int>(random.below(40)) - 20);
    ASSERT_TRUE(number_of_text(text, &found)) << text;
    const double wanted = std::strtod(text.c_str(), nullptr);
    EXPECT_NEAR(found, wanted, 1e-15 * std::abs(wanted)) << text;
  }
  ASSERT_TRUE(number_of_text("9007199254740991", &found));
  EXPECT_EQ(found, 9007199254740991.0);
  ASSERT_TRUE(number_of_text("", &found));
  EXPECT_TRUE(std::isnan(found));
  ASSERT_TRUE(number_of_text("-Inf", &found));
  EXPECT_EQ(found, -HUGE_VAL);
  for (const char* text : {"NA", "1,5", "1.2.3", "12a", "1e", "-", ".", "0x1F",
                           "1 2", "e5", "1e99999"})
    EXPECT_FALSE(number_of_text(text, &found)) << text;
}

TEST_F(TableReaderTest, ColumnsOfNumbersKnowWhatTheyHold) {
  NumberColumn column;
  for (const char* text : {"1", "", "007", "2147483647"}) column.add(text);
  EXPECT_TRUE(column.numbers && column.integers);
  column.add("2147483648");
  EXPECT_TRUE(column.numbers && !column.integers);
  column.add("x");
  EXPECT_FALSE(column.numbers);
  EXPECT_TRUE(column.part(0, 4).integers);
  EXPECT_TRUE(column.part(0, 5).numbers);
  EXPECT_EQ(column.part(2, 4).values, (std::vector<double>{7, 2147483647}));
}

TEST_F(TableReaderTest, ADictionaryCountsItsTexts) {
  Random random(5);
  Dictionary dictionary;
  std::vector<std::string> naive;
  for (int i = 0; i < 20000; ++i) {
    const std::string text = std::to_string(random.below(3000));
    const auto at = std::find(naive.begin(), naive.end(), text);
    ASSERT_EQ(dictionary.code(text),
              static_cast<std::size_t>(at - naive.begin()));
    if (at == naive.end()) naive.push_back(text);
  }
  ASSERT_EQ(dictionary.levels().size(), naive.size());
  for (std::size_t i = 0; i < naive.size(); ++i)
    EXPECT_EQ(dictionary.levels()[i], naive[i]);
}

TEST_F(TableReaderTest, AFileThatIsNotThereIsAnIoError) {
  try {
    scan_table(folder_.path() + "/none", format_, Execution());
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), "io");
  }
}

TEST_F(TableReaderTest, TheHostCanStop) {
  struct Stopping : Host {
    bool cancelled() override { return true; }
  } host;
  Execution execution;
  execution.host = &host;
  const std::string path =
      written(std::string(20 << 20, 'x') + "\n" + std::string(10 << 20, '\n'));
  EXPECT_THROW(scan_table(path, format_, execution), Cancelled);
}
