// A batch that a worker makes beside the store: any number of workers do at a
// time, on any machine that sees the directory, and none needs a lock. Whoever
// adds batches to the store takes them up one after the other, in the order he
// wants, so that the store is the same as if he had made them himself.
//
//   shards/staged/<key>.batch          what the batch is; written last, in one
//                                      step
//   shards/staged/<key>-<token>.tsv    its rows, each behind its precluster
//
// `key` says what the batch is made of. A worker that does it again, or comes
// back from the dead, writes rows of its own (`token`) and at most puts the
// same record in the place of the same.
#pragma once
#include <memory>
#include <string>

#include "base/partition_files.hpp"
#include "store/batch_writer.hpp"
#include "store/row_sink.hpp"

namespace clustcr {

class StagedWriter : public RowSink {
 public:
  // `key`: letters, digits and "_".
  StagedWriter(const PreclusterStore& store, const std::string& key,
               const std::string& name);
  // Removes the rows where they were not committed.
  ~StagedWriter() override;
  StagedWriter(const StagedWriter&) = delete;

  void add_all(const std::vector<std::uint32_t>& precluster,
               const std::function<StoredRow(std::size_t)>& row_of,
               const Execution& execution) override;
  // Throws StoreError ("gone") where the store was removed meanwhile.
  void commit(BatchCounts counts) override;

 private:
  const PreclusterStore& store_;
  std::string key_, file_;
  BatchInfo batch_;
  PartitionFiles rows_;
  std::vector<std::string> texts_;
  bool committed_ = false;
};

// Whether there is a whole batch of that key.
bool is_staged(const PreclusterStore& store, const std::string& key);
// Adds it to the store, wholly or not at all, and removes it. Returns what was
// counted. Throws StoreError ("missing", "damaged") where it is not as it was
// written.
BatchCounts add_staged(PreclusterStore* store, const std::string& key,
                       const WriterOptions& options, Host* host);
// Removes a staged batch, and what workers that were killed have left of it.
void remove_staged(const PreclusterStore& store, const std::string& key);
// The same of all.
void remove_staged(const PreclusterStore& store);

}  // namespace clustcr
