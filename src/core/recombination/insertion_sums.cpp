#include "recombination/insertion_sums.hpp"

#include <algorithm>

#include "base/simd.hpp"

namespace clustcr {
namespace {

using Links = Few<CodonLayer::Link, 36>;

// What goes on from the arcs in `from` (bits of `live`) to those in `to`;
// lanes come in fours. Returns which arcs got something.
template <bool kForward>
std::uint32_t follow(const Links& links, const std::array<double, 16>& chain,
                     const double* from, std::uint32_t live, std::size_t lanes,
                     double* to) {
  std::uint32_t reached = 0;
  for (const CodonLayer::Link& link : links) {
    const std::uint8_t source = kForward ? link.from : link.to;
    const std::uint8_t target = kForward ? link.to : link.from;
    if (!(live >> source & 1u)) continue;
    reached |= 1u << target;
    const double p = chain[link.chain];
    const double* x = from + source * lanes;
    double* y = to + target * lanes;
    for (std::size_t i = 0; i < lanes; i += 4) {
      y[i] += x[i] * p;
      y[i + 1] += x[i + 1] * p;
      y[i + 2] += x[i + 2] * p;
      y[i + 3] += x[i + 3] * p;
    }
  }
  return reached;
}

// Four sums at once, added at the end: the same on every processor.
double weighed(const double* x, const double* weights, std::size_t lanes) {
  double a = 0, b = 0, c = 0, d = 0;
  for (std::size_t i = 0; i < lanes; i += 4) {
    a += x[i] * weights[i];
    b += x[i + 1] * weights[i + 1];
    c += x[i + 2] * weights[i + 2];
    d += x[i + 3] * weights[i + 3];
  }
  return (a + b) + (c + d);
}

bool is_nothing(const StateVector& sums) {
  return std::all_of(sums.begin(), sums.end(), [](double x) { return x == 0; });
}

constexpr std::size_t kMostArcs = 12;

}  // namespace

void GeneEnds::gather(const PlaceSums* of_blocks, std::size_t number,
                      std::size_t places) {
  blocks = number;
  first = places;
  std::size_t last = 0;
  for (std::size_t b = 0; b < number; ++b) {
    for (std::size_t p = 0; p < places; ++p) {
      if (is_nothing(of_blocks[b][p])) continue;
      first = std::min(first, p);
      last = std::max(last, p);
    }
  }
  count = first == places ? 0 : last - first + 1;
  sums.clear();
  for (std::size_t b = 0; b < number; ++b)
    for (std::size_t i = 0; i < count; ++i)
      sums.push_back(of_blocks[b][first + i]);
}

InsertionSums::InsertionSums(const Insertion& insertion, std::size_t most_lanes)
    : length_(insertion.length),
      first_(insertion.first),
      margin_(most_lanes + 8) {
  if (length_.empty()) length_.push_back(1);
  for (std::size_t a = 0; a < 4; ++a) {
    for (std::size_t b = 0; b < 4; ++b) {
      to_right_[4 * a + b] = insertion.next[4 * a + b];
      to_left_[4 * a + b] = insertion.next[4 * b + a];
    }
  }
  rising_.assign(length_.size() + 2 * margin_, 0);
  std::copy(length_.begin(), length_.end(),
            rising_.begin() + static_cast<std::ptrdiff_t>(margin_));
  falling_.assign(rising_.rbegin(), rising_.rend());
}

void InsertionSums::prepare(const GeneEnds& starts, Scratch* scratch) const {
  scratch->stride = lane_stride(starts) * starts.blocks;
  scratch->now.assign(kMostArcs * scratch->stride, 0);
  scratch->next.assign(kMostArcs * scratch->stride, 0);
}

// sink(place, layer, live arcs, where the lengths of the lanes begin).
template <class Sink>
void InsertionSums::walk_right(const CodonPath& path, const GeneEnds& starts,
                               Scratch* scratch, Sink&& sink) const {
  prepare(starts, scratch);
  const std::size_t lanes = scratch->stride, block = lane_stride(starts);
  const std::size_t last = starts.first + starts.count - 1;
  const std::size_t end = std::min(path.letters(), last + longest());
  std::uint32_t live = 0;
  for (std::size_t p = starts.first; p < end; ++p) {
    const CodonLayer& layer = path.layer(p);
    std::fill_n(scratch->next.begin(), layer.arcs.size * lanes, 0);
    live = follow<true>(layer.links, to_right_, scratch->now.data(), live,
                        lanes, scratch->next.data());
    if (p <= last) {
      for (std::size_t b = 0; b < starts.blocks; ++b) {
        const StateVector& begun = starts.at(b, p);
        for (const CodonLayer::StepOfArc& step : layer.steps_of_arcs) {
          if (begun[step.from] == 0) continue;
          live |= 1u << step.arc;
          scratch->next[step.arc * lanes + b * block + p - starts.first] +=
              begun[step.from] * first_[layer.arcs.items[step.arc].letter];
        }
      }
    }
    std::swap(scratch->now, scratch->next);
    // Lane i has p + 1 - first - i letters.
    const std::size_t longest_here = p + 1 - starts.first;
    sink(p + 1, layer, live,
         &falling_[falling_.size() - 1 - margin_ - longest_here]);
  }
}

void InsertionSums::forward(const CodonPath& path, const GeneEnds& starts,
                            PlaceSums* of_blocks, Scratch* scratch) const {
  if (!starts.any()) return;
  const std::size_t block = lane_stride(starts);
  for (std::size_t b = 0; b < starts.blocks; ++b)
    for (std::size_t i = 0; i < starts.count; ++i)
      for (std::size_t s = 0; s < kStateSlots; ++s)
        of_blocks[b][starts.first + i][s] +=
            starts.sums[b * starts.count + i][s] * length_[0];
  walk_right(path, starts, scratch,
             [&](std::size_t place, const CodonLayer& layer, std::uint32_t live,
                 const double* lengths) {
               const double* now = scratch->now.data();
               for (std::uint8_t arc = 0; arc < layer.arcs.size; ++arc) {
                 if (!(live >> arc & 1u)) continue;
                 for (std::size_t b = 0; b < starts.blocks; ++b)
                   of_blocks[b][place][layer.arcs.items[arc].to] += weighed(
                       now + arc * scratch->stride + b * block, lengths, block);
               }
             });
}

void InsertionSums::forward_lanes(const CodonPath& path, const GeneEnds& starts,
                                  std::vector<double>* lanes,
                                  Scratch* scratch) const {
  const std::size_t block = lane_stride(starts);
  const std::size_t all = block * starts.blocks;
  lanes->assign((path.letters() + 1) * kStateSlots * all, 0);
  if (!starts.any()) return;
  for (std::size_t b = 0; b < starts.blocks; ++b)
    for (std::size_t i = 0; i < starts.count; ++i)
      for (std::size_t s = 0; s < kStateSlots; ++s)
        (*lanes)[((starts.first + i) * kStateSlots + s) * all + b * block +
                 i] += starts.sums[b * starts.count + i][s] * length_[0];
  walk_right(path, starts, scratch,
             [&](std::size_t place, const CodonLayer& layer, std::uint32_t live,
                 const double* lengths) {
               const double* now = scratch->now.data();
               for (std::uint8_t arc = 0; arc < layer.arcs.size; ++arc) {
                 if (!(live >> arc & 1u)) continue;
                 const std::size_t at =
                     place * kStateSlots + layer.arcs.items[arc].to;
                 double* out = lanes->data() + at * all;
                 const double* in = now + arc * all;
                 for (std::size_t b = 0; b < starts.blocks; ++b)
                   for (std::size_t i = 0; i < block; ++i)
                     out[b * block + i] += in[b * block + i] * lengths[i];
               }
             });
}

void InsertionSums::backward(const CodonPath& path, const GeneEnds& starts,
                             PlaceSums* of_blocks, Scratch* scratch) const {
  if (!starts.any()) return;
  prepare(starts, scratch);
  const std::size_t lanes = scratch->stride, block = lane_stride(starts);
  const std::size_t last = starts.first + starts.count - 1;
  const std::size_t end =
      starts.first > longest() ? starts.first - longest() : 0;
  for (std::size_t b = 0; b < starts.blocks; ++b)
    for (std::size_t i = 0; i < starts.count; ++i)
      for (std::size_t s = 0; s < kStateSlots; ++s)
        of_blocks[b][starts.first + i][s] +=
            starts.sums[b * starts.count + i][s] * length_[0];
  std::uint32_t live = 0;
  for (std::size_t p = last; p-- > end;) {
    const CodonLayer& layer = path.layer(p);
    std::fill_n(scratch->next.begin(), layer.arcs.size * lanes, 0);
    if (live)
      live =
          follow<false>(path.layer(p + 1).links, to_left_, scratch->now.data(),
                        live, lanes, scratch->next.data());
    if (p + 1 >= starts.first) {
      for (std::size_t b = 0; b < starts.blocks; ++b) {
        const StateVector& begun = starts.at(b, p + 1);
        for (std::uint8_t arc = 0; arc < layer.arcs.size; ++arc) {
          const CodonLayer::Arc& own = layer.arcs.items[arc];
          if (begun[own.to] == 0) continue;
          live |= 1u << arc;
          scratch->next[arc * lanes + b * block + p + 1 - starts.first] +=
              begun[own.to] * first_[own.letter];
        }
      }
    }
    std::swap(scratch->now, scratch->next);
    // Lane i has first + i - p letters.
    const double* lengths = &rising_[margin_ + starts.first - p];
    for (std::size_t b = 0; b < starts.blocks; ++b) {
      std::array<double, kMostArcs> sums{};
      for (std::uint8_t arc = 0; arc < layer.arcs.size; ++arc)
        if (live >> arc & 1u)
          sums[arc] = weighed(scratch->now.data() + arc * lanes + b * block,
                              lengths, block);
      for (const CodonLayer::StepOfArc& step : layer.steps_of_arcs)
        of_blocks[b][p][step.from] += sums[step.arc];
    }
  }
}

}  // namespace clustcr
