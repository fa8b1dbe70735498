// Batches that workers make beside the store.
#include <filesystem>
#include <map>

#include "base/checked_text.hpp"
#include "base/file_io.hpp"
#include "processes.hpp"
#include "receptor_helpers.hpp"
#include "store/staged_batch.hpp"

using namespace clustcr;
using namespace clustcr_test;

namespace {

constexpr std::size_t kPreclusters = 7;

std::vector<Row> some_rows(std::uint64_t seed, std::size_t n) {
  Random random(seed);
  std::vector<Row> rows;
  for (const std::string& s : random_repertoire(&random, n))
    rows.push_back({s, random.chance(30) ? "a\tb\\\n" : "TRBV7-3",
                    1 + random.below(9), 0, "TRBJ1-1"});
  return rows;
}

PreclusterStore new_store(const std::string& directory) {
  ReceptorCase c;
  c.v_gene = true;
  return store_of_case(directory, kPreclusters, c);
}

BatchCounts counts_of(std::size_t n) { return {{"none", n}, {"a\tb", 3}}; }

void put(RowSink* sink, const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    StoredRow stored;
    stored.sequence = row.sequence;
    stored.v_call = row.v_call;
    stored.j_call = row.j_call;
    stored.duplicate_count = row.duplicate_count;
    sink->add(precluster_of(row.sequence, kPreclusters), stored);
  }
}

void stage(const PreclusterStore& store, const std::string& key,
           const std::string& name, const std::vector<Row>& rows) {
  StagedWriter writer(store, key, name);
  put(&writer, rows);
  writer.commit(counts_of(rows.size()));
}

// All that a store's snapshots count.
std::map<std::string, std::string> shard_of(const std::string& directory) {
  std::map<std::string, std::string> files;
  for (const std::string& name : files_below(directory + "/shards/1"))
    if (name != "lock")
      files[name] =
          without_identity(read_bytes(directory + "/shards/1/" + name));
  return files;
}

bool any_staged(const PreclusterStore& store) {
  return std::filesystem::exists(store.staged_folder()) &&
         !files_below(store.staged_folder()).empty();
}

}  // namespace

#ifndef _WIN32
// Four processes stage eight batches, whichever comes first, and one adds them
// in their order: byte for byte the store of one process that writes them all.
TEST(StagedBatch, ManyWorkersMakeTheStoreOfOne) {
  const TemporaryFolder folder;
  auto one = new_store(folder / "one");
  auto many = new_store(folder / "many");
  const auto rows_of_batch = [](std::size_t b) {
    return some_rows(b, b == 3 ? 0 : 200 + 50 * b);
  };
  const auto name = [](std::size_t b) {
    return "sample\t" + std::to_string(b);
  };
  for (std::size_t b = 0; b < 8; ++b) {
    const std::vector<Row> rows = rows_of_batch(b);
    BatchWriter writer(&one, name(b), writer_options(OnDuplicate::kRefuse, 1));
    put(&writer, rows);
    writer.commit(counts_of(rows.size()));
  }
  std::vector<std::unique_ptr<Child>> children;
  for (std::size_t w = 0; w < 4; ++w)
    children.push_back(std::make_unique<Child>([&, w] {
      const PreclusterStore mine(folder / "many", false);
      for (std::size_t b = 7 - w; b < 8; b -= 4)
        stage(mine, "key" + std::to_string(b), name(b), rows_of_batch(b));
      return 0;
    }));
  for (auto& child : children) ASSERT_EQ(child->wait(), 0);
  EXPECT_TRUE(many.batches().empty());
  for (std::size_t b = 0; b < 8; ++b) {
    const std::string key = "key" + std::to_string(b);
    ASSERT_TRUE(is_staged(many, key));
    EXPECT_EQ(add_staged(&many, key, WriterOptions(), nullptr),
              counts_of(rows_of_batch(b).size()));
    EXPECT_FALSE(is_staged(many, key));
  }
  EXPECT_EQ(shard_of(folder / "many"), shard_of(folder / "one"));
  EXPECT_GT(shard_of(folder / "one").size(), 10u);
  EXPECT_FALSE(any_staged(many));
}
#endif

TEST(StagedBatch, CountsOnceHoweverOftenItIsMade) {
  const TemporaryFolder folder;
  auto store = new_store(folder / "store");
  const std::vector<Row> rows = some_rows(1, 100);
  // One that was given up is still at work when its replacement has ended.
  StagedWriter dead(store, "a", "first");
  put(&dead, rows);
  stage(store, "a", "first", rows);
  stage(store, "a", "first", rows);
  add_staged(&store, "a", WriterOptions(), nullptr);
  EXPECT_EQ(store.latest().rows(), rows.size());
  EXPECT_FALSE(any_staged(store));
  const auto before = shard_of(folder / "store");
  dead.commit(counts_of(rows.size()));
  EXPECT_EQ(
      kind_of_error([&] { add_staged(&store, "a", WriterOptions(), nullptr); }),
      "duplicate_batch");
  EXPECT_EQ(shard_of(folder / "store"), before);
  remove_staged(store, "a");
  EXPECT_FALSE(any_staged(store));
}

