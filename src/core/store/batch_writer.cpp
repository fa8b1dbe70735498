#include "store/batch_writer.hpp"

#include <algorithm>

#include "base/errors.hpp"
#include "base/file_lock.hpp"

namespace clustcr {
namespace {

// Small records cost nothing to read one by one.
constexpr std::uint64_t kLeastCheckpoint = 1 << 16;

std::vector<std::uint32_t> same_name(const PreclusterStore& store,
                                     const std::string& name) {
  std::vector<std::uint32_t> ids;
  for (const BatchInfo& batch : store.batches())
    if (!batch.replaced && batch.name == name) ids.push_back(batch.id);
  return ids;
}

}  // namespace

BatchWriter::BatchWriter(PreclusterStore* store, const std::string& name,
                         const WriterOptions& options, Host* host)
    : store_(store) {
  store->check_identity();
  const std::string lock_path = join_path(store->shard(), "lock");
  lock_ = take_exclusively(lock_path, options.wait, host);
  if (!lock_)
    throw StoreError("another process or object is writing to '" +
                         store->directory() + "' (it holds '" + lock_path +
                         "'); give `wait`, the seconds to wait for it, or use "
                         "another `directory`",
                     "locked");
  // Again: it may have been removed while we waited.
  store->check_identity();
  store->refresh();
  const Snapshot& before = store->latest();
  batch_.id = static_cast<std::uint32_t>(before.batches.size()) + 1;
  id_ = std::to_string(batch_.id);
  batch_.name = name.empty() ? "batch " + id_ : name;
  const std::vector<std::uint32_t> others = same_name(*store, batch_.name);
  if (!others.empty() && options.on_duplicate == OnDuplicate::kRefuse)
    throw StoreError("a batch named '" + batch_.name +
                         "' is in the store already; skip it, or ask to "
                         "append to it or to replace it",
                     "duplicate_batch");
  if (options.on_duplicate == OnDuplicate::kReplace) replaces_ = others;
  rows_.resize(before.ends.size());
  files_ = std::make_unique<PartitionFiles>(
      store->directory(),
      std::vector<PartitionFiles::End>(before.ends.begin(), before.ends.end()),
      [store](std::size_t p) { return store->precluster_path(p); },
      options.buffer_bytes, "nothing of batch '" + batch_.name + "' was added");
}

void BatchWriter::add_text(std::size_t precluster, std::string_view row) {
  line_.clear();
  begin_row(precluster, &line_);
  line_ += row;
  end_row(precluster, &line_);
  files_->append(precluster, line_);
  ++batch_.rows;
}

void BatchWriter::add_all(const std::vector<std::uint32_t>& precluster,
                          const std::function<StoredRow(std::size_t)>& row_of,
                          const Execution& execution) {
  files_->append_rows(
      precluster.size(), execution,
      [&](std::size_t i) -> std::size_t { return precluster[i]; },
      [&](std::size_t i, std::string* text) {
        begin_row(precluster[i], text);
        append_row(row_of(i), text);
        end_row(precluster[i], text);
      });
  batch_.rows += precluster.size();
}

void BatchWriter::begin_row(std::size_t precluster, std::string* text) const {
  if (files_->empty(precluster)) *text += PreclusterStore::file_header();
}

void BatchWriter::end_row(std::size_t precluster, std::string* text) {
  *text += '\t';
  *text += id_;
  *text += '\n';
  ++rows_[precluster];
}

// The order matters: rows reach the disk before the record that counts them,
// the record before the number of records, and a checkpoint before the records
// it takes up are removed.
void BatchWriter::commit(BatchCounts counts) {
  files_->flush();
  batch_.counts = std::move(counts);
  std::vector<std::pair<std::size_t, PreclusterEnd>> ends;
  for (std::size_t p = 0; p < rows_.size(); ++p) {
    if (rows_[p] == 0) continue;
    PreclusterEnd end;
    static_cast<PartitionFiles::End&>(end) = files_->end_of(p);
    end.rows = store_->latest_.ends[p].rows + rows_[p];
    ends.emplace_back(p, end);
  }
  const std::string record =
      record_to_text(batch_, replaces_, ends, store_->manifest().id);
  if (store_->durable_) sync_file_system(store_->directory());
  replace_file(store_->record_path(batch_.id), record, store_->durable_);
  apply_record(store_->record_path(batch_.id), record, &store_->latest_);
  store_->record_bytes_ += record.size();
  replace_file(store_->commits_path(), std::to_string(batch_.id) + "\n",
               store_->durable_);
  if (store_->record_bytes_ >= kLeastCheckpoint) write_checkpoint();
}

// When the records since the last one are as large as the checkpoint itself:
// so all checkpoints together write but twice what the records do, and opening
// a store reads at most twice its checkpoint.
void BatchWriter::write_checkpoint() {
  const std::string text = snapshot_to_text(store_->latest_);
  if (store_->record_bytes_ < text.size()) return;
  replace_file(store_->checkpoint_path(), text, store_->durable_);
  store_->prune_records();
  store_->record_bytes_ = 0;
}

}  // namespace clustcr
