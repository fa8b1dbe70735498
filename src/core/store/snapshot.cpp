#include "store/snapshot.hpp"

#include <charconv>
#include <stdexcept>
#include <unordered_map>

#include "base/checked_text.hpp"
#include "base/checksum.hpp"
#include "base/hash.hpp"
#include "base/text_fields.hpp"

namespace clustcr {
namespace {

constexpr char kRecordTitle[] = "clustcr batch";
constexpr char kSnapshotTitle[] = "clustcr snapshot\t1";

// What records and snapshots have in common: the entries of a batch, and ends.
void append_batch(const BatchInfo& batch, std::string* text) {
  *text += "name\t" + escaped(batch.name) + "\n";
  *text += "rows\t" + std::to_string(batch.rows) + "\n";
  for (const auto& [what, count] : batch.counts)
    *text += "count\t" + escaped(what) + "\t" + std::to_string(count) + "\n";
}

void append_store(const std::string& store, std::string* text) {
  if (!store.empty()) *text += "store\t" + store + "\n";
}

void append_end(std::size_t precluster, const PreclusterEnd& end,
                std::string* text) {
  *text += "precluster\t" + std::to_string(precluster + 1) + "\t" +
           std::to_string(end.rows) + "\t" + std::to_string(end.bytes) + "\t" +
           check_to_text(end.check) + "\n";
}

// Parses the lines of one file. All that can be wrong is thrown as
// std::invalid_argument.
class Parser {
 public:
  explicit Parser(std::size_t preclusters) : ends_(preclusters) {}

  void line(std::string_view line) {
    const std::string_view key = take_field(&line, '\t');
    if (key == "batch") {
      batches.emplace_back();
      batches.back().id = static_cast<std::uint32_t>(batches.size());
      batches.back().replaced = line == "replaced";
    } else if (key == "chain") {
      chain = from_hexadecimal(line);
    } else if (key == "store") {
      store = line;
    } else if (key == "replaces") {
      replaces.push_back(static_cast<std::uint32_t>(number_from_text(line)));
    } else if (key == "precluster") {
      end(line);
    } else {
      of_batch(key, line);
    }
  }

  // Equal counts and names make a file of another store look right.
  void check_store(const std::string& id) const {
    if (!store.empty() && !id.empty() && store != id)
      throw std::invalid_argument("it is of another store");
  }

  std::uint64_t chain = 0;
  std::string store;
  std::vector<BatchInfo> batches;
  std::vector<std::uint32_t> replaces;
  std::vector<std::pair<std::size_t, PreclusterEnd>> ends;

 private:
  static std::uint64_t from_hexadecimal(std::string_view text) {
    std::uint64_t value = 0;
    const char* stop = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), stop, value, 16);
    if (text.size() != 16 || parsed.ec != std::errc() || parsed.ptr != stop)
      throw std::invalid_argument("it has no chain");
    return value;
  }

  void of_batch(std::string_view key, std::string_view rest) {
    if (batches.empty())
      throw std::invalid_argument("an entry stands before any batch");
    BatchInfo& batch = batches.back();
    if (key == "name") {
      batch.name = unescaped(rest);
    } else if (key == "rows") {
      batch.rows = number_from_text(rest);
    } else if (key == "count") {
      const std::string what = unescaped(take_field(&rest, '\t'));
      batch.counts.emplace_back(what, number_from_text(rest));
    } else {
      throw std::invalid_argument("unknown entry '" + std::string(key) + "'");
    }
  }

  void end(std::string_view rest) {
    const std::uint64_t which = number_from_text(take_field(&rest, '\t'));
    if (which == 0 || which > ends_)
      throw std::invalid_argument("there is no precluster " +
                                  std::to_string(which));
    PreclusterEnd end;
    end.rows = number_from_text(take_field(&rest, '\t'));
    end.bytes = number_from_text(take_field(&rest, '\t'));
    end.check = check_from_text(rest);
    // A row takes bytes; memory is reserved by rows.
    if (end.rows > end.bytes)
      throw std::invalid_argument("it has more rows than bytes");
    ends.emplace_back(which - 1, end);
  }

  std::size_t ends_;
};

}  // namespace

std::uint64_t Snapshot::rows() const {
  std::uint64_t rows = 0;
  for (const BatchInfo& batch : batches)
    if (!batch.replaced) rows += batch.rows;
  return rows;
}

