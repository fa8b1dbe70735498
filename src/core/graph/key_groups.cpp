#include "graph/key_groups.hpp"

namespace clustcr {
namespace {

constexpr std::uint32_t kNone = 0xffffffffu;

}  // namespace

KeyLinks KeyGroups::links_of(const std::vector<SpilledKey>& keys) {
  std::size_t slots = 16;
  while (slots < 2 * keys.size()) slots *= 2;
  slots_.assign(slots, {0, kNone});
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
