// Groups of keys against all pairs of them.
#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "base/union_find.hpp"
#include "graph/key_groups.hpp"
#include "test_helpers.hpp"

namespace clustcr {
namespace {

using clustcr_test::Random;
using Ids = std::set<std::set<std::uint32_t>>;

// The sets of two and more.
Ids sets_of(UnionFind* sets) {
  std::vector<std::set<std::uint32_t>> members(sets->size());
  for (std::uint32_t i = 0; i < sets->size(); ++i)
    members[sets->find(i)].insert(i);
  Ids result;
  for (const auto& set : members)
    if (set.size() > 1) result.insert(set);
  return result;
}

// Few hashes, so that groups are large and roles meet; some of them differ in
// the high word alone, or in the low one.
std::vector<SpilledKey> random_keys(std::size_t n, std::uint64_t hashes,
                                    bool roles, Random* random) {
  std::vector<SpilledKey> keys;
  for (std::uint32_t i = 0; i < n; ++i) {
    std::uint64_t hash = mix64(random->below(hashes));
    if (random->chance(20)) hash = (hash & 0xffffffff) | 7ull << 32;
    if (random->chance(20)) hash = (hash >> 32 << 32) | 64;
    const KeyRole role =
        roles ? static_cast<KeyRole>(random->below(3)) : KeyRole::kAny;
    keys.push_back(SpilledKey::make(hash, role, i));
  }
  return keys;
}

TEST(KeyGroups, AreWhatAllPairsSay) {
  Random random(8);
  KeyGroups groups;  // the same for all, as a thread has it
  for (const std::size_t n : {0u, 1u, 2u, 40u, 300u})
    for (const std::uint64_t hashes : {1u, 5u, 60u, 3000u})
      for (const bool roles : {false, true}) {
        const auto keys = random_keys(n, hashes, roles, &random);
        std::uint64_t edges = 0;
        UnionFind expected(n), found(n);
        // A whole text brings all of its group together.
        std::set<std::uint64_t> whole;
        for (const SpilledKey& key : keys)
          if (key.role() != KeyRole::kLonger) whole.insert(key.hash());
        for (std::uint32_t i = 0; i < n; ++i)
          for (std::uint32_t j = i + 1; j < n; ++j) {
            if (keys[i].hash() != keys[j].hash()) continue;
            edges += roles_pair(keys[i].role(), keys[j].role());
            if (whole.count(keys[i].hash())) expected.join(i, j);
          }
        const KeyLinks links = groups.links_of(keys);
        for (const auto& [a, b] : links.links) found.join(a, b);
        EXPECT_EQ(links.edges, edges) << n << ' ' << hashes << ' ' << roles;
        EXPECT_EQ(sets_of(&found), sets_of(&expected));
      }
}

}  // namespace
}  // namespace clustcr
