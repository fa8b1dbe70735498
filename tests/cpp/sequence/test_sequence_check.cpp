#include <set>

#include "sequence/sequence_check.hpp"
#include "test_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

namespace {

// All problems of a sequence, found one by one; the first of them counts.
SequenceProblem naive_check(const std::string& sequence, std::size_t longest) {
  const std::string residues = "ACDEFGHIKLMNPQRSTVWY";
  std::set<SequenceProblem> problems;
  if (sequence.empty()) problems.insert(SequenceProblem::kEmpty);
  for (char c : sequence) {
    if (c == '*') problems.insert(SequenceProblem::kStopCodon);
    if (c == '_') problems.insert(SequenceProblem::kOutOfFrame);
    if (std::string("abcdefghijklmnopqrstuvwxyz").find(c) != std::string::npos)
      problems.insert(SequenceProblem::kLowerCase);
    if (residues.find(c) == std::string::npos)
      problems.insert(SequenceProblem::kNotAminoAcid);
  }
  if (sequence.size() > longest) problems.insert(SequenceProblem::kTooLong);
  return problems.empty() ? SequenceProblem::kNone : *problems.begin();
}

}  // namespace

TEST(SequenceCheck, Examples) {
  EXPECT_EQ(check_sequence("CASSF", 32), SequenceProblem::kNone);
  EXPECT_EQ(check_sequence("", 32), SequenceProblem::kEmpty);
  EXPECT_EQ(check_sequence("CAS*F", 32), SequenceProblem::kStopCodon);
  EXPECT_EQ(check_sequence("CAS_F", 32), SequenceProblem::kOutOfFrame);
  EXPECT_EQ(check_sequence("CASsF", 32), SequenceProblem::kLowerCase);
  for (const char* other :
       {"CASXF", "CASBF", "CASZF", "CASJF", "CASOF", "CASUF", "CAS F", "CAS-F",
        "CAS1F", "CASSF\n", "CASSF\r", "\"CASSF\"", "CASSÉF"})
    EXPECT_EQ(check_sequence(other, 32), SequenceProblem::kNotAminoAcid)
        << other;
  EXPECT_EQ(check_sequence(std::string_view("CA\0SF", 5), 32),
            SequenceProblem::kNotAminoAcid);
}

TEST(SequenceCheck, LengthIsInclusive) {
  EXPECT_EQ(check_sequence("CASSF", 5), SequenceProblem::kNone);
  EXPECT_EQ(check_sequence("CASSF", 4), SequenceProblem::kTooLong);
}

TEST(SequenceCheck, ExactlyTheTwentyResidues) {
  int accepted = 0;
  for (int byte = 0; byte < 256; ++byte) {
    const std::string sequence(1, static_cast<char>(byte));
    const SequenceProblem problem = check_sequence(sequence, 1);
    ASSERT_EQ(problem, naive_check(sequence, 1)) << byte;
    accepted += problem == SequenceProblem::kNone;
  }
  EXPECT_EQ(accepted, kResidueCount);
}

// Sequences with several problems get the first of the documented order.
TEST(SequenceCheck, AgreesWithNaiveCheck) {
  Random random(1);
  std::set<SequenceProblem> seen;
  for (int i = 0; i < 20000; ++i) {
    std::string sequence = random_letters(&random, kResidues, random.below(10));
    while (random.chance(40))
      sequence.insert(random.below(sequence.size() + 1), 1,
                      "*_aX1"[random.below(5)]);
    const SequenceProblem expected = naive_check(sequence, 8);
    seen.insert(expected);
    ASSERT_EQ(check_sequence(sequence, 8), expected) << sequence;
  }
  EXPECT_EQ(seen.size(), 7u);  // all but kMissing, which is the host's
}

TEST(SequenceCheck, NamesAreDistinct) {
  std::set<std::string> names;
  for (int p = 0; p < kSequenceProblems; ++p)
    names.insert(problem_name(static_cast<SequenceProblem>(p)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(kSequenceProblems));
  EXPECT_STREQ(problem_name(SequenceProblem::kNone), "none");
  EXPECT_STREQ(problem_name(SequenceProblem::kTooLong), "too_long");
}

TEST(Alphabet, IndexAndLetterAgree) {
  EXPECT_EQ(std::string(kResidues).size(),
            static_cast<std::size_t>(kResidueCount));
  for (int i = 0; i < kResidueCount; ++i) {
    EXPECT_EQ(residue_index(kResidues[i]), i);
    if (i > 0) {
      EXPECT_LT(kResidues[i - 1], kResidues[i]);
    }
  }
}
