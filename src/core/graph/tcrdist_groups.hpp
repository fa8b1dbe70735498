// Which receptors are within a TCRdist, among the keys of one partition of a
// join out of core: a key there has the letters that are compared beside it,
// for classes alone do not say how far two are apart.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "graph/key_groups.hpp"
#include "graph/key_spill.hpp"
#include "graph/tcrdist_keys.hpp"

namespace clustcr {

// Appends a key and the letters of its receptor.
void append_tcrdist_key(const SpilledKey& key, std::string_view receptor,
                        std::string* bytes);

class TcrdistGroups {
 public:
  // Both must outlive this; `keys` are those of the rule.
  TcrdistGroups(const NeighbourRule& rule, const TcrdistKeys& keys)
      : rule_(rule), keys_(keys) {}

  // Links that say what hangs together among keys appended to `bytes`.
  // `beside`: where genes are no part of keys. The memory serves the next
  // partition too.
  KeyLinks links_of(const std::string& bytes, const GenesBesideKeys* beside);

 private:
  struct Member {
    SpilledKey key;
    TcrChains chains;
    std::uint32_t next;  // with the same hash
  };

  void read(const std::string& bytes);
  void chain();
  void link(std::uint32_t first, const GenesBesideKeys* beside,
            KeyLinks* found);
  bool are_neighbours(const Member& a, const Member& b,
                      const GenesBesideKeys* beside) const;

  const NeighbourRule& rule_;
  const TcrdistKeys& keys_;
  std::vector<Member> members_;
  std::vector<std::uint32_t> slots_, firsts_;
  std::vector<std::uint32_t> group_, up_;
};

}  // namespace clustcr
