#include "graph/key_groups.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace clustcr {
namespace {

constexpr std::uint32_t kNone = 0xffffffffu;
// Members of which all pairs are compared: beyond, runs are sorted faster.
constexpr std::size_t kFew = 64;

template <class Member>
void link_to(std::uint32_t id, Member begin, Member end, KeyLinks* found) {
  for (; begin != end; ++begin) found->links.push_back({id, begin->id});
}

std::uint64_t pairs_of(std::uint64_t n) { return n * (n - 1) / 2; }

}  // namespace

// The first key that meets key i. Where there is none: i, which will be
// it, if it is to be added, else kNone.
std::uint32_t KeyGroups::first_of(const std::vector<SpilledKey>& keys,
                                  std::uint32_t i, bool add) {
  const SpilledKey& key = keys[i];
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t s = key.hash() & mask;; s = (s + 1) & mask) {
    Slot& slot = slots_[s];
    if (slot.key == kNone) {
      if (!add) return kNone;
      slot = {key.high, i};
      return i;
    }
    if (slot.high == key.high && keys[slot.key].meets(key)) return slot.key;
  }
}

// Keys with the same hash, one behind the other, but for those of texts that
// lack a letter and meet no other.
void KeyGroups::chain(const std::vector<SpilledKey>& keys) {
  std::size_t slots = 16;
  while (slots < 2 * keys.size()) slots *= 2;
  slots_.assign(slots, {0, kNone});
  next_.assign(keys.size(), kNone);
  firsts_.clear();
  bool any_longer = false;
  for (const bool longer : {false, true}) {
    if (longer && !any_longer) break;
    for (std::uint32_t i = 0; i < keys.size(); ++i) {
      if ((keys[i].role() == KeyRole::kLonger) != longer) {
        any_longer = true;
        continue;
      }
      const std::uint32_t first = first_of(keys, i, !longer);
      if (first == kNone || first == i) continue;
      if (next_[first] == kNone) firsts_.push_back(first);
      next_[i] = next_[first];
      next_[first] = i;
    }
  }
}

// link(role) for each group of two and more, in members_ and shorter_.
template <class Link>
void KeyGroups::for_each_group(const std::vector<SpilledKey>& keys,
                               Link&& link) {
  chain(keys);
  for (const std::uint32_t first : firsts_) {
    members_.clear();
    shorter_.clear();
    for (std::uint32_t i = first; i != kNone; i = next_[i])
      (keys[i].role() == KeyRole::kShorter ? shorter_ : members_)
          .push_back({keys[i].letters(), keys[i].id});
    link(keys[first].role());
  }
}

KeyLinks KeyGroups::links_of(const std::vector<SpilledKey>& keys) {
  KeyLinks found;
  for_each_group(keys, [&](KeyRole role) {
    if (role == KeyRole::kShorter)
      link_deletions(&found);
    else if (members_.size() <= kFew)
      link_few(&found);
    else
      link_runs(&found);
  });
  return found;
}

// As few links as say what hangs together: unions of all receptors wait for
// memory, which those of a group do not.
void KeyGroups::link_few(KeyLinks* found) {
  up_.resize(members_.size());
  std::iota(up_.begin(), up_.end(), 0);
  for (std::uint32_t i = 1; i < members_.size(); ++i)
    for (std::uint32_t j = 0; j < i; ++j) {
      if (!one_letter_differs(members_[i].letters, members_[j].letters))
        continue;
      ++found->edges;
      std::uint32_t a = i, b = j;
      while (up_[a] != a) a = up_[a];
      while (up_[b] != b) b = up_[b];
      if (a == b) continue;
      up_[std::max(a, b)] = std::min(a, b);
      found->links.push_back({members_[i].id, members_[j].id});
    }
}

void KeyGroups::link_runs(KeyLinks* found) {
  for_each_masked_run(&members_, [&](Member begin, Member end) {
    link_to(begin->id, begin + 1, end, found);
    found->edges += pairs_of(end - begin);
  });
}

void KeyGroups::link_deletions(KeyLinks* found) const {
  if (members_.empty()) return;
  link_to(shorter_.front().id, shorter_.begin() + 1, shorter_.end(), found);
  link_to(shorter_.front().id, members_.begin(), members_.end(), found);
  found->edges += std::uint64_t{shorter_.size()} * members_.size();
}

KeyLinks KeyGroups::links_of(const std::vector<SpilledKey>& keys,
                             const GenesBesideKeys& beside) {
  KeyLinks found;
  for_each_group(keys, [&](KeyRole role) {
    if (role == KeyRole::kAny)
      for_each_masked_run(&members_, [&](Member begin, Member end) {
        link_alike(begin, end, beside, &found);
      });
    else if (role == KeyRole::kSame)
      link_same(beside, &found);
    else
      link_deletions(beside, &found);
  });
  return found;
}

// Those with the same genes side by side.
void KeyGroups::find_alike(Member begin, Member end,
                           const GenesBesideKeys& beside,
                           std::vector<Alike>* alike) const {
  std::sort(begin, end, [&](const MaskedMember& a, const MaskedMember& b) {
    return std::make_pair(beside.genes[a.id], beside.sequence[a.id]) <
           std::make_pair(beside.genes[b.id], beside.sequence[b.id]);
  });
  alike->clear();
  for (Member i = begin; i != end; ++i) {
    if (alike->empty() || alike->back().genes != beside.genes[i->id])
      alike->push_back({i, i, beside.genes[i->id]});
    ++alike->back().end;
  }
}

void KeyGroups::link_alike(Member begin, Member end,
                           const GenesBesideKeys& beside, KeyLinks* found) {
  find_alike(begin, end, beside, &alike_);
  for (auto a = alike_.begin(); a != alike_.end(); ++a) {
    link_to(a->begin->id, a->begin + 1, a->end, found);
    found->edges += pairs_of(a->size());
    for (auto b = a + 1; b != alike_.end(); ++b) {
      if (!beside.sets.match(a->genes, b->genes)) continue;
      found->links.push_back({a->begin->id, b->begin->id});
      found->edges += pairs_between(*a, *b, beside);
    }
  }
}

// But for those of the same sequence.
std::uint64_t KeyGroups::pairs_between(const Alike& a, const Alike& b,
                                       const GenesBesideKeys& beside) {
  std::uint64_t pairs = a.size() * b.size();
  Member j = b.begin;
  for (Member i = a.begin; i != a.end; ++i) {
    const std::uint32_t sequence = beside.sequence[i->id];
    while (j != b.end && beside.sequence[j->id] < sequence) ++j;
    if (j != b.end && beside.sequence[j->id] == sequence) --pairs;
  }
  return pairs;
}

void KeyGroups::link_same(const GenesBesideKeys& beside, KeyLinks* found) {
  for (auto a = members_.begin(); a != members_.end(); ++a)
    for (auto b = a + 1; b != members_.end(); ++b) {
      if (!beside.sets.match(beside.genes[a->id], beside.genes[b->id]))
        continue;
      found->links.push_back({a->id, b->id});
      ++found->edges;
    }
}

void KeyGroups::link_deletions(const GenesBesideKeys& beside, KeyLinks* found) {
  find_alike(shorter_.begin(), shorter_.end(), beside, &alike_shorter_);
  find_alike(members_.begin(), members_.end(), beside, &alike_);
  for (const Alike& a : alike_shorter_)
    for (const Alike& b : alike_) {
      if (!beside.sets.match(a.genes, b.genes)) continue;
      link_to(a.begin->id, b.begin, b.end, found);
      found->edges += a.size() * b.size();
    }
}

}  // namespace clustcr
