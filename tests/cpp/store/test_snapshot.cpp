#include <chrono>
#include <filesystem>

#include "base/checked_text.hpp"
#include "base/file_io.hpp"
#include "receptor_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

namespace {

Snapshot random_snapshot(Random* random, std::size_t batches,
                         std::size_t preclusters) {
  Snapshot snapshot;
  snapshot.chain = random->next();
  snapshot.ends.resize(preclusters);
  for (std::size_t b = 0; b < batches; ++b) {
    BatchInfo batch;
    batch.id = static_cast<std::uint32_t>(b + 1);
    batch.name = random->chance(50) ? "sample " + std::to_string(b)
                                    : random_bytes(random, 12);
    batch.rows = random->below(100000);
    batch.replaced = random->chance(20);
    for (std::size_t k = random->below(4); k > 0; --k)
      batch.counts.emplace_back(random_bytes(random, 5), random->next());
    snapshot.batches.push_back(batch);
  }
  for (PreclusterEnd& end : snapshot.ends) {
    if (random->chance(30)) continue;  // still empty
    end.rows = random->below(1000);
    end.bytes = end.rows * 20 + 50;
    end.check = static_cast<std::uint32_t>(random->next());
  }
  return snapshot;
}

void expect_equal(const Snapshot& a, const Snapshot& b) {
  EXPECT_EQ(a.chain, b.chain);
  ASSERT_EQ(a.batches.size(), b.batches.size());
  for (std::size_t i = 0; i < a.batches.size(); ++i) {
    EXPECT_EQ(a.batches[i].id, b.batches[i].id);
    EXPECT_EQ(a.batches[i].name, b.batches[i].name);
    EXPECT_EQ(a.batches[i].rows, b.batches[i].rows);
    EXPECT_EQ(a.batches[i].replaced, b.batches[i].replaced);
    EXPECT_EQ(a.batches[i].counts, b.batches[i].counts);
  }
  ASSERT_EQ(a.ends.size(), b.ends.size());
  for (std::size_t p = 0; p < a.ends.size(); ++p) {
    EXPECT_EQ(a.ends[p].rows, b.ends[p].rows);
    EXPECT_EQ(a.ends[p].bytes, b.ends[p].bytes);
    EXPECT_EQ(a.ends[p].check, b.ends[p].check);
  }
}

PreclusterStore wide_store(const std::string& directory,
                           std::size_t preclusters) {
  return store_of_case(directory, preclusters, ReceptorCase());
}

}  // namespace

TEST(Snapshot, TextComesBack) {
  Random random(1);
  for (int round = 0; round < 100; ++round) {
    const Snapshot snapshot =
        random_snapshot(&random, random.below(20), 1 + random.below(30));
    const std::string text = snapshot_to_text(snapshot);
    expect_equal(snapshot_from_text("file", text, snapshot.ends.size()),
                 snapshot);
  }
}

TEST(Snapshot, EveryByteOfItsTextCounts) {
  Random random(2);
  const std::string text = snapshot_to_text(random_snapshot(&random, 4, 6));
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string changed = text;
    changed[at] = static_cast<char>(changed[at] ^ (1 << at % 8));
    std::string message;
    ASSERT_EQ(kind_of_error([&] { snapshot_from_text("the file", changed, 6); },
                            &message),
              "damaged");
    ASSERT_TRUE(contains(message, "the file"));
    ASSERT_EQ(
        kind_of_error([&] { snapshot_from_text("f", text.substr(0, at), 6); }),
        "damaged");
  }
  EXPECT_EQ(kind_of_error([&] { snapshot_from_text("f", text, 3); }), "damaged")
      << "of a store with fewer preclusters";
}

// With a check that fits: wrong all the same.
TEST(Snapshot, RecordsThatMakeNoSenseAreDamage) {
  BatchInfo batch;
  batch.id = 1;
  batch.name = "one";
  PreclusterEnd end;
  end.rows = 1;
  end.bytes = 60;
  const auto apply = [&](const std::string& text) {
    return kind_of_error([&] {
      Snapshot snapshot;
      snapshot.ends.resize(2);
      apply_record("record", text, &snapshot);
    });
  };
  EXPECT_EQ(apply(record_to_text(batch, {}, {{0, end}})), "none");
  EXPECT_EQ(apply(record_to_text(batch, {}, {{2, end}})), "damaged");
  EXPECT_EQ(apply(record_to_text(batch, {1}, {{0, end}})), "damaged");
  EXPECT_EQ(apply(record_to_text(batch, {0}, {{0, end}})), "damaged");
  end.rows = 61;
  EXPECT_EQ(apply(record_to_text(batch, {}, {{0, end}})), "damaged");
  batch.id = 2;
  EXPECT_EQ(apply(record_to_text(batch, {}, {})), "damaged")
      << "the record of another batch";
  for (const char* line : {"batch\tkept", "nonsense\t1", "rows\t-1", "rows\t",
                           "precluster\t1\t1", "count\tx"}) {
    std::string text = "clustcr batch\t1\n" + std::string(line) + "\n";
    append_check(&text);
    EXPECT_EQ(apply(text), "damaged") << line;
  }
}

