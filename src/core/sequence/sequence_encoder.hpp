// Physico-chemical profiles of CDR3s, the points of the k-means. A sequence
// becomes 4 blocks of `max_sequence_size` numbers, one for each property:
// mutation stability and the first three z-scales. In each block the sequence
// stands in the middle (a spare cell on the right) between zeros.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "sequence/alphabet.hpp"

namespace clustcr {

constexpr int kProperties = 4;

// The value of a property (0: mutation stability, Dayhoff et al. 1978, as a
// z-score over the 20 residues; 1-3: z-scales of Sandberg et al. 1998) for a
// residue (its place in kResidues).
float property_value(int property, int residue);

class SequenceEncoder {
 public:
  // Throws InvalidArgument unless 1 <= max_sequence_size <= 1000.
  explicit SequenceEncoder(int max_sequence_size);

  int max_sequence_size() const { return size_; }
  int dimensions() const { return kProperties * size_; }
  // The cell of a block in which a sequence of this length begins.
  int first_cell(std::size_t length) const {
    return (size_ - static_cast<int>(length)) / 2;
  }
  // Writes `dimensions()` numbers. The sequence must be valid: residues only,
  // at most max_sequence_size of them.
  void encode(std::string_view sequence, float* profile) const;

 private:
  int size_;
};

}  // namespace clustcr
