// Amino-acid sequences in one flat array: each in a row of `stride` bytes, its
// letters first, zeros behind. Zero is smaller than any letter, so comparing
// rows as bytes compares sequences as the C locale does, and a row's first
// zero is its end. No heap block per sequence: a million CDR3s are one array.
#pragma once
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "base/ports.hpp"

namespace clustcr {

class SequenceSet {
 public:
  // `longest`: the longest sequence the set can hold. Rows are whole 64-bit
  // words, so that comparing and hashing go eight letters at a time.
  explicit SequenceSet(std::size_t longest = 0)
      : stride_((longest / 8 + 1) * 8) {}

  // n empty rows, for put().
  SequenceSet(std::size_t longest, std::size_t n) : SequenceSet(longest) {
    bytes_.resize(n * stride_);
  }

  std::size_t size() const { return bytes_.size() / stride_; }
  bool empty() const { return bytes_.empty(); }
  std::size_t stride() const { return stride_; }
  std::size_t longest() const { return stride_ - 1; }

  const char* row(std::size_t i) const { return bytes_.data() + i * stride_; }
  std::size_t length(std::size_t i) const { return strnlen(row(i), stride_); }
  std::string_view operator[](std::size_t i) const {
    return {row(i), length(i)};
  }

  // Widens the rows where a longer sequence comes.
  void push_back(std::string_view sequence) {
    if (sequence.size() > longest()) widen(sequence.size());
    const std::size_t at = bytes_.size();
    bytes_.resize(at + stride_);
    sequence.copy(bytes_.data() + at, sequence.size());  // null data is fine
  }
  // Of an empty row; no longer than longest().
  void put(std::size_t i, std::string_view sequence) {
    sequence.copy(bytes_.data() + i * stride_, sequence.size());
  }
  void reserve(std::size_t n) { bytes_.reserve(n * stride_); }
  void clear() { bytes_.clear(); }

  // -1, 0, 1 as row i sorts before, with, after row j.
  int compare(std::size_t i, std::size_t j) const {
    return std::memcmp(row(i), row(j), stride_);
  }

 private:
  void widen(std::size_t longest);

  std::size_t stride_;
  std::vector<char> bytes_;
};

// The order of the rows when sorted; equal rows stay in input order.
// Throws Cancelled where `host` wants to stop.
std::vector<std::uint32_t> sorted_order(const SequenceSet& set,
                                        Host* host = nullptr);

// The distinct sequences in ascending order. With `index_of`, the place in the
// result of each input row.
SequenceSet sorted_unique(const SequenceSet& set,
                          std::vector<std::uint32_t>* index_of = nullptr,
                          Host* host = nullptr);

}  // namespace clustcr
