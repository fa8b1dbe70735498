#include <cmath>

#include "sequence/sequence_encoder.hpp"
#include "test_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

TEST(SequenceEncoder, GoldenProfiles) {
  const std::string path = shared_path("golden/profiles_max24.tsv");
  if (!file_is_there(path)) GTEST_SKIP() << path << " is not there";
  const std::vector<std::string> lines = read_lines(path);
  const SequenceEncoder encoder(24);
  ASSERT_EQ(encoder.dimensions(), 96);
  ASSERT_EQ(lines.size(), 41u);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::vector<std::string> fields = split(lines[i], '\t');
    ASSERT_EQ(fields.size(), 97u);
    std::vector<float> profile(96, 99.0f);
    encoder.encode(fields[0], profile.data());
    for (int d = 0; d < 96; ++d)
      ASSERT_NEAR(profile[d], std::stod(fields[d + 1]), 1e-5)
          << fields[0] << " at " << d;
  }
}

// z-scores: mean 0, variance 1 with ddof 1, over the 20 residues.
TEST(SequenceEncoder, MutationStabilityIsZScored) {
  double sum = 0, squares = 0;
  for (int r = 0; r < kResidueCount; ++r) {
    sum += property_value(0, r);
    squares += std::pow(property_value(0, r), 2);
  }
  EXPECT_NEAR(sum, 0, 1e-5);
  EXPECT_NEAR(squares / (kResidueCount - 1), 1, 1e-5);
}

// Every length in every size: in the middle, the spare cell on the right.
TEST(SequenceEncoder, CentresTheSequence) {
  Random random(1);
  for (int size = 1; size <= 24; ++size) {
    const SequenceEncoder encoder(size);
    EXPECT_EQ(encoder.max_sequence_size(), size);
    EXPECT_EQ(encoder.dimensions(), 4 * size);
    for (int length = 1; length <= size; ++length) {
      const std::string sequence =
          random_letters(&random, kResidues, static_cast<std::size_t>(length));
      std::vector<float> profile(4 * size + 1, 99.0f);
      encoder.encode(sequence, profile.data());
      EXPECT_EQ(profile.back(), 99.0f) << "wrote behind its end";
      int left = 0, right = size - length;
      while (left < right - 1) ++left, --right;
      ASSERT_EQ(encoder.first_cell(sequence.size()), left);
      for (int p = 0; p < kProperties; ++p)
        for (int cell = 0; cell < size; ++cell) {
          const int at = cell - left;
          const float expected =
              at >= 0 && at < length
                  ? property_value(p, residue_index(sequence[at]))
                  : 0.0f;
          ASSERT_EQ(profile[p * size + cell], expected);
        }
    }
  }
}

TEST(SequenceEncoder, RefusesSizesOutOfRange) {
  for (int size : {-1, 0, 1001, 1 << 30}) {
    std::string message;
    EXPECT_EQ(kind_of_error([&] { SequenceEncoder encoder(size); }, &message),
              "invalid_argument");
    EXPECT_TRUE(contains(message, "`max_sequence_size`")) << message;
    EXPECT_TRUE(contains(message, std::to_string(size))) << message;
  }
  EXPECT_NO_THROW(SequenceEncoder(1));
  EXPECT_NO_THROW(SequenceEncoder(1000));
}
