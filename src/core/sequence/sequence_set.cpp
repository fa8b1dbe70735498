#include "sequence/sequence_set.hpp"

#include <algorithm>
#include <numeric>

#include "base/parallel.hpp"

namespace clustcr {
namespace {

// The first 8 letters as a number that sorts as they do.
std::uint64_t leading_word(const char* row) {
  std::uint64_t word = 0;
  for (int i = 0; i < 8; ++i)
    word = word << 8 | static_cast<unsigned char>(row[i]);
  return word;
}

struct SortKey {
  std::uint64_t leading;
  std::uint64_t second;
  std::uint32_t index;
};

}  // namespace

void SequenceSet::widen(std::size_t longest) {
  const std::size_t wider = (longest / 8 + 1) * 8;
  const std::size_t n = size();
  std::vector<char> moved(n * wider);
  for (std::size_t i = 0; i < n; ++i)
    std::memcpy(moved.data() + i * wider, row(i), stride_);
  bytes_ = std::move(moved);
  stride_ = wider;
}

// Most CDR3s begin with CASS, so one word of 8 letters leaves many ties and
// the comparison would go to memory for each; two words decide nearly all.
std::vector<std::uint32_t> sorted_order(const SequenceSet& set, Host* host) {
  const std::size_t n = set.size();
  const std::size_t stride = set.stride();
  std::vector<SortKey> keys(n);
  for (std::size_t i = 0; i < n; ++i) {
    const char* row = set.row(i);
    keys[i] = {leading_word(row), stride > 8 ? leading_word(row + 8) : 0,
               static_cast<std::uint32_t>(i)};
  }
  // Ten million take seconds: the host is asked on the way.
  CancelPoll poll(host);
  std::uint32_t comparisons = 0;
  std::sort(keys.begin(), keys.end(), [&](const SortKey& a, const SortKey& b) {
    if (++comparisons % 65536 == 0) poll.check();
    if (a.leading != b.leading) return a.leading < b.leading;
    if (a.second != b.second) return a.second < b.second;
    if (stride > 16) {
      const int rest = std::memcmp(set.row(a.index) + 16, set.row(b.index) + 16,
                                   stride - 16);
      if (rest != 0) return rest < 0;
    }
    return a.index < b.index;
  });
  std::vector<std::uint32_t> order(n);
  for (std::size_t i = 0; i < n; ++i) order[i] = keys[i].index;
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
