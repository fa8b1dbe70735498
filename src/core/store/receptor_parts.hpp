// The receptors of a snapshot, part by part: a part is a precluster or, where
// that is too large for memory, some of it by a hash of the sequence. All rows
// of a receptor lie in one part. Several passes go over the parts; what fits
// stays in memory in between.
#pragma once
#include <cstdint>
#include <vector>

#include "base/ports.hpp"
#include "sequence/receptors.hpp"
#include "store/precluster_store.hpp"

namespace clustcr {

// What a row and a receptor of a loaded part take at most, for fitting parts
// to memory.
constexpr std::uint64_t kPartBytesPerRow = 160;

// The text of the genes that are part of the receptor.
std::string_view genes_of_row(const StoreManifest& manifest,
                              const StoredRow& row, std::string* buffer);

class ReceptorParts {
 public:
  // Loads parts of about half of `memory_limit` bytes at a time and keeps as
  // much.
  ReceptorParts(const PreclusterStore& store, const Snapshot& snapshot,
                std::uint64_t memory_limit);

  std::size_t size() const { return parts_.size(); }
  std::uint32_t precluster_of(std::size_t part) const {
    return parts_[part].precluster;
  }

  // visit(first, end, receptors) for some parts at a time, in ascending order:
  // receptors[i] are those of part first + i.
  template <class Visit>
  void for_each_group(const Execution& execution, Visit&& visit) {
    std::size_t first = 0;
    while (first < size()) {
      const std::size_t end = end_of_group(first);
      load(first, end, execution);
      visit(first, end, static_cast<const ReceptorSet*>(&kept_[first]));
      release(first, end);
      first = end;
    }
  }
  // visit(part, receptors) for all parts in ascending order.
  template <class Visit>
  void for_each(const Execution& execution, Visit&& visit) {
    for_each_group(execution, [&](std::size_t first, std::size_t end,
                                  const ReceptorSet* sets) {
      for (std::size_t p = first; p < end; ++p) visit(p, sets[p - first]);
    });
  }

 private:
  struct Part {
    std::uint32_t precluster;
    std::uint32_t slice, slices;
    std::uint64_t rows;  // about
  };

  std::size_t end_of_group(std::size_t first) const;
  void load(std::size_t first, std::size_t end, const Execution& execution);
  ReceptorSet load_part(const Part& part) const;
  void release(std::size_t first, std::size_t end);

  const PreclusterStore& store_;
  const Snapshot& snapshot_;
  std::uint64_t memory_limit_;
  std::vector<std::uint32_t> sample_of_batch_;
  std::vector<Part> parts_;
  std::uint64_t kept_bytes_ = 0;
  std::vector<ReceptorSet> kept_;
  std::vector<char> is_kept_;
};

// The receptors of a whole precluster.
ReceptorSet load_receptors(const PreclusterStore& store,
                           const Snapshot& snapshot, std::size_t precluster);

}  // namespace clustcr
