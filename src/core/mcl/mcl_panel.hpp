// One step of Markov clustering (expand, inflate, prune) for eight columns.
#pragma once
#include <algorithm>
#include <cstdint>
#include <vector>

#include "mcl/column_reader.hpp"
#include "mcl/mcl_component.hpp"
#include "mcl/mcl_kernels.hpp"
#include "mcl/mcl_options.hpp"

namespace clustcr {
namespace mcl {

// The scratch memory of one thread, and the step itself.
class PanelStep {
 public:
  explicit PanelStep(const Kernels& kernels = best_kernels())
      : kernels_(&kernels) {}

  // Before the first step in a component of n nodes.
  void reserve(std::uint32_t n);

  // Computes the next columns of the `count` <= kLanes nodes. They stay
  // readable through column() until the next call.
  void operator()(ColumnReader* columns, const std::uint32_t* nodes,
                  std::uint32_t count, const MclOptions& options);
  // How often each column was read since the component began or forget_reads(),
  // but for those whose step it was.
  const std::vector<std::uint32_t>& reads() const { return reads_; }
  void forget_reads() { std::fill(reads_.begin(), reads_.end(), 0); }
  // Where the largest value of a lane is in its column.
  std::uint32_t largest(std::uint32_t lane) const {
    return kernels_->largest(values_.data() + lane * stride_, sizes_[lane]);
  }
  Column column(std::uint32_t lane) const {
    return {rows_.data() + lane * stride_, values_.data() + lane * stride_,
            sizes_[lane]};
  }

 private:
  void gather(ColumnReader* columns, const std::uint32_t* nodes,
              std::uint32_t count);
  void expand(ColumnReader* columns);
  void take();
  void inflate(Flow inflation);
  void scale_to_largest();
  void prune(std::uint32_t count, Flow prune);
  void keep_largest(std::uint32_t lane);

  const Kernels* kernels_;
  std::uint32_t nodes_ = 0;  // of the component
  std::vector<Lanes> sums_;  // by row; zero between calls
  std::vector<std::uint8_t> row_marks_, block_marks_;  // zero between calls
  RowMarks marks_ = {};
  std::vector<std::uint32_t> reads_;  // of each column
  std::vector<std::uint32_t> panel_rows_;
  std::vector<Lanes> panel_;
  std::vector<Column> sources_;
  std::uint32_t height_ = 0;  // rows of the panel
  Lanes total_ = {};          // of each lane, after inflation
  std::vector<Lanes> kept_;   // rows with anything to keep
  std::vector<std::uint32_t> kept_rows_;
  std::vector<std::uint32_t> rows_;  // the results, `stride_` a lane
  std::vector<Flow> values_;
  std::size_t stride_ = 0;
  std::uint32_t sizes_[kLanes] = {};
};

}  // namespace mcl
}  // namespace clustcr
