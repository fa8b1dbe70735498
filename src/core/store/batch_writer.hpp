// Adds one batch to a store, wholly or not at all.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/file_io.hpp"
#include "base/partition_files.hpp"
#include "base/ports.hpp"
#include "store/precluster_store.hpp"
#include "store/row_sink.hpp"

namespace clustcr {

// What to do with a batch whose name is there already.
enum class OnDuplicate { kRefuse, kAppend, kReplace };

struct WriterOptions {
  OnDuplicate on_duplicate = OnDuplicate::kRefuse;
  double wait = 0;  // seconds to wait for another writer to end
  std::size_t buffer_bytes = 64 << 20;
};

// Writes one batch; nothing of it counts before commit(). Holds the store's
// lock while it lives: a second writer waits, or is refused.
class BatchWriter : public RowSink {
 public:
  // An empty name becomes "batch <number>".
  BatchWriter(PreclusterStore* store, const std::string& name,
              const WriterOptions& options = {}, Host* host = nullptr);

  const std::string& name() const { return batch_.name; }
  void add_all(const std::vector<std::uint32_t>& precluster,
               const std::function<StoredRow(std::size_t)>& row_of,
               const Execution& execution) override;
  // A row that is text already (append_row()).
  void add_text(std::size_t precluster, std::string_view row);
  // `counts`: what the host wants to remember of the batch.
  void commit(BatchCounts counts) override;

 private:
  void begin_row(std::size_t precluster, std::string* text) const;
  void end_row(std::size_t precluster, std::string* text);
  void write_checkpoint();

  PreclusterStore* store_;
  std::unique_ptr<File> lock_;
  BatchInfo batch_;
  std::string id_;  // of the batch, as its rows have it
  std::vector<std::uint32_t> replaces_;
  std::vector<std::uint64_t> rows_;  // of each precluster
  std::unique_ptr<PartitionFiles> files_;
  std::string line_;
};

}  // namespace clustcr
