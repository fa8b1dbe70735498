#include "graph/neighbour_search.hpp"

#include <algorithm>
#include <cstring>
#include <tuple>

#include "base/errors.hpp"
#include "base/parallel.hpp"

namespace clustcr {
namespace {

constexpr std::size_t kGrain = 2048;

}  // namespace

NeighbourSearch::NeighbourSearch(const ClassedSequences& held)
    : held_(held), keys_(NeighbourRule(), held.sequences.longest()) {
  std::size_t total = 0;
  for (std::size_t i = 0; i < held.sequences.size(); ++i)
    total += held.sequences.length(i);
  if (total >= kNone)
    throw InvalidArgument(
        "the sequences searched for must have fewer than 2^32 - 1 residues "
        "together, not " +
        std::to_string(total));
  std::size_t slots = 16;
  while (slots < 2 * total) slots *= 2;
  heads_.assign(slots, kNone);
  masked_.reserve(total);
  for (std::size_t i = 0; i < held.sequences.size(); ++i) {
    std::uint32_t position = 0;
    keys_(held.sequences.row(i), held.sequences.length(i),
          class_word(held_.classes[i]), 0, [&](std::uint64_t hash, KeyRole) {
            std::uint32_t& head = heads_[hash & (slots - 1)];
            masked_.push_back(
                {hash, static_cast<std::uint32_t>(i), head, position++});
            head = static_cast<std::uint32_t>(masked_.size() - 1);
          });
  }
}

// found(held, distance) for each neighbour of streamed sequence i. `row` is
// scratch memory: the sequence in a row as long as the held ones'.
template <class Visit>
void NeighbourSearch::visit(const ClassedSequences& streamed, std::size_t i,
                            std::vector<char>* row, Visit&& found) const {
  const std::size_t length = streamed.sequences.length(i);
  if (length > held_.sequences.longest()) return;
  const std::size_t stride = held_.sequences.stride();
  row->assign(stride, 0);
  std::memcpy(row->data(), streamed.sequences.row(i), length);
  const std::uint32_t own_class = streamed.classes[i];
  std::uint32_t position = 0;
  keys_(row->data(), length, class_word(own_class), 0,
        [&](std::uint64_t hash, KeyRole) {
          for (std::uint32_t m = heads_[hash & (heads_.size() - 1)]; m != kNone;
               m = masked_[m].next) {
            const Masked& candidate = masked_[m];
            if (candidate.hash != hash || candidate.position != position ||
                held_.classes[candidate.index] != own_class)
              continue;
            const char* const other = held_.sequences.row(candidate.index);
            // Equal once this position is masked, but for a chance collision;
            // the same sequence is so at each position, and counts at the
            // first.
            if (std::memcmp(other, row->data(), position) != 0 ||
                std::memcmp(other + position + 1, row->data() + position + 1,
                            stride - position - 1) != 0)
              continue;
            const bool same = other[position] == (*row)[position];
            if (!same || position == 0) found(candidate.index, same ? 0u : 1u);
          }
          ++position;
        });
}

void NeighbourSearch::count(const ClassedSequences& streamed,
                            const Execution& execution,
                            std::vector<std::uint64_t>* counts) const {
  const int workers = usable_threads(execution.threads);
  std::vector<std::vector<std::uint64_t>> own(workers);
  std::vector<std::vector<char>> rows(workers);
  parallel_for(
      streamed.sequences.size(), kGrain, execution,
      [&](std::size_t begin, std::size_t end, int w) {
        own[w].resize(held_.sequences.size());
        for (std::size_t i = begin; i < end; ++i)
          visit(streamed, i, &rows[w],
                [&](std::uint32_t held, std::uint32_t) { ++own[w][held]; });
      });
  counts->resize(held_.sequences.size());
  for (const std::vector<std::uint64_t>& part : own)
    for (std::size_t i = 0; i < part.size(); ++i) (*counts)[i] += part[i];
}

std::vector<NeighbourPair> NeighbourSearch::pairs(
    const ClassedSequences& streamed, const Execution& execution) const {
  const int workers = usable_threads(execution.threads);
  std::vector<std::vector<NeighbourPair>> own(workers);
  std::vector<std::vector<char>> rows(workers);
  parallel_for(streamed.sequences.size(), kGrain, execution,
               [&](std::size_t begin, std::size_t end, int w) {
                 for (std::size_t i = begin; i < end; ++i)
                   visit(streamed, i, &rows[w],
                         [&](std::uint32_t held, std::uint32_t distance) {
                           own[w].push_back(
                               {held, static_cast<std::uint32_t>(i), distance});
                         });
               });
  std::vector<NeighbourPair> all;
  for (const std::vector<NeighbourPair>& part : own)
    all.insert(all.end(), part.begin(), part.end());
  std::sort(all.begin(), all.end(),
            [](const NeighbourPair& a, const NeighbourPair& b) {
              return std::tie(a.held, a.streamed) <
                     std::tie(b.held, b.streamed);
            });
  return all;
}

}  // namespace clustcr
