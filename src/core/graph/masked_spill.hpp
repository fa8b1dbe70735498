// Masked hashes of more sequences than fit in memory, kept by partition: in
// memory while they fit, then in a file for each partition.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "graph/partition.hpp"

namespace clustcr {

// A masked hash, whole, and whose it is. Three words instead of a padded
// pair: a quarter less to write and read.
struct MaskedId {
  std::uint32_t high, low, id;
  std::uint64_t hash() const { return std::uint64_t{high} << 32 | low; }
};

class MaskedSpill {
 public:
  // 2^bits partitions; at most about `memory_limit` bytes are kept in memory.
  MaskedSpill(std::string folder, int bits, std::uint64_t memory_limit);
  // Removes its files.
  ~MaskedSpill();
  MaskedSpill(const MaskedSpill&) = delete;

  int bits() const { return bits_; }
  std::size_t parts() const { return buffers_.size(); }
  void append(const Partitioned<MaskedId>& entries);
  // Hands over a partition; each can be taken once. Thread-safe for different
  // partitions.
  std::vector<MaskedId> take(std::size_t part);

  // Removes what a spill that was killed has left in `folder`.
  static void remove_leftovers(const std::string& folder);

 private:
  void spill();
  std::string path(std::size_t part) const;

  std::string folder_;
  int bits_;
  std::uint64_t memory_limit_;
  std::uint64_t buffered_ = 0;
  std::vector<std::vector<MaskedId>> buffers_;
  std::vector<std::uint64_t> on_disk_;  // bytes of each partition's file
};

}  // namespace clustcr
