// Disjoint sets of 0 .. n-1 (Tarjan 1975), with path halving, that threads may
// join at the same time (Anderson and Woll 1991).
#pragma once
#include <atomic>
#include <cstdint>
#include <utility>
#include <vector>

namespace clustcr {

class UnionFind {
 public:
  explicit UnionFind(std::size_t n) : parent_(n) {
    for (std::size_t i = 0; i < n; ++i) set(i, static_cast<std::uint32_t>(i));
  }
  std::size_t size() const { return parent_.size(); }

  std::uint32_t find(std::uint32_t i) {
    for (;;) {
      const std::uint32_t parent = at(i);
      if (parent == i) return i;
      const std::uint32_t above = at(parent);
      // Any of its ancestors serves, so it does not matter who writes last.
      if (above != parent) set(i, above);
      i = above;
    }
  }
  // The smaller root stays, so the sets' roots do not depend on the order in
  // which they were joined.
  void join(std::uint32_t a, std::uint32_t b) {
    for (;;) {
      a = find(a);
      b = find(b);
      if (a == b) return;
      if (a < b) std::swap(a, b);
      // Unless another thread has just hung it elsewhere.
      std::uint32_t root = a;
      if (parent_[a].compare_exchange_weak(root, b, std::memory_order_relaxed))
        return;
    }
  }

 private:
  std::uint32_t at(std::size_t i) const {
    return parent_[i].load(std::memory_order_relaxed);
  }
  void set(std::size_t i, std::uint32_t parent) {
    parent_[i].store(parent, std::memory_order_relaxed);
  }

  std::vector<std::atomic<std::uint32_t>> parent_;
};

}  // namespace clustcr
