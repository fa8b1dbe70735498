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

// Few hashes and letters, so that groups are large and roles meet; some hashes
// differ in the high word alone, or in the low one. No two kAny keys are the
// same: receptors are distinct.
std::vector<SpilledKey> random_keys(std::size_t n, std::uint64_t hashes,
                                    bool roles, Random* random) {
  std::vector<SpilledKey> keys;
  std::set<std::uint64_t> seen;
  while (keys.size() < n) {
    NeighbourKey key{mix64(random->below(hashes))};
    if (random->chance(20)) key.hash = (key.hash & 0xffffffff) | 7ull << 32;
    if (random->chance(20)) key.hash = (key.hash >> 32 << 32) | 1ull << 22;
    if (roles && random->chance(60))
      key.role = random->chance(50) ? KeyRole::kShorter : KeyRole::kLonger;
    else
      for (int place = 0; place < kMaskedLetters; ++place)
        key.letters |=
            masked_letter(static_cast<char>(1 + random->below(6)), place);
    const auto id = static_cast<std::uint32_t>(keys.size());
    const auto made = SpilledKey::make(key, 0, id);
    if (key.role == KeyRole::kAny && !seen.insert(made.bits()).second) continue;
    keys.push_back(made);
  }
  return keys;
}

bool are_joined(const SpilledKey& a, const SpilledKey& b) {
  return a.hash() == b.hash() && roles_pair(a.role(), b.role()) &&
         (a.role() != KeyRole::kAny ||
          one_letter_differs(a.letters(), b.letters()));
}

TEST(KeyGroups, AreWhatAllPairsSay) {
  Random random(8);
  KeyGroups groups;  // the same for all, as a thread has it
  for (const std::size_t n : {0u, 1u, 2u, 40u, 300u, 900u})
    for (const std::uint64_t hashes : {1u, 5u, 60u, 3000u})
      for (const bool roles : {false, true}) {
        const auto keys = random_keys(n, hashes, roles, &random);
        std::uint64_t edges = 0;
        UnionFind expected(n), found(n);
        for (std::uint32_t i = 0; i < n; ++i)
          for (std::uint32_t j = i + 1; j < n; ++j)
            if (are_joined(keys[i], keys[j])) {
              ++edges;
              expected.join(i, j);
            }
        const KeyLinks links = groups.links_of(keys);
        for (const auto& [a, b] : links.links) found.join(a, b);
        EXPECT_EQ(links.edges, edges) << n << ' ' << hashes << ' ' << roles;
        EXPECT_EQ(sets_of(&found), sets_of(&expected));
      }
}

TEST(KeyGroups, OneLetterDiffers) {
  Random random(9);
  for (int round = 0; round < 100000; ++round) {
    MaskedLetters a = 0, b = 0;
    int differ = 0;
    for (int place = 0; place < kMaskedLetters; ++place) {
      const auto x = static_cast<char>(random.below(32));
      const auto y =
          random.chance(50) ? x : static_cast<char>(random.below(32));
      a |= masked_letter(x, place);
      b |= masked_letter(y, place);
      differ += x != y;
    }
    ASSERT_EQ(one_letter_differs(a, b), differ == 1) << a << ' ' << b;
  }
}

}  // namespace
}  // namespace clustcr
