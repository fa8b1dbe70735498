// Keys of more receptors than fit in memory, kept by partition: in memory
// while they fit, then in a file for each partition.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/partition_files.hpp"
#include "graph/key_partition.hpp"

namespace clustcr {

// A key and whose it is: from the left the hash's bits behind those that chose
// its partition, the masked letters, the role. Three words instead of a padded
// pair: a quarter less to write and read.
struct SpilledKey {
  std::uint32_t high, low, id;

  static constexpr int kBelowHash = kMaskedBits + 2;

  static SpilledKey make(const NeighbourKey& key, int partition_bits,
                         std::uint32_t id) {
    const std::uint64_t bits = key.hash << partition_bits >> kBelowHash
                                                                 << kBelowHash |
                               static_cast<std::uint64_t>(key.letters) << 2 |
                               static_cast<std::uint64_t>(key.role);
    return {static_cast<std::uint32_t>(bits >> 32),
            static_cast<std::uint32_t>(bits), id};
  }
  std::uint64_t bits() const { return std::uint64_t{high} << 32 | low; }
  std::uint64_t hash() const { return bits() >> kBelowHash; }
  MaskedLetters letters() const {
    return low >> 2 & ((MaskedLetters{1} << kMaskedBits) - 1);
  }
  KeyRole role() const { return static_cast<KeyRole>(low & 3); }
  bool meets(const SpilledKey& other) const {
    return hash() == other.hash() && kind_of(role()) == kind_of(other.role());
  }
};

class KeySpill {
 public:
  // For so many partitions, and about so many bytes; at most about
  // `memory_limit` bytes are kept in memory.
  KeySpill(std::string folder, std::size_t parts, std::uint64_t bytes,
           std::uint64_t memory_limit);
  // Removes its files.
  ~KeySpill();
  KeySpill(const KeySpill&) = delete;

  std::size_t parts() const { return files_.size(); }
  // append(part, bytes) appends the keys of each partition; several threads do.
  // A key may have more bytes than a SpilledKey; then all have.
  template <class Append>
  void append_each(const Execution& execution, Append&& append) {
    files_.append_each(execution, append);
  }
  // Hands over a partition; each can be taken once. Thread-safe for different
  // partitions.
  std::vector<SpilledKey> take(std::size_t part);
  std::string take_bytes(std::size_t part) { return files_.take(part); }

  // Removes what a spill that was killed has left in `folder`.
  static void remove_leftovers(const std::string& folder);

 private:
  std::string folder_;
  PartitionFiles files_;
};

}  // namespace clustcr