TEST(StagedBatch, AWorkerOfAStoreThatIsGoneHarmsNothing) {
  const TemporaryFolder folder;
  auto store = new_store(folder / "store");
  const PreclusterStore theirs(folder / "store", false);
  auto worker = std::make_unique<StagedWriter>(theirs, "a", "first");
  put(worker.get(), some_rows(1, 100));
  store.remove(0, nullptr, [&] { remove_staged(store); });
  EXPECT_EQ(kind_of_error([&] { worker->commit({}); }), "gone");
  worker =
      std::make_unique<StagedWriter>(new_store(folder / "store"), "x", "first");
  worker.reset();
  // Made anew in the same place.
  EXPECT_EQ(kind_of_error([&] { StagedWriter(theirs, "a", "first"); }), "gone");
  const PreclusterStore anew(folder / "store", false);
  EXPECT_FALSE(any_staged(anew));
}

#ifndef _WIN32
TEST(StagedBatch, WhatKilledWorkersLeaveGoes) {
  const TemporaryFolder folder;
  auto store = new_store(folder / "store");
  ASSERT_EQ(in_child([&] {
              StagedWriter writer(store, "a", "first");
              put(&writer, some_rows(1, 150000));  // more than its buffer
              ::_exit(7);
              return 0;
            }),
            7);
  EXPECT_TRUE(any_staged(store));
  EXPECT_FALSE(is_staged(store, "a"));
  EXPECT_EQ(
      kind_of_error([&] { add_staged(&store, "a", WriterOptions(), nullptr); }),
      "missing");
  stage(store, "ab", "second", some_rows(2, 10));
  remove_staged(store, "a");
  EXPECT_TRUE(is_staged(store, "ab"));
  store.remove(0, nullptr, [&] { remove_staged(store); });
  EXPECT_FALSE(std::filesystem::exists(folder / "store"));
}
#endif

// A batch of which any byte is another is refused, and adds nothing.
TEST(StagedBatch, DamageIsTold) {
  const TemporaryFolder folder;
  auto store = new_store(folder / "store");
  stage(store, "a", "first", some_rows(1, 20));
  const auto files = files_below(store.staged_folder());
  ASSERT_EQ(files.size(), 2u);
  std::map<std::string, std::string> whole;
  for (const std::string& name : files)
    whole[name] = read_bytes(join_path(store.staged_folder(), name));
  for (const auto& [name, text] : whole) {
    const std::string path = join_path(store.staged_folder(), name);
    for (std::size_t at = 0; at < text.size(); ++at) {
      std::string other = text;
      other[at] = static_cast<char>(other[at] ^ 1);
      write_bytes(path, other);
      const std::string kind = kind_of_error(
          [&] { add_staged(&store, "a", WriterOptions(), nullptr); });
      ASSERT_TRUE(kind == "damaged" || kind == "missing")
          << name << " " << at << " " << kind;
      ASSERT_TRUE(store.batches().empty());
    }
    write_bytes(path, text.substr(0, text.size() - 1));
    EXPECT_EQ(kind_of_error(
                  [&] { add_staged(&store, "a", WriterOptions(), nullptr); }),
              "damaged");
    write_bytes(path, text);
  }
  add_staged(&store, "a", WriterOptions(), nullptr);
  EXPECT_EQ(store.latest().rows(), 20u);
}

// With checks that fit: whoever counted wrong is told.
TEST(StagedBatch, RowsAreCounted) {
  const TemporaryFolder folder;
  auto store = new_store(folder / "store");
  stage(store, "a", "first", some_rows(1, 20));
  const std::string path = join_path(store.staged_folder(), "a.batch");
  const std::string whole = read_bytes(path);
  for (const char* rows : {"19", "21", "0"}) {
    std::string text = whole.substr(0, whole.rfind("check:\t"));
    const std::size_t at = text.find("rows\t20\n");
    ASSERT_NE(at, std::string::npos);
    text.replace(at, 8, "rows\t" + std::string(rows) + "\n");
    append_check(&text);
    write_bytes(path, text);
    std::string message;
    EXPECT_EQ(kind_of_error(
                  [&] { add_staged(&store, "a", WriterOptions(), nullptr); },
                  &message),
              "damaged");
    EXPECT_TRUE(contains(message, "rows, not 20")) << message;
    EXPECT_TRUE(store.batches().empty());
  }
  write_bytes(path, whole);
  add_staged(&store, "a", WriterOptions(), nullptr);
  EXPECT_EQ(store.latest().rows(), 20u);
}

TEST(StagedBatch, FilesOfOthersStay) {
  const TemporaryFolder folder;
  auto store = new_store(folder / "store");
  stage(store, "a", "first", some_rows(1, 20));
  const std::vector<std::string> others = {"notes.tsv", "my-notes.tsv",
                                           "a.batches", "x.batch.bak"};
  for (const std::string& name : others)
    write_bytes(join_path(store.staged_folder(), name), "mine");
  store.remove(0, nullptr, [&] { remove_staged(store); });
  auto left = files_below(store.staged_folder());
  std::sort(left.begin(), left.end());
  auto expected = others;
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(left, expected);
}

TEST(StagedBatch, KeysAreNamesOfFiles) {
  const TemporaryFolder folder;
  const auto store = new_store(folder / "store");
  for (const char* key : {"", "../a", "a-b", "a b", "a/b", "\xc3\xa9"})
    EXPECT_EQ(kind_of_error([&] { StagedWriter(store, key, "first"); }),
              "invalid_argument");
}
