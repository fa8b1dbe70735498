// Where the rows of a batch go: into the store (batch_writer.hpp), or beside it
// (staged_batch.hpp).
#pragma once
#include <cstddef>
#include <string>

#include "store/precluster_store.hpp"

namespace clustcr {

class RowSink {
 public:
  virtual ~RowSink() = default;
  virtual void add(std::size_t precluster, const StoredRow& row) = 0;
  // Nothing of the batch counts before.
  virtual void commit(BatchCounts counts) = 0;
};

// "junction_aa <tab> v_call <tab> j_call <tab> duplicate_count": a row of a
// precluster file without its batch.
void append_row(const StoredRow& row, std::string* text);

}  // namespace clustcr