std::vector<std::uint32_t> Snapshot::samples(
    std::vector<std::string>* names) const {
  std::unordered_map<std::string, std::uint32_t> number;
  std::vector<std::uint32_t> sample;
  for (const BatchInfo& batch : batches) {
    // A replaced batch is no sample: its name comes again.
    if (batch.replaced) {
      sample.push_back(0);
      continue;
    }
    const auto [at, is_new] =
        number.emplace(batch.name, static_cast<std::uint32_t>(number.size()));
    if (is_new && names) names->push_back(batch.name);
    sample.push_back(at->second);
  }
  return sample;
}

std::string record_to_text(
    const BatchInfo& batch, const std::vector<std::uint32_t>& replaces,
    const std::vector<std::pair<std::size_t, PreclusterEnd>>& ends,
    const std::string& store) {
  std::string text =
      std::string(kRecordTitle) + "\t" + std::to_string(batch.id) + "\n";
  append_store(store, &text);
  append_batch(batch, &text);
  for (const std::uint32_t id : replaces)
    text += "replaces\t" + std::to_string(id) + "\n";
  for (const auto& [precluster, end] : ends) append_end(precluster, end, &text);
  append_check(&text);
  return text;
}

void apply_record(const std::string& path, const std::string& text,
                  Snapshot* snapshot) {
  std::string_view body = checked_part(path, text);
  const auto id = static_cast<std::uint32_t>(snapshot->batches.size()) + 1;
  Parser parser(snapshot->ends.size());
  try {
    std::string_view first = take_field(&body, '\n');
    if (take_field(&first, '\t') != kRecordTitle ||
        number_from_text(first) != id)
      throw std::invalid_argument("it is not the record of batch " +
                                  std::to_string(id));
    parser.line("batch");
    while (!body.empty()) parser.line(take_field(&body, '\n'));
    if (parser.batches.size() != 1)
      throw std::invalid_argument("it must speak of one batch");
    parser.check_store(snapshot->store);
    for (const std::uint32_t old : parser.replaces)
      if (old == 0 || old >= id)
        throw std::invalid_argument("it replaces a later batch");
  } catch (const std::invalid_argument& e) {
    damaged(path, e.what());
  }
  for (const std::uint32_t old : parser.replaces)
    snapshot->batches[old - 1].replaced = true;
  for (const auto& [which, end] : parser.ends) snapshot->ends[which] = end;
  parser.batches[0].id = id;
  snapshot->batches.push_back(std::move(parser.batches[0]));
  snapshot->chain = hash64(text, snapshot->chain);
}

std::string snapshot_to_text(const Snapshot& snapshot) {
  std::string text = std::string(kSnapshotTitle) + "\n";
  append_store(snapshot.store, &text);
  text += "chain\t" + hash_to_text(snapshot.chain) + "\n";
  for (const BatchInfo& batch : snapshot.batches) {
    text += batch.replaced ? "batch\treplaced\n" : "batch\tkept\n";
    append_batch(batch, &text);
  }
  for (std::size_t p = 0; p < snapshot.ends.size(); ++p)
    if (snapshot.ends[p].bytes > 0) append_end(p, snapshot.ends[p], &text);
  append_check(&text);
  return text;
}

Snapshot snapshot_from_text(const std::string& path, const std::string& text,
                            std::size_t preclusters, const std::string& store) {
  std::string_view body = checked_part(path, text);
  Parser parser(preclusters);
  try {
    if (take_field(&body, '\n') != kSnapshotTitle)
      throw std::invalid_argument("it is no snapshot of format 1");
    while (!body.empty()) parser.line(take_field(&body, '\n'));
    if (!parser.replaces.empty())
      throw std::invalid_argument("a snapshot replaces nothing");
    parser.check_store(store);
  } catch (const std::invalid_argument& e) {
    damaged(path, e.what());
  }
  Snapshot snapshot;
  snapshot.store = store;
  snapshot.chain = parser.chain;
  snapshot.batches = std::move(parser.batches);
  snapshot.ends.resize(preclusters);
  for (const auto& [which, end] : parser.ends) snapshot.ends[which] = end;
  return snapshot;
}

}  // namespace clustcr
