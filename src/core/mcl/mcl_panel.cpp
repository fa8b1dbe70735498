#include "mcl/mcl_panel.hpp"

#include <algorithm>
#include <limits>

namespace clustcr {
namespace mcl {
namespace {

constexpr std::size_t kNodesPerEntry = 16;

}  // namespace

void RowSorter::reserve(std::uint32_t n) {
  if (words_.size() * 64 >= n) return;
  words_.resize(n / 64 + 1, 0);
  summary_.resize(words_.size() / 64 + 1, 0);
}

void RowSorter::operator()(std::uint32_t* rows, std::uint32_t count) {
  if (count <= 32) {
    std::sort(rows, rows + count);
    return;
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    words_[rows[i] >> 6] |= std::uint64_t{1} << (rows[i] & 63);
    summary_[rows[i] >> 12] |= std::uint64_t{1} << ((rows[i] >> 6) & 63);
  }
  std::uint32_t* out = rows;
  for (std::uint32_t s = 0; out != rows + count; ++s) {
    for (; summary_[s]; summary_[s] &= summary_[s] - 1) {
      const std::uint32_t w = s * 64 + __builtin_ctzll(summary_[s]);
      for (std::uint64_t bits = words_[w]; bits; bits &= bits - 1)
        *out++ = w * 64 + __builtin_ctzll(bits);
      words_[w] = 0;
    }
  }
}

void PanelStep::reserve(std::uint32_t n) {
  nodes_ = n;
  if (place_.size() >= n) return;
  sort_.reserve(n);
  sums_.resize(n, Lanes{});
  seen_.resize(n + 63, 0);  // listing reads 64 at a time
  place_.resize(n);
  panel_rows_.resize(n + 1);
  reached_.resize(n + 1);
}

void PanelStep::operator()(ColumnReader* columns, const std::uint32_t* nodes,
                           std::uint32_t count, const MclOptions& options) {
  gather(columns, nodes, count);
  for (int power = 1; power < options.expansion; ++power) {
    if (power > 1) take();
    expand(columns);
  }
  inflate(options.inflation);
  prune(count, options.prune);
}

// The nodes' columns side by side, over the union of their rows.
void PanelStep::gather(ColumnReader* columns, const std::uint32_t* nodes,
                       std::uint32_t count) {
  height_ = 0;
  columns->visit(nodes, count, [&](std::uint32_t, const Column& c) {
    for (std::uint32_t i = 0; i < c.size; ++i) {
      const std::uint32_t row = c.rows[i];
      panel_rows_[height_] = row;
      height_ += seen_[row] ^ 1;
      seen_[row] = 1;
    }
  });
  sort_(panel_rows_.data(), height_);
  if (panel_.size() < height_) panel_.resize(height_);
  for (std::uint32_t i = 0; i < height_; ++i) {
    seen_[panel_rows_[i]] = 0;
    place_[panel_rows_[i]] = i;
    panel_[i] = Lanes{};
  }
  columns->visit(nodes, count, [&](std::uint32_t lane, const Column& c) {
    for (std::uint32_t i = 0; i < c.size; ++i)
      panel_[place_[c.rows[i]]].lane[lane] = c.values[i];
  });
}

// Leaves the sums where they are: taking them is one with inflation, mostly.
void PanelStep::expand(ColumnReader* columns) {
  std::size_t entries = 0;
  for (std::uint32_t i = 0; i < height_; ++i)
    entries += columns->size(panel_rows_[i]);
  // Listing rows as they are reached costs as much as adding to them. Looking
  // through the marks of all nodes afterwards is better unless those are many.
  const bool look = entries * kNodesPerEntry > nodes_;
  if (sources_.size() < height_) sources_.resize(height_);
  std::uint32_t found = 0;
  for (std::uint32_t begin = 0, n; begin < height_; begin += n) {
    n = columns->read(panel_rows_.data() + begin, height_ - begin,
                      sources_.data());
    if (look)
      kernels_->expand(sources_.data(), panel_.data() + begin, n, sums_.data(),
                       seen_.data());
    else
      found += kernels_->expand_listed(sources_.data(), panel_.data() + begin,
                                       n, sums_.data(), seen_.data(),
                                       reached_.data() + found);
  }
  if (look)
    found = kernels_->list(seen_.data(), nodes_, reached_.data());
  else
    sort_(reached_.data(), found);
  height_ = found;
  panel_rows_.swap(reached_);
  if (panel_.size() < height_) panel_.resize(height_);
}

void PanelStep::take() {
  for (std::uint32_t i = 0; i < height_; ++i) {
    const std::uint32_t row = panel_rows_[i];
    panel_[i] = sums_[row];
    sums_[row] = Lanes{};
    seen_[row] = 0;
  }
}

void PanelStep::inflate(Flow inflation) {
  // Large powers would leave the range of a float: bring each lane's largest
  // to 1 first, which normalising takes back.
  if (inflation > 2) {
    take();
    scale_to_largest();
    kernels_->inflate(panel_.data(), height_, inflation, &total_);
  } else {
    kernels_->take_inflated(sums_.data(), seen_.data(), panel_rows_.data(),
                            height_, inflation, panel_.data(), &total_);
  }
}

void PanelStep::scale_to_largest() {
  Lanes largest{};
  for (std::uint32_t i = 0; i < height_; ++i)
    for (std::uint32_t l = 0; l < kLanes; ++l)
      largest.lane[l] = std::max(largest.lane[l], panel_[i].lane[l]);
  for (std::uint32_t i = 0; i < height_; ++i)
    for (std::uint32_t l = 0; l < kLanes; ++l)
      if (largest.lane[l] > 0) panel_[i].lane[l] /= largest.lane[l];
}

// Normalises the lanes and keeps what is large enough of each.
void PanelStep::prune(std::uint32_t count, Flow prune) {
  // A little too low, so that the division decides: no entry is lost to
  // another rounding of the bound.
  Lanes least;
  for (std::uint32_t l = 0; l < kLanes; ++l)
    least.lane[l] = l < count ? prune * total_.lane[l] * (1 - Flow(1e-6))
                              : std::numeric_limits<Flow>::infinity();
  if (kept_.size() < height_ + 1) kept_.resize(height_ + 1);
  const std::uint32_t kept =
      kernels_->select(panel_.data(), height_, &least, kept_.data());
  if (stride_ < kept + 1) {
    stride_ = kept + 1;
    rows_.resize(kLanes * stride_);
    values_.resize(kLanes * stride_);
  }
  std::fill(sizes_, sizes_ + kLanes, 0);
  for (std::uint32_t i = 0; i < kept; ++i) {
    const std::uint32_t at = kept_[i].row;
    for (std::uint64_t bits = kept_[i].kept; bits;) {
      const std::uint32_t lane = take_first_byte(&bits);
      const Flow value = panel_[at].lane[lane] / total_.lane[lane];
      const std::size_t end = lane * stride_ + sizes_[lane];
      rows_[end] = panel_rows_[at];
      values_[end] = value;
      sizes_[lane] += value >= prune && value > 0;
    }
  }
  for (std::uint32_t lane = 0; lane < count; ++lane)
    if (sizes_[lane] == 0) keep_largest(lane);
}

// A column without entries would lose its node.
void PanelStep::keep_largest(std::uint32_t lane) {
  std::uint32_t best = 0;
  for (std::uint32_t i = 1; i < height_; ++i)
    if (panel_[i].lane[lane] > panel_[best].lane[lane]) best = i;
  rows_[lane * stride_] = panel_rows_[best];
  values_[lane * stride_] = panel_[best].lane[lane] / total_.lane[lane];
  sizes_[lane] = 1;
}

}  // namespace mcl
}  // namespace clustcr
