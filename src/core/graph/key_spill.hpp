// Keys of more receptors than fit in memory, kept by partition: in memory
// while they fit, then in a file for each partition.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/partition_files.hpp"
#include "graph/key_partition.hpp"

namespace clustcr {

// A key with its role in the two lowest bits of the hash, and whose it is.
// Three words instead of a padded pair: a quarter less to write and read.
struct SpilledKey {
  std::uint32_t high, low, id;

  static SpilledKey make(std::uint64_t hash, KeyRole role, std::uint32_t id) {
    hash = (hash & ~std::uint64_t{3}) | static_cast<std::uint64_t>(role);
    return {static_cast<std::uint32_t>(hash >> 32),
            static_cast<std::uint32_t>(hash), id};
  }
  std::uint64_t bits() const { return std::uint64_t{high} << 32 | low; }
  std::uint64_t hash() const { return bits() >> 2; }
  KeyRole role() const { return static_cast<KeyRole>(low & 3); }
};

class KeySpill {
 public:
  // For so many partitions, and about so many keys; at most about
  // `memory_limit` bytes are kept in memory.
  KeySpill(std::string folder, std::size_t parts, std::uint64_t keys,
           std::uint64_t memory_limit);
  // Removes its files.
  ~KeySpill();
  KeySpill(const KeySpill&) = delete;

  std::size_t parts() const { return files_.size(); }
  void append(const Partitioned<SpilledKey>& keys);
  // Hands over a partition; each can be taken once. Thread-safe for different
  // partitions.
  std::vector<SpilledKey> take(std::size_t part);

  // Removes what a spill that was killed has left in `folder`.
  static void remove_leftovers(const std::string& folder);

 private:
  std::string folder_;
  PartitionFiles files_;
};

}  // namespace clustcr
