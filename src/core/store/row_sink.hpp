// Where the rows of a batch go: into the store (batch_writer.hpp), or beside it
// (staged_batch.hpp).
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/ports.hpp"
#include "store/precluster_store.hpp"

namespace clustcr {

class RowSink {
 public:
  virtual ~RowSink() = default;
  // All rows of a block, in their order; `row_of` is called by several threads.
  virtual void add_all(const std::vector<std::uint32_t>& precluster,
                       const std::function<StoredRow(std::size_t)>& row_of,
                       const Execution& execution) = 0;
  void add(std::uint32_t precluster, const StoredRow& row) {
    add_all(
        {precluster}, [&](std::size_t) { return row; }, Execution());
  }
  // Nothing of the batch counts before.
  virtual void commit(BatchCounts counts) = 0;
};

// "junction_aa <tab> v_call <tab> j_call <tab> duplicate_count": a row of a
// precluster file without its batch.
void append_row(const StoredRow& row, std::string* text);

}  // namespace clustcr
