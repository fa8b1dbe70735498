#include "store/batch_writer.hpp"

#include "base/checked_text.hpp"
#include "base/checksum.hpp"
#include "base/errors.hpp"
#include "base/text_fields.hpp"

namespace clustcr {
namespace {

// Left free on the disk, so that the commit itself, and whoever else works
// there, still has room.
constexpr std::uint64_t kSpareBytes = 1 << 20;

std::vector<std::uint32_t> same_name(const PreclusterStore& store,
                                     const std::string& name) {
  std::vector<std::uint32_t> ids;
  for (const BatchInfo& batch : store.batches())
    if (!batch.replaced && batch.name == name) ids.push_back(batch.id);
  return ids;
}

}  // namespace

BatchWriter::BatchWriter(PreclusterStore* store, const std::string& name,
                         OnDuplicate on_duplicate, std::size_t buffer_bytes)
    : store_(store), name_(name), buffer_limit_(buffer_bytes) {
  const std::string lock_path = join_path(store->shard(), "lock");
  lock_ = std::make_unique<File>(lock_path, File::Mode::kWrite);
  if (!lock_->try_lock())
    throw StoreError("another process or object is writing to '" +
                         store->directory() + "' (it holds '" + lock_path +
                         "'); wait for it, or use another `directory`",
                     "locked");
  store->refresh();
  id_ = static_cast<std::uint32_t>(store->batches().size()) + 1;
  const std::vector<std::uint32_t> others = same_name(*store, name);
  if (!others.empty() && on_duplicate == OnDuplicate::kRefuse)
    throw StoreError("a batch named '" + name +
                         "' is in the store already; skip it, or ask to "
                         "append to it or to replace it",
                     "duplicate_batch");
  if (on_duplicate == OnDuplicate::kReplace) replaces_ = others;
  ends_ = store->ends_;
  buffers_.resize(ends_.size());
  touched_.resize(ends_.size());
}

void BatchWriter::add(std::size_t precluster, const StoredRow& row) {
  std::string& buffer = buffers_[precluster];
  const std::size_t before = buffer.size();
  if (ends_[precluster].rows == 0 && before == 0)
    buffer += PreclusterStore::file_header();
  buffer += row.sequence;
  buffer += '\t';
  append_escaped(row.v_call, &buffer);
  buffer += '\t';
  buffer += std::to_string(row.duplicate_count);
  buffer += '\t';
  buffer += std::to_string(id_);
  buffer += '\n';
  buffered_ += buffer.size() - before;
  ++ends_[precluster].rows;
  ++rows_;
  if (buffered_ >= buffer_limit_) flush();
}

// Appends a precluster's buffer. What a batch that was not committed has left
// behind the end is cut first, or it would show through where we write less.
void BatchWriter::append(std::size_t precluster, bool first) {
  const std::string path = store_->precluster_path(precluster);
  PreclusterEnd& end = ends_[precluster];
  if (end.bytes == 0) make_folders(path.substr(0, path.find_last_of('/')));
  File file(path, File::Mode::kWrite);
  if (first) {
    const std::uint64_t size = file.size();
    if (size < end.bytes)
      throw StoreError("'" + path + "' is truncated: it must have at least " +
                           std::to_string(end.bytes) + " bytes, not " +
                           std::to_string(size),
                       "damaged");
    if (size > end.bytes) file.truncate(end.bytes);
  }
  std::string& buffer = buffers_[precluster];
  file.write_at(end.bytes, buffer);
  end.bytes += buffer.size();
  end.check = crc32c(buffer, end.check);
  buffer.clear();
}

// One file is open at a time, however many preclusters there are.
void BatchWriter::flush() {
  const std::uint64_t space = free_space(store_->directory());
  if (space < buffered_ + kSpareBytes)
    throw StoreError(
        "the disk of '" + store_->directory() +
            "' is full: " + std::to_string(buffered_ + kSpareBytes) +
            " bytes are needed, " + std::to_string(space) +
            " are free; nothing of batch '" + name_ + "' was added",
        "disk_full");
  for (std::size_t p = 0; p < buffers_.size(); ++p) {
    if (buffers_[p].empty()) continue;
    append(p, !touched_[p]);
    touched_[p] = 1;
  }
  buffered_ = 0;
}

std::string BatchWriter::record(
    const std::vector<std::pair<std::string, std::uint64_t>>& counts) const {
  std::string text = "clustcr batch\t" + std::to_string(id_) + "\n";
  text += "name\t" + escaped(name_) + "\n";
  text += "rows\t" + std::to_string(rows_) + "\n";
  for (std::uint32_t id : replaces_)
    text += "replaces\t" + std::to_string(id) + "\n";
  for (const auto& [what, count] : counts)
    text += "count\t" + escaped(what) + "\t" + std::to_string(count) + "\n";
  for (std::size_t p = 0; p < ends_.size(); ++p) {
    if (!touched_[p]) continue;
    text += "precluster\t" + std::to_string(p + 1) + "\t" +
            std::to_string(ends_[p].rows) + "\t" +
            std::to_string(ends_[p].bytes) + "\t" +
            check_to_text(ends_[p].check) + "\n";
  }
  append_check(&text);
  return text;
}

// The order matters: rows reach the disk before the record that counts them,
// the record before the number of records.
void BatchWriter::commit(
    const std::vector<std::pair<std::string, std::uint64_t>>& counts) {
  flush();
  if (store_->durable_) sync_file_system(store_->directory());
  replace_file(store_->record_path(id_), record(counts), store_->durable_);
  store_->apply_record(id_);
  replace_file(store_->commits_path(), std::to_string(id_) + "\n",
               store_->durable_);
}

}  // namespace clustcr
