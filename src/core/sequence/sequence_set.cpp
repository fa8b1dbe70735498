#include "sequence/sequence_set.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "base/parallel.hpp"
#include "sequence/alphabet.hpp"

namespace clustcr {
namespace {

// Letters as numbers of five bits that sort as they do; what is no letter of
// sequences and pairs is kOdd.
constexpr std::uint8_t kOdd = 255;
const std::array<std::uint8_t, 256> five_bits = [] {
  std::array<std::uint8_t, 256> ranks;
  ranks.fill(kOdd);
  ranks[0] = 0;
  ranks[static_cast<unsigned char>(kChainSeparator)] = 1;
  for (int c = 'A'; c <= 'Z'; ++c)
    ranks[c] = static_cast<std::uint8_t>(c - 'A' + 2);
  return ranks;
}();

// The first letters as a number that sorts as they do, and whose they are.
struct SortKey {
  static constexpr std::size_t kLetters = 12;
  std::uint64_t leading;
  std::uint32_t index;
};

// Empty where there are odd letters, or so few rows that counting digits costs
// more than comparing.
std::vector<SortKey> sort_keys(const SequenceSet& set) {
  constexpr std::size_t kFewRows = 1024;
  if (set.size() < kFewRows) return {};
  const std::size_t letters = std::min(SortKey::kLetters, set.stride());
  std::vector<SortKey> keys(set.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const char* row = set.row(i);
    std::uint64_t word = 0;
    std::uint8_t odd = 0;
    for (std::size_t k = 0; k < letters; ++k) {
      const std::uint8_t rank = five_bits[static_cast<unsigned char>(row[k])];
      odd |= rank & 0xe0;
      word = word << 5 | rank;
    }
    if (odd) return {};
    keys[i] = {word, static_cast<std::uint32_t>(i)};
  }
  return keys;
}

// By digits from the last to the first; equal ones stay in their order.
void sort_by_digits(std::vector<SortKey>* keys, CancelPoll* poll) {
  constexpr int kBits = 12, kDigits = 5 * SortKey::kLetters / kBits;
  constexpr std::size_t kValues = std::size_t{1} << kBits;
  const auto digit = [](const SortKey& key, int d) {
    return key.leading >> (d * kBits) & (kValues - 1);
  };
  std::vector<std::array<std::uint32_t, kValues>> counts(kDigits);
  for (const SortKey& key : *keys)
    for (int d = 0; d < kDigits; ++d) ++counts[d][digit(key, d)];
  std::vector<SortKey> sorted(keys->size());
  for (int d = 0; d < kDigits; ++d) {
    poll->check();
    std::uint32_t at = 0;
    for (std::uint32_t& count : counts[d]) at += std::exchange(count, at);
    for (const SortKey& key : *keys) sorted[counts[d][digit(key, d)]++] = key;
    keys->swap(sorted);
  }
}

}  // namespace

void SequenceSet::widen(std::size_t longest) {
  const std::size_t wider = (longest / 8 + 1) * 8;
  const std::size_t n = size();
  std::vector<char> moved;
  moved.reserve(bytes_.capacity() / stride_ * wider);  // what was reserved, too
  moved.resize(n * wider);
  for (std::size_t i = 0; i < n; ++i)
    std::memcpy(moved.data() + i * wider, row(i), stride_);
  bytes_ = std::move(moved);
  stride_ = wider;
}

// Ten million take seconds: the host is asked on the way.
std::vector<std::uint32_t> sorted_order(const SequenceSet& set, Host* host) {
  CancelPoll poll(host);
  std::uint32_t comparisons = 0;
  const auto before = [&](std::uint32_t a, std::uint32_t b) {
    if (++comparisons % 65536 == 0) poll.check();
    const int order = set.compare(a, b);
    return order != 0 ? order < 0 : a < b;
  };
  std::vector<SortKey> keys = sort_keys(set);
  std::vector<std::uint32_t> order(set.size());
  if (keys.empty()) {
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), before);
    return order;
  }
  sort_by_digits(&keys, &poll);
  for (std::size_t i = 0; i < keys.size(); ++i) order[i] = keys[i].index;
  // What the first letters leave undecided.
  for (std::size_t i = 0; i < keys.size();) {
    std::size_t end = i + 1;
    while (end < keys.size() && keys[end].leading == keys[i].leading) ++end;
    if (end - i > 1) std::sort(order.begin() + i, order.begin() + end, before);
    i = end;
  }
  return order;
}

SequenceSet sorted_unique(const SequenceSet& set,
                          std::vector<std::uint32_t>* index_of, Host* host) {
  const std::vector<std::uint32_t> order = sorted_order(set, host);
  SequenceSet unique(set.longest());
  unique.reserve(set.size());
  if (index_of) index_of->resize(set.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i == 0 || set.compare(order[i - 1], order[i]) != 0)
      unique.push_back(set[order[i]]);
    if (index_of)
      (*index_of)[order[i]] = static_cast<std::uint32_t>(unique.size() - 1);
  }
  return unique;
}

}  // namespace clustcr
