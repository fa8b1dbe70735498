#include <cmath>
#include <fstream>
#include <map>

#include "sequence/repertoire_rows.hpp"
#include "store/repertoire_source.hpp"
#include "test_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

namespace {

struct Line {
  std::string cdr3, v_call, locus, productive, count, reads;
};

class RepertoireRowsTest : public ::testing::Test {
 protected:
  // Columns cdr3, v_call, locus, productive, count, reads; `at_once` rows a
  // part, of which all are tidied together.
  RepertoireRows tidy(const std::vector<Line>& lines,
                      std::uint64_t at_once = 1000) {
    const std::string path = folder_ / "table";
    std::ofstream out(path, std::ios::binary);
    for (const Line& line : lines)
      out << line.cdr3 << '\t' << line.v_call << '\t' << line.locus << '\t'
          << line.productive << '\t' << line.count << '\t' << line.reads
          << '\n';
    out.close();
    TableFormat format;
    format.fields = 6;
    std::vector<WantedColumn> wanted;
    for (std::size_t i = 0; i < 6; ++i)
      wanted.push_back({i, i == 0 || i == more_text_ ? ColumnKind::kText
                           : i < 4                   ? ColumnKind::kCode
                                                     : ColumnKind::kNumber});
    reader_ = std::make_unique<TableReader>(path, format, wanted, 64);
    std::vector<TableRows>& parts = parts_;
    parts.clear();
    for (;;) {
      const auto some = reader_->read(at_once, Execution());
      if (some.empty()) break;
      parts.insert(parts.end(), some.begin(), some.end());
    }
    rules_.no_cdr3 = {"", "NA"};
    rules_.counts = {4};
    if (more_text_ != 5) rules_.counts.push_back(5);
    rules_.genes = {coded(1)};
    // Loci: 1 TRA, 2 TRB, 3 TRD.
    rules_.v_locus = meant(1, {{"TRBV2", 2}, {"TRAV1", 1}, {"TRAV29/DV5", 1}});
    rules_.v_either = meant(1, {{"TRAV29/DV5", 1}});
    rules_.locus = meant(2, {{"TRB", 2}, {"TRA", 1}});
    rules_.not_productive = meant(3, {{"F", 1}});
    return tidy_rows(parts, rules_);
  }

  static CodedColumns coded(std::size_t column) {
    CodedColumns found;
    found.columns = {column};
    found.offsets = {0};
    return found;
  }

  MeantColumn meant(std::size_t column,
                    const std::map<std::string, int>& words) const {
    MeantColumn found;
    found.source = coded(column);
    const TextColumn& levels = reader_->dictionary(column).levels();
    for (std::size_t i = 0; i < levels.size(); ++i) {
      const auto at = words.find(std::string(levels[i]));
      found.means.push_back(at == words.end() ? 0 : at->second);
    }
    return found;
  }

  TemporaryFolder folder_;
  std::unique_ptr<TableReader> reader_;
  std::vector<TableRows> parts_;
  RowRules rules_;
  std::size_t more_text_ = 0;  // a column of text beside the first
};

std::vector<std::uint64_t> reasons_of(const RepertoireRows& rows) {
  return {rows.reasons.begin(), rows.reasons.end()};
}

}  // namespace

TEST_F(RepertoireRowsTest, TheFirstReasonCounts) {
  rules_.wanted = {1, 0, 1, 0};
  const RepertoireRows rows = tidy({{"CASSF", "TRBV2", "", "T", "1", ""},
                                    {"CASSF", "TRAV1", "", "F", "1", ""},
                                    {"NA", "TRBV2", "TRB", "F", "1", ""},
                                    {"", "TRAV1", "TRB", "T", "1", ""},
                                    {"CASSF", "TRBV2", "TRA", "T", "1", ""},
                                    {"CASSF", "", "", "", "1", ""}});
  EXPECT_FALSE(rows.odd);
  EXPECT_EQ(reasons_of(rows), (std::vector<std::uint64_t>{2, 2, 1, 0, 1}));
  EXPECT_EQ(rows.rows, 2u);
}