// Numbers and checks that fit are not enough.
TEST(Snapshot, RecordsAreOfOneStore) {
  BatchInfo batch;
  batch.id = 1;
  batch.name = "one";
  const auto apply = [&](const std::string& text, const std::string& store) {
    return kind_of_error([&] {
      Snapshot snapshot;
      snapshot.store = store;
      apply_record("record", text, &snapshot);
    });
  };
  const std::string ours = record_to_text(batch, {}, {}, "ours");
  EXPECT_TRUE(contains(ours, "store\tours\n"));
  EXPECT_EQ(apply(ours, "ours"), "none");
  EXPECT_EQ(apply(record_to_text(batch, {}, {}, "another"), "ours"), "damaged");
  // Those of 0.2.0 do not say.
  EXPECT_EQ(apply(record_to_text(batch, {}, {}), "ours"), "none");
  Snapshot snapshot;
  snapshot.store = "ours";
  snapshot.ends.resize(1);
  const std::string text = snapshot_to_text(snapshot);
  EXPECT_EQ(snapshot_from_text("file", text, 1, "ours").store, "ours");
  EXPECT_EQ(
      kind_of_error([&] { snapshot_from_text("file", text, 1, "another"); }),
      "damaged");
  snapshot.store.clear();
  EXPECT_EQ(
      snapshot_from_text("file", snapshot_to_text(snapshot), 1, "ours").store,
      "ours");
}

// Equal names, numbers and lengths: only the store's identifier differs.
TEST(Snapshot, ABatchOfAnotherStorePutInPlaceIsNoticed) {
  const TemporaryFolder folder;
  for (const char* name : {"one", "two"}) {
    PreclusterStore store = wide_store(folder / name, 3);
    for (int b = 0; b < 3; ++b) {
      BatchWriter writer(&store, "sample " + std::to_string(b));
      StoredRow row;
      row.sequence = "CASSF";
      writer.add(0, row);
      writer.commit({{"none", 1}});
    }
  }
  for (const char* name : {"batches/00000001.tsv", "batches/00000003.tsv"}) {
    const std::string path = folder / "one/shards/1/" + name;
    const std::string before = read_bytes(path);
    write_bytes(path, read_bytes(folder / "two/shards/1/" + name));
    std::string message;
    EXPECT_EQ(kind_of_error([&] { PreclusterStore(folder / "one", false); },
                            &message),
              "damaged");
    EXPECT_TRUE(contains(message, "another store")) << message;
    write_bytes(path, before);
  }
  EXPECT_EQ(PreclusterStore(folder / "one", false).batches().size(), 3u);
}

// Two histories are two snapshots, the same history is one.
TEST(Snapshot, TheChainIsOfTheWholeHistory) {
  const auto chain = [](const std::vector<std::string>& names) {
    Snapshot snapshot;
    for (const std::string& name : names) {
      BatchInfo batch;
      batch.id = static_cast<std::uint32_t>(snapshot.batches.size() + 1);
      batch.name = name;
      apply_record("f", record_to_text(batch, {}, {}), &snapshot);
    }
    return snapshot.chain;
  };
  EXPECT_EQ(chain({"a", "b", "c"}), chain({"a", "b", "c"}));
  EXPECT_NE(chain({"a", "b", "c"}), chain({"a", "x", "c"}));
  EXPECT_NE(chain({"a", "b", "c"}), chain({"x", "b", "c"}));
  EXPECT_NE(chain({"a", "b"}), chain({"a"}));
  EXPECT_NE(chain({}), chain({""}));
}

