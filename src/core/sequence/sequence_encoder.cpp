#include "sequence/sequence_encoder.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "base/errors.hpp"

namespace clustcr {
namespace {

// Per cent of residues unchanged after 250 accepted point mutations per 100:
// the diagonal of the PAM250 mutation probability matrix (Dayhoff, Schwartz,
// Orcutt 1978, figure 83). In the order of kResidues.
constexpr std::array<double, kResidueCount> kPam250Unchanged = {
    13, 52, 11, 12, 32, 27, 15, 10, 24, 34,
    6,  6,  20, 10, 17, 10, 11, 17, 55, 31};

// z-scales 1 to 3 (lipophilicity, bulk, polarity/charge): Sandberg et al.
// 1998, J Med Chem 41:2481, table 3.
constexpr double kZScales[3][kResidueCount] = {
    {0.07,  0.71, 3.64,  3.08, -4.92, 2.23, 2.41, -4.44, 2.84,  -4.19,
     -2.49, 3.22, -1.22, 2.18, 2.88,  1.96, 0.92, -2.69, -4.75, -1.39},
    {-1.73, -0.97, 1.13, 0.39, 1.30, -5.36, 1.74,  -1.68, 1.41, -1.03,
     -0.27, 1.45,  0.88, 0.53, 2.52, -1.63, -2.09, -2.53, 3.65, 2.32},
    {0.09,  4.13, 2.36, -0.07, 0.45,  0.30, 1.11,  -1.03, -3.14, -0.98,
     -0.41, 0.84, 2.23, -1.14, -3.44, 0.57, -1.40, -1.29, 0.85,  0.01}};

// The properties of each residue.
using Table = std::array<std::array<float, kProperties>, kResidueCount>;

Table make_table() {
  Table table{};
  double mean = 0, squares = 0;
  for (double v : kPam250Unchanged) mean += v / kResidueCount;
  for (double v : kPam250Unchanged) squares += (v - mean) * (v - mean);
  const double deviation = std::sqrt(squares / (kResidueCount - 1));
  for (int r = 0; r < kResidueCount; ++r) {
    table[r][0] = static_cast<float>((kPam250Unchanged[r] - mean) / deviation);
    for (int z = 0; z < 3; ++z)
      table[r][z + 1] = static_cast<float>(kZScales[z][r]);
  }
  return table;
}

const Table& properties() {
  static const Table table = make_table();
  return table;
}

}  // namespace

float property_value(int property, int residue) {
  return properties()[residue][property];
}

SequenceEncoder::SequenceEncoder(int max_sequence_size)
    : size_(max_sequence_size) {
  if (size_ < 1 || size_ > 1000)
    throw InvalidArgument("`max_sequence_size` must be from 1 to 1000, not " +
                          std::to_string(size_));
}

void SequenceEncoder::encode(std::string_view sequence, float* profile) const {
  // K-means decodes each training point twice an iteration.
  const Table& table = properties();
  const std::ptrdiff_t size = size_;
  std::fill(profile, profile + kProperties * size, 0.0f);
  float* cell = profile + first_cell(sequence.size());
  for (char letter : sequence) {
    const std::array<float, kProperties>& of = table[residue_index(letter)];
    for (int property = 0; property < kProperties; ++property)
      cell[property * size] = of[property];
    ++cell;
  }
}

}  // namespace clustcr
