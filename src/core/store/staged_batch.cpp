#include "store/staged_batch.hpp"

#include <stdexcept>

#include "base/checked_text.hpp"
#include "base/checksum.hpp"
#include "base/errors.hpp"
#include "base/file_io.hpp"
#include "base/identifier.hpp"
#include "base/line_reader.hpp"
#include "base/parallel.hpp"
#include "base/text_fields.hpp"

namespace clustcr {
namespace {

constexpr char kTitle[] = "clustcr staged batch\t1";
constexpr char kRowsEnding[] = ".tsv";
constexpr char kRecordEnding[] = ".batch";
constexpr std::size_t kBufferBytes = 4 << 20;

std::string record_path(const PreclusterStore& store, const std::string& key) {
  return join_path(store.staged_folder(), key + kRecordEnding);
}

bool is_key(const std::string& text) {
  return !text.empty() &&
         text.find_first_not_of(
             "0123456789_"
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") ==
             std::string::npos;
}

void check_key(const std::string& key) {
  if (!is_key(key))
    throw InvalidArgument(
        "the key of a staged batch must be of letters, digits and \"_\", not "
        "'" +
        key + "'");
}

struct StagedRecord {
  std::string name, file;
  std::uint64_t rows = 0;
  PartitionFiles::End end;
  BatchCounts counts;
};

std::string record_to_text(const StagedRecord& record,
                           const std::string& store_id) {
  std::string text = std::string(kTitle) + "\n";
  text += "store\t" + store_id + "\n";
  text += "name\t" + escaped(record.name) + "\n";
  text += "file\t" + record.file + "\n";
  text += "rows\t" + std::to_string(record.rows) + "\n";
  text += "bytes\t" + std::to_string(record.end.bytes) + "\n";
  text += "check\t" + check_to_text(record.end.check) + "\n";
  for (const auto& [what, count] : record.counts)
    text += "count\t" + escaped(what) + "\t" + std::to_string(count) + "\n";
  append_check(&text);
  return text;
}

// The value of the next line, which must be that of `key`.
std::string_view take_value(std::string_view* body, std::string_view key) {
  std::string_view line = take_field(body, '\n');
  if (take_field(&line, '\t') != key)
    throw std::invalid_argument("it has no `" + std::string(key) + "`");
  return line;
}

StagedRecord read_record(const PreclusterStore& store, const std::string& key) {
  const std::string path = record_path(store, key);
  if (!path_exists(path))
    throw StoreError("'" + path + "' is missing: its batch was not staged",
                     "missing");
  const std::string text = read_whole_file(path);
  std::string_view body = checked_part(path, text);
  StagedRecord record;
  try {
    if (take_field(&body, '\n') != kTitle)
      throw std::invalid_argument("it is no staged batch of format 1");
    if (take_value(&body, "store") != store.manifest().id)
      throw std::invalid_argument("it is of another store");
    record.name = unescaped(take_value(&body, "name"));
    record.file = take_value(&body, "file");
    record.rows = number_from_text(take_value(&body, "rows"));
    record.end.bytes = number_from_text(take_value(&body, "bytes"));
    record.end.check = check_from_text(take_value(&body, "check"));
    while (!body.empty()) {
      std::string_view count = take_value(&body, "count");
      const std::string what = unescaped(take_field(&count, '\t'));
      record.counts.emplace_back(what, number_from_text(count));
    }
    if (record.file.find('/') != std::string::npos)
      throw std::invalid_argument("its rows lie elsewhere");
  } catch (const std::invalid_argument& e) {
    damaged(path, e.what());
  }
  return record;
}

// <key>-<token>.tsv
bool is_rows_file(const std::string& name) {
  const std::size_t dash = name.find('-');
  if (dash == std::string::npos || !is_key(name.substr(0, dash))) return false;
  const std::string rest = name.substr(dash + 1);
  return rest.size() == 16 + sizeof(kRowsEnding) - 1 &&
         rest.find_first_not_of("0123456789abcdef") == 16 &&
         rest.compare(16, std::string::npos, kRowsEnding) == 0;
}

// <key>.batch, or what a killed worker has left of one.
bool is_record_file(const std::string& name) {
  const std::size_t dot = name.find('.');
  if (dot == std::string::npos || !is_key(name.substr(0, dot))) return false;
  const std::string whole = name.substr(0, dot) + kRecordEnding;
  return name == whole || is_unfinished(name, whole);
}

}  // namespace

StagedWriter::StagedWriter(const PreclusterStore& store, const std::string& key,
                           const std::string& name)
    : store_(store),
      key_(key),
      file_(key + "-" + new_identifier() + kRowsEnding),
      rows_(
          store.directory(), std::vector<PartitionFiles::End>(1),
          [this](std::size_t) {
            return join_path(store_.staged_folder(), file_);
          },
          kBufferBytes, "nothing of batch '" + name + "' was added") {
  check_key(key);
  store.check_identity();
  rows_.reserve(kBufferBytes);
  batch_.name = name;
}

StagedWriter::~StagedWriter() {
  if (committed_ || !rows_.written_to(0)) return;
  try {
    remove_if_there(join_path(store_.staged_folder(), file_));
  } catch (const StoreError&) {
    // A destructor can't tell; remove_staged() removes what is left.
  }
}

void StagedWriter::add_all(const std::vector<std::uint32_t>& precluster,
                           const std::function<StoredRow(std::size_t)>& row_of,
                           const Execution& execution) {
  constexpr std::size_t kGrain = 1 << 13;
  const std::size_t n = precluster.size();
  texts_.resize((n + kGrain - 1) / kGrain);
  parallel_for(n, kGrain, execution,
               [&](std::size_t begin, std::size_t end, int) {
                 std::string& text = texts_[begin / kGrain];
                 text.clear();
                 for (std::size_t i = begin; i < end; ++i) {
                   append_number(precluster[i], &text);
                   text += '\t';
                   append_row(row_of(i), &text);
                   text += '\n';
                 }
               });
  for (const std::string& text : texts_) rows_.append(0, text);
  batch_.rows += n;
}

void StagedWriter::commit(BatchCounts counts) {
  // A store made anew in the same place is not the one it was made for.
  store_.check_identity();
  rows_.flush();
  StagedRecord record;
  record.name = batch_.name;
  record.file = file_;
  record.rows = batch_.rows;
  record.end = rows_.end_of(0);
  record.counts = std::move(counts);
  make_folders_below(store_.directory(), store_.staged_folder());
  if (store_.durable()) sync_file_system(store_.directory());
  replace_file(record_path(store_, key_),
               record_to_text(record, store_.manifest().id), store_.durable());
  committed_ = true;
}

bool is_staged(const PreclusterStore& store, const std::string& key) {
  check_key(key);
  return path_exists(record_path(store, key));
}

BatchCounts add_staged(PreclusterStore* store, const std::string& key,
                       const WriterOptions& options, Host* host) {
  check_key(key);
  StagedRecord record = read_record(*store, key);
  const std::string path = join_path(store->staged_folder(), record.file);
  BatchWriter writer(store, record.name, options, host);
  CancelPoll poll(host);
  std::uint64_t rows = 0;
  if (record.end.bytes > 0)
    read_lines(path, record.end, [&](std::string_view line) {
      if (++rows % (1 << 16) == 0) poll.check();
      const std::uint64_t precluster =
          number_from_text(take_field(&line, '\t'));
      if (precluster >= store->manifest().preclusters)
        throw std::invalid_argument("there is no precluster " +
                                    std::to_string(precluster + 1));
      writer.add_text(precluster, line);
    });
  if (rows != record.rows)
    damaged(path, "it must have " + std::to_string(record.rows) +
                      " rows, not " + std::to_string(rows));
  writer.commit(record.counts);
  remove_staged(*store, key);
  return record.counts;
}

void remove_staged(const PreclusterStore& store, const std::string& key) {
  const std::string folder = store.staged_folder();
  if (!folder_exists(folder)) return;
  remove_with_unfinished(record_path(store, key));
  for (const std::string& name : list_folder(folder))
    if (name.compare(0, key.size() + 1, key + "-") == 0 && is_rows_file(name))
      remove_if_there(join_path(folder, name));
}

void remove_staged(const PreclusterStore& store) {
  const std::string folder = store.staged_folder();
  if (!folder_exists(folder)) return;
  for (const std::string& name : list_folder(folder))
    if (is_rows_file(name) || is_record_file(name))
      remove_if_there(join_path(folder, name));
  remove_if_there(folder);
}

}  // namespace clustcr