TEST(Snapshot, SamplesAreNumberedByTheirFirstBatch) {
  Snapshot snapshot;
  for (const char* name : {"a", "b", "a", "c", "b"}) {
    BatchInfo batch;
    batch.id = static_cast<std::uint32_t>(snapshot.batches.size() + 1);
    batch.name = name;
    batch.rows = batch.id;
    snapshot.batches.push_back(batch);
  }
  std::vector<std::string> names;
  EXPECT_EQ(snapshot.samples(&names),
            (std::vector<std::uint32_t>{0, 1, 0, 2, 1}));
  EXPECT_EQ(names, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(snapshot.rows(), 15u);
  snapshot.batches[0].replaced = snapshot.batches[2].replaced = true;
  names.clear();
  const auto samples = snapshot.samples(&names);
  EXPECT_EQ(samples[1], 0u);
  EXPECT_EQ(samples[3], 1u);
  EXPECT_EQ(samples[4], 0u);
  EXPECT_EQ(names, (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ(snapshot.rows(), 11u);
}

// Records of many preclusters are soon as large as a checkpoint, which takes
// them up. Whoever opens the store, or has had it open all the time, sees what
// the writer sees, which has applied every record as it was written.
TEST(Snapshot, CheckpointsTakeUpRecords) {
  const TemporaryFolder folder;
  const std::string batches = folder / "store/shards/1/batches";
  Random random(3);
  std::vector<std::vector<Row>> expected(3000);
  auto writing = wide_store(folder / "store", 3000);
  PreclusterStore late(folder / "store", false);
  PreclusterStore following(folder / "store", false);
  std::set<std::size_t> records;
  for (int b = 0; b < 8; ++b) {
    std::vector<Row> rows;
    for (int i = 0; i < 4000; ++i) rows.push_back({random_cdr3(&random), "V"});
    const bool replaces = b == 5;
    add_rows(&writing, replaces ? "1" : std::to_string(b), rows,
             replaces ? OnDuplicate::kReplace : OnDuplicate::kRefuse);
    const PreclusterStore opened(folder / "store", false);
    expect_equal(opened.latest(), writing.latest());
    EXPECT_EQ(opened.snapshot_id(opened.latest()),
              writing.snapshot_id(writing.latest()));
    following.refresh();
    expect_equal(following.latest(), writing.latest());
    records.insert(list_folder(batches).size());
  }
  EXPECT_TRUE(file_is_there(folder / "store/shards/1/checkpoint"));
  EXPECT_LT(*records.rbegin(), 8u) << "records were pruned";
  EXPECT_EQ(*records.begin(), 0u);
  EXPECT_TRUE(late.batches().empty());
  late.refresh();
  expect_equal(late.latest(), writing.latest());
  EXPECT_EQ(all_rows(late), all_rows(writing));
  std::size_t rows = 0;
  for (const auto& part : all_rows(late)) rows += part.size();
  EXPECT_EQ(rows, 7u * 4000);
  // A killed writer has not removed the records it has taken up.
  BatchInfo old;
  old.id = 1;
  old.name = "0";
  write_bytes(batches + "/00000001.tsv", record_to_text(old, {}, {}));
  expect_equal(PreclusterStore(folder / "store", false).latest(),
               writing.latest());
  // Without its checkpoint the store is damaged, not shorter.
  const std::string path = folder / "store/shards/1/checkpoint";
  const std::string before = read_bytes(path);
  for (const std::string& bytes : {before.substr(0, 1000), std::string()}) {
    write_bytes(path, bytes);
    std::string message;
    EXPECT_EQ(kind_of_error([&] { PreclusterStore(folder / "store", false); },
                            &message),
              "damaged");
    EXPECT_TRUE(contains(message, path)) << message;
  }
  std::filesystem::remove(path);
  EXPECT_EQ(kind_of_error([&] { PreclusterStore(folder / "store", false); }),
            "missing");
  write_bytes(path, before);
  writing.remove();
  EXPECT_FALSE(std::filesystem::exists(folder / "store"));
}

// 10,000 batches x 20,000 preclusters open in under a second.
TEST(Snapshot, AStoreOfManyBatchesOpensSoon) {
  const TemporaryFolder folder;
  wide_store(folder / "store", 20000);
  Snapshot snapshot;
  snapshot.ends.resize(20000);
  for (PreclusterEnd& end : snapshot.ends)
    end.rows = 50000, end.bytes = 2000000, end.check = 0x1234abcd;
  for (std::uint32_t id = 1; id <= 10000; ++id) {
    BatchInfo batch;
    batch.id = id;
    batch.name = "sample_" + std::to_string(id) + ".tsv.gz";
    batch.rows = 100000;
    batch.counts = {{"given", 100100}, {"none", 100000}, {"too_long", 100}};
    snapshot.batches.push_back(batch);
  }
  write_bytes(folder / "store/shards/1/checkpoint", snapshot_to_text(snapshot));
  write_bytes(folder / "store/shards/1/commits", "10000\n");
  double seconds = 1e9;
  for (int run = 0; run < 3; ++run) {
    const auto start = std::chrono::steady_clock::now();
    const PreclusterStore store(folder / "store", false);
    seconds = std::min(seconds, std::chrono::duration<double>(
                                    std::chrono::steady_clock::now() - start)
                                    .count());
    ASSERT_EQ(store.batches().size(), 10000u);
    ASSERT_EQ(store.end_of(19999).rows, 50000u);
  }
  RecordProperty("seconds", std::to_string(seconds));
#ifdef __OPTIMIZE__
  EXPECT_LT(seconds, 1.0);
#endif
}