TEST_F(RepertoireRowsTest, ACdr3OfAnotherColumnIsTheHosts) {
  more_text_ = 5;
  rules_.other_cdr3 = {more_text_};
  const std::vector<Line> lines = {{"CASSF", "", "", "T", "1", "ASS"},
                                   {"", "", "", "T", "1", "NA"},
                                   {"", "", "", "F", "1", "ASS"}};
  EXPECT_FALSE(tidy(lines).odd);
  EXPECT_TRUE(tidy({{"NA", "", "", "T", "1", "ASS"}}).odd);
}

TEST_F(RepertoireRowsTest, AGeneOfTwoLociIsOfThatWhichIsWanted) {
  const std::vector<Line> lines = {{"CAVF", "TRAV29/DV5", "", "T", "1", ""}};
  rules_.wanted = {1, 0, 0, 1};
  EXPECT_EQ(tidy(lines).rows, 0u);
  rules_.either = 3;
  EXPECT_EQ(tidy(lines).rows, 1u);
  // Where no column tells one.
  rules_.chain = 1;
  EXPECT_EQ(tidy({{"CAVF", "", "", "T", "1", ""}}).rows, 0u);
}

TEST_F(RepertoireRowsTest, TheLeastVagueColumnNamesTheGene) {
  // Columns 1 and 2, of which the second is the locus elsewhere.
  tidy({{"CASSF", "gene", "gene", "", "1", ""}});
  const auto found = [&](const std::vector<Line>& lines) {
    tidy(lines);
    CodedColumns both;
    both.columns = {1, 2};
    both.offsets = {
        0, static_cast<std::uint32_t>(reader_->dictionary(1).levels().size())};
    const auto vague = [](std::string_view text) {
      return text == "gene" ? 0 : text == "subgroup" ? 1 : text == "x" ? 2 : 3;
    };
    for (const std::size_t column : both.columns) {
      const TextColumn& levels = reader_->dictionary(column).levels();
      both.vagueness.emplace_back();
      for (std::size_t i = 0; i < levels.size(); ++i)
        both.vagueness.back().push_back(vague(levels[i]));
    }
    rules_.genes = {both};
    return tidy_rows(parts_, rules_);
  };
  const RepertoireRows rows = found({{"CASSF", "subgroup", "gene", "", "1", ""},
                                     {"CASSF", "gene", "gene", "", "1", ""},
                                     {"CASSF", "", "x", "", "1", ""},
                                     {"CASSF", "x", "subgroup", "", "1", ""},
                                     {"CASSF", "x", "", "", "1", ""}});
  EXPECT_EQ(rows.chosen[0], (std::vector<double>{0, 2}));
  // Of column 1 subgroup, gene, "", x; of column 2 gene, x, subgroup.
  EXPECT_EQ(rows.first[0], (std::vector<double>{-1, 1, 2, 4, 0, -1, 3}));
}

TEST_F(RepertoireRowsTest, CountsAreFilledAndRounded) {
  RepertoireRows rows = tidy({{"CASSF", "", "", "", "3", "9"},
                              {"CASSF", "", "", "", "", "8"},
                              {"ASS", "", "", "", "", ""}});
  EXPECT_FALSE(rows.odd);
  EXPECT_TRUE(rows.integers);
  ASSERT_EQ(rows.counts.size(), 3u);
  EXPECT_EQ(rows.counts[0], 3);
  EXPECT_EQ(rows.counts[1], 8);
  EXPECT_TRUE(std::isnan(rows.counts[2]));
  EXPECT_EQ(rows.filled, (std::vector<double>{0, 1}));
  EXPECT_EQ(rows.bare, 1u);
  rows = tidy(
      {{"CASSF", "", "", "", "2.5", ""}, {"CASSF", "", "", "", "0.2", ""}});
  EXPECT_EQ(rows.counts, (std::vector<double>{2, 1}));
  EXPECT_EQ(rows.rounded, 2u);
  EXPECT_FALSE(rows.integers);
  // What fills no row says nothing of the kind of numbers.
  EXPECT_TRUE(tidy({{"CASSF", "", "", "", "1", "2.5"}}).integers);
}

