#include "graph/tcrdist_groups.hpp"

#include <algorithm>
#include <cstring>

namespace clustcr {
namespace {

constexpr std::uint32_t kNone = 0xffffffffu;

// What stands before a key's letters, the cores of its chains.
struct Header {
  SpilledKey key;
  std::uint16_t length[2];  // the second 0 where there is one chain
  std::uint32_t chains;
};

}  // namespace

void append_tcrdist_key(const SpilledKey& key, std::string_view receptor,
                        std::string* bytes) {
  const TcrChains chains(receptor.data(), receptor.size());
  const Header header{key,
                      {static_cast<std::uint16_t>(chains.chain[0].length),
                       static_cast<std::uint16_t>(chains.chain[1].length)},
                      static_cast<std::uint32_t>(chains.count)};
  bytes->append(reinterpret_cast<const char*>(&header), sizeof header);
  for (int k = 0; k < chains.count; ++k)
    bytes->append(chains.chain[k].core,
                  static_cast<std::size_t>(chains.chain[k].core_length));
}

void TcrdistGroups::read(const std::string& bytes) {
  members_.clear();
  const char* at = bytes.data();
  const char* const end = at + bytes.size();
  while (at != end) {
    Header header;
    std::memcpy(&header, at, sizeof header);
    at += sizeof header;
    Member member{header.key, {}, kNone};
    member.chains.count = static_cast<int>(header.chains);
    for (int k = 0; k < member.chains.count; ++k) {
      const int length = header.length[k];
      member.chains.chain[k] = {at, tcr_core_length(length), length};
      at += tcr_core_length(length);
    }
    members_.push_back(member);
  }
}

// Those with the same hash one behind the other; `firsts_` are of two and more.
void TcrdistGroups::chain() {
  std::size_t slots = 16;
  while (slots < 2 * members_.size()) slots *= 2;
  slots_.assign(slots, kNone);
  firsts_.clear();
  for (std::uint32_t i = 0; i < members_.size(); ++i) {
    const std::uint64_t hash = members_[i].key.hash();
    std::size_t s = hash & (slots - 1);
    while (slots_[s] != kNone && members_[slots_[s]].key.hash() != hash)
      s = (s + 1) & (slots - 1);
    if (slots_[s] == kNone) {
      slots_[s] = i;
      continue;
    }
    Member& first = members_[slots_[s]];
    if (first.next == kNone) firsts_.push_back(slots_[s]);
    members_[i].next = first.next;
    first.next = i;
  }
}

bool TcrdistGroups::are_neighbours(const Member& a, const Member& b,
                                   const GenesBesideKeys* beside) const {
  if (!roles_pair(a.key.role(), b.key.role())) return false;
  const std::uint32_t apart =
      beside == nullptr ? 0
                        : beside->sets.distance(beside->genes[a.key.id],
                                                beside->genes[b.key.id]);
  const int most = tcrdist_steps_beside(rule_, apart);
  if (most < 0 || tcrdist_steps(a.chains, b.chains, most) > most) return false;
  return keys_.first_common(a.chains, b.chains) == a.key.letters();
}

// As few links as say what hangs together, of all pairs of a group.
void TcrdistGroups::link(std::uint32_t first, const GenesBesideKeys* beside,
                         KeyLinks* found) {
  group_.clear();
  up_.clear();
  auto root = [&](std::uint32_t i) {
    while (up_[i] != i) i = up_[i];
    return i;
  };
  for (std::uint32_t m = first; m != kNone; m = members_[m].next) {
    const auto i = static_cast<std::uint32_t>(group_.size());
    group_.push_back(m);
    up_.push_back(i);
    for (std::uint32_t j = 0; j < i; ++j) {
      const Member& other = members_[group_[j]];
      if (!are_neighbours(members_[m], other, beside)) continue;
      ++found->edges;
      const std::uint32_t a = root(i), b = root(j);
      if (a == b) continue;
      up_[std::max(a, b)] = std::min(a, b);
      found->links.push_back({members_[m].key.id, other.key.id});
    }
  }
}

KeyLinks TcrdistGroups::links_of(const std::string& bytes,
                                 const GenesBesideKeys* beside) {
  KeyLinks found;
  read(bytes);
  chain();
  for (const std::uint32_t first : firsts_) link(first, beside, &found);
  return found;
}

}  // namespace clustcr
