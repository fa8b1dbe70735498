// The distinct sequences of each precluster, in ascending order. Several
// passes go over them; what fits stays in memory in between.
#pragma once
#include <cstdint>
#include <vector>

#include "base/ports.hpp"
#include "sequence/sequence_set.hpp"
#include "store/precluster_store.hpp"

namespace clustcr {

class UniquePreclusters {
 public:
  UniquePreclusters(const PreclusterStore& store, std::uint64_t memory_limit)
      : store_(store),
        memory_limit_(memory_limit),
        kept_(store.manifest().preclusters),
        is_kept_(kept_.size(), 0) {}

  std::size_t size() const { return kept_.size(); }

  // visit(p, set) for all preclusters in ascending order; loads some at a time.
  template <class Visit>
  void for_each(const Execution& execution, Visit&& visit) {
    std::size_t first = 0;
    while (first < size()) {
      const std::size_t end = end_of_group(first);
      load(first, end, execution);
      for (std::size_t p = first; p < end; ++p)
        visit(p, static_cast<const SequenceSet&>(kept_[p]));
      release(first, end);
      first = end;
    }
  }

 private:
  std::size_t end_of_group(std::size_t first) const;
  void load(std::size_t first, std::size_t end, const Execution& execution);
  void release(std::size_t first, std::size_t end);

  const PreclusterStore& store_;
  std::uint64_t memory_limit_;
  std::uint64_t kept_bytes_ = 0;
  std::vector<SequenceSet> kept_;
  std::vector<char> is_kept_;
};

}  // namespace clustcr