TEST_F(RepertoireRowsTest, WhatOnlyWordsCanTellIsOdd) {
  EXPECT_TRUE(tidy({{"CASSF", "", "", "", "x", ""}}).odd);
  EXPECT_TRUE(tidy({{"CASSF", "", "", "", "-1", ""}}).odd);
  EXPECT_TRUE(tidy({{"CASSF", "", "", "", "", "1e16"}}).odd);
  EXPECT_TRUE(tidy({{"CASS\xc3\xa9", "", "", "", "1", ""}}).odd);
  EXPECT_TRUE(tidy({{"ACGTACGTACGT", "", "", "", "1", ""}}).odd);
  EXPECT_FALSE(tidy({{"AAAAAAAAAAAA", "", "", "", "1", ""}}).odd);
  EXPECT_FALSE(tidy({{"CAF;CAF", "", "", "", "1", ""}}).odd);
  rules_.joined = true;
  EXPECT_TRUE(tidy({{"CAF;CAF", "", "", "", "1", ""}}).odd);
}

// In parts of any size, with the rows of the store after each other.
TEST_F(RepertoireRowsTest, RowsComeToTheStoreAsTheyStandInTheFile) {
  Random random(4);
  static const char* const kCdr3s[] = {"CASSF", "CASRF",    "",
                                       "NA",    "CA*F",     "cassf",
                                       "CA_F",  "CASSLGQF", "CASSLGQETQYF"};
  static const char* const kGenes[] = {"TRBV2", "TRAV1", ""};
  std::vector<Line> lines;
  // More than a block holds.
  for (std::size_t i = 0; i < SequenceBlock::kRows + 3000; ++i)
    lines.push_back({kCdr3s[random.below(9)], kGenes[random.below(3)], "",
                     random.below(5) ? "T" : "F",
                     random.below(4) ? std::to_string(random.below(100)) : "",
                     ""});
  for (const std::uint64_t at_once : {7u, 97u, 100000u}) {
    const RepertoireRows rows = tidy(lines, at_once);
    NamedColumn v_call{coded(1), {}};
    const TextColumn& levels = reader_->dictionary(1).levels();
    for (std::size_t i = 0; i < levels.size(); ++i)
      v_call.names.push_back("gene " + std::string(levels[i]));
    RepertoireSource source(rows, rules_, 10, v_call, {},
                            threads(at_once == 97 ? 2 : 1));
    std::array<std::uint64_t, kSequenceProblems> counts{};
    SequenceBlock block;
    std::vector<std::string> sequences, genes;
    std::vector<std::uint64_t> found;
    for (; source.next(&block); block.clear()) {
      for (std::size_t i = 0; i < block.sequences.size(); ++i)
        sequences.emplace_back(block.sequences[i]);
      genes.insert(genes.end(), block.v_calls.begin(), block.v_calls.end());
      found.insert(found.end(), block.duplicate_counts.begin(),
                   block.duplicate_counts.end());
      EXPECT_TRUE(block.j_calls.empty());
    }
    std::size_t n = 0;
    for (const Line& line : lines) {
      if (line.productive == "F" || line.cdr3.empty() || line.cdr3 == "NA")
        continue;
      const SequenceProblem problem = check_sequence(line.cdr3, 10);
      ++counts[static_cast<std::size_t>(problem)];
      if (problem != SequenceProblem::kNone) continue;
      ASSERT_LT(n, sequences.size());
      ASSERT_EQ(sequences[n], line.cdr3);
      ASSERT_EQ(genes[n], "gene " + line.v_call);
      ASSERT_EQ(found[n], line.count.empty() ? 1u : std::stoull(line.count));
      ++n;
    }
    EXPECT_EQ(n, sequences.size());
    EXPECT_EQ(source.counts(), counts);
  }
}
