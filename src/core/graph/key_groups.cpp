#include "graph/key_groups.hpp"

#include <algorithm>
#include <tuple>

namespace clustcr {
namespace {

constexpr std::uint32_t kNone = 0xffffffffu;

}  // namespace

void KeyGroups::clear_groups(std::size_t keys) {
  std::size_t slots = 16;
  while (slots < 2 * keys) slots *= 2;
  slots_.assign(slots, {0, kNone});
}

KeyLinks KeyGroups::links_of(const std::vector<SpilledKey>& keys) {
  clear_groups(keys.size());
  counts_.assign(keys.size(), {});
  KeyLinks found;
  bool longer = false;
  for (std::uint32_t i = 0; i < keys.size(); ++i) {
    if (keys[i].role() == KeyRole::kLonger) {
      longer = true;
      continue;
    }
    const std::uint32_t first = first_of(keys, i, true);
    if (first != i) found.links.push_back({keys[first].id, keys[i].id});
    if (keys[i].role() == KeyRole::kAny)
      found.edges += counts_[first].any++;
    else
      ++counts_[first].shorter;
  }
  // Once all are there that they can meet.
  for (std::uint32_t i = 0; longer && i < keys.size(); ++i) {
    if (keys[i].role() != KeyRole::kLonger) continue;
    const std::uint32_t first = first_of(keys, i, false);
    if (first == kNone) continue;
    found.links.push_back({keys[first].id, keys[i].id});
    found.edges += counts_[first].shorter;
  }
  return found;
}

KeyLinks KeyGroups::links_of(const std::vector<SpilledKey>& keys,
                             const GenesBesideKeys& beside) {
  clear_groups(keys.size());
  next_.assign(keys.size(), kNone);
  for (const bool longer : {false, true})
    for (std::uint32_t i = 0; i < keys.size(); ++i) {
      if ((keys[i].role() == KeyRole::kLonger) != longer) continue;
      const std::uint32_t first = first_of(keys, i, !longer);
      if (first == kNone || first == i) continue;
      next_[i] = next_[first];
      next_[first] = i;
    }
  KeyLinks found;
  for (const Slot& slot : slots_) {
    if (slot.key == kNone || next_[slot.key] == kNone) continue;
    members_.clear();
    for (std::uint32_t i = slot.key; i != kNone; i = next_[i])
      members_.push_back(keys[i]);
    link_members(beside, &found);
  }
  return found;
}

void KeyGroups::link_members(const GenesBesideKeys& beside, KeyLinks* found) {
  const auto order = [&](const SpilledKey& key) {
    return std::make_tuple(key.role() == KeyRole::kLonger, beside.genes[key.id],
                           beside.sequence[key.id]);
  };
  std::sort(members_.begin(), members_.end(),
            [&](const SpilledKey& a, const SpilledKey& b) {
              return order(a) < order(b);
            });
  alike_.clear();
  for (std::size_t i = 0; i < members_.size(); ++i) {
    const std::uint32_t genes = beside.genes[members_[i].id];
    const bool longer = members_[i].role() == KeyRole::kLonger;
    if (alike_.empty() || alike_.back().genes != genes ||
        alike_.back().longer != longer)
      alike_.push_back({i, i, genes, longer});
    ++alike_.back().end;
  }
  const auto link = [&](const Alike& from, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i)
      found->links.push_back({members_[from.begin].id, members_[i].id});
  };
  const KeyRole role = members_.front().role();
  for (const Alike& a : alike_) {
    if (a.longer) break;
    if (role == KeyRole::kAny) {
      link(a, a.begin + 1, a.end);
      found->edges += a.size() * (a.size() - 1) / 2;
    }
    for (const Alike& b : alike_) {
      if (role == KeyRole::kShorter ? !b.longer : b.begin <= a.begin) continue;
      if (!beside.sets.match(a.genes, b.genes)) continue;
      link(a, b.begin, role == KeyRole::kShorter ? b.end : b.begin + 1);
      found->edges += role == KeyRole::kAny ? pairs_between(a, b, beside)
                                            : a.size() * b.size();
    }
  }
}

// But for those of the same sequence.
std::uint64_t KeyGroups::pairs_between(const Alike& a, const Alike& b,
                                       const GenesBesideKeys& beside) const {
  std::uint64_t pairs = a.size() * b.size();
  std::size_t j = b.begin;
  for (std::size_t i = a.begin; i < a.end; ++i) {
    const std::uint32_t sequence = beside.sequence[members_[i].id];
    while (j < b.end && beside.sequence[members_[j].id] < sequence) ++j;
    if (j < b.end && beside.sequence[members_[j].id] == sequence) --pairs;
  }
  return pairs;
}

// The first key with the hash of key i. Where there is none: i, which will be
// it, if it is to be added, else kNone.
std::uint32_t KeyGroups::first_of(const std::vector<SpilledKey>& keys,
                                  std::uint32_t i, bool add) {
  const SpilledKey& key = keys[i];
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t s = key.low >> 2 & mask;; s = (s + 1) & mask) {
    Slot& slot = slots_[s];
    if (slot.key == kNone) {
      if (!add) return kNone;
      slot = {key.high, i};
      return i;
    }
    if (slot.high == key.high && keys[slot.key].hash() == key.hash())
      return slot.key;
  }
}

}  // namespace clustcr
