#include "mcl/mcl_panel.hpp"

#include <algorithm>
#include <limits>

namespace clustcr {
namespace mcl {
namespace {

constexpr std::size_t kNodesPerEntry = 24;

}  // namespace

void PanelStep::reserve(std::uint32_t n) {
  nodes_ = n;
  std::fill_n(reads_.begin(), std::min<std::size_t>(n, reads_.size()), 0);
  if (sums_.size() >= n) return;
  sums_.resize(n, Lanes{});
  row_marks_.resize((n / 64 + 1) * 64, 0);
  block_marks_.resize((n / 4096 + 1) * 64, 0);
  marks_ = {row_marks_.data(), block_marks_.data()};
  reads_.resize(n, 0);
  panel_rows_.resize(n + 16);
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
  columns->visit(nodes, count, [&](std::uint32_t lane, const Column& c) {
    for (std::uint32_t i = 0; i < c.size; ++i) {
      marks_.set(c.rows[i]);
      sums_[c.rows[i]].lane[lane] = c.values[i];
    }
  });
  height_ = kernels_->take_marked(marks_, nodes_, panel_rows_.data());
  if (panel_.size() < height_) panel_.resize(height_);
  take();
}

// Leaves the sums where they are: taking them is one with inflation, mostly.
void PanelStep::expand(ColumnReader* columns) {
  std::size_t entries = 0;
  for (std::uint32_t i = 0; i < height_; ++i) {
    entries += columns->size(panel_rows_[i]);
    ++reads_[panel_rows_[i]];
  }
  // To mark blocks of rows takes a tenth of the time of a sum. Looking through
  // the marks of all rows is better unless those are many.
  RowMarks marks = marks_;
  if (entries * kNodesPerEntry > nodes_) marks.blocks = nullptr;
  if (sources_.size() < height_) sources_.resize(height_);
  for (std::uint32_t begin = 0, n; begin < height_; begin += n) {
    n = columns->read(panel_rows_.data() + begin, height_ - begin,
                      sources_.data());
    kernels_->expand(sources_.data(), panel_.data() + begin, n, sums_.data(),
                     marks);
  }
  height_ = kernels_->take_marked(marks, nodes_, panel_rows_.data());
  if (panel_.size() < height_) panel_.resize(height_);
}

void PanelStep::take() {
  for (std::uint32_t i = 0; i < height_; ++i) {
    const std::uint32_t row = panel_rows_[i];
    panel_[i] = sums_[row];
    sums_[row] = Lanes{};
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
    kernels_->take_inflated(sums_.data(), panel_rows_.data(), height_,
                            inflation, panel_.data(), &total_);
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
  for (std::uint32_t l = 0; l < count; ++l)
    least.lane[l] = prune * total_.lane[l] * (1 - Flow(1e-6));
  for (std::uint32_t l = count; l < kLanes; ++l) {
    least.lane[l] = std::numeric_limits<Flow>::infinity();
    total_.lane[l] = 1;
  }
  if (kept_.size() < height_ + kLanes) {
    kept_.resize(height_ + kLanes);
    kept_rows_.resize(height_ + kLanes);
  }
  const std::uint32_t kept =
      kernels_->select(panel_.data(), panel_rows_.data(), height_, &least,
                       kept_rows_.data(), kept_.data());
  if (stride_ < kept + kLanes) {
    stride_ = kept + kLanes;
    rows_.resize(kLanes * stride_);
    values_.resize(kLanes * stride_);
  }
  std::fill(sizes_, sizes_ + kLanes, 0);
  // Zeros are no entries, nor what a processor may take for zero.
  kernels_->part(kept_.data(), kept_rows_.data(), kept, total_,
                 std::max(prune, std::numeric_limits<Flow>::min()),
                 {rows_.data(), values_.data(), stride_, sizes_});
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
