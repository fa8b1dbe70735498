#include <algorithm>
#include <filesystem>

#include "receptor_helpers.hpp"
#include "store/precluster_store.hpp"
#include "test_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

namespace {

using Rows = std::vector<std::vector<Row>>;  // by precluster

const char* const kAwkward[] = {"",
                                "a,b",
                                "a\tb",
                                "a\nb\r\n",
                                "\"quoted\" 'too'",
                                "back\\slash\\t",
                                "Fé-日本-🧬",
                                " spaces ",
                                "../../etc/passwd",
                                "check:\t00000000",
                                "\nprecluster\t1\t1\t1\t00000000",
                                "NA"};

// Adds `n` random rows to the store and to what it is expected to hold.
void add_batch(PreclusterStore* store, const std::string& name, std::size_t n,
               Random* random, Rows* expected,
               OnDuplicate on_duplicate = OnDuplicate::kRefuse,
               std::size_t buffer_bytes = 64 << 20) {
  BatchWriter writer(store, name, writer_options(on_duplicate, buffer_bytes));
  for (std::size_t i = 0; i < n; ++i) {
    Row row;
    row.sequence = random_cdr3(random);
    row.v_call =
        random->chance(50) ? "TRBV7-3*01" : kAwkward[random->below(12)];
    row.duplicate_count = random->chance(90) ? 1 : random->next();
    row.batch = static_cast<std::uint32_t>(store->batches().size() + 1);
    const std::size_t p = random->below(expected->size());
    add_row(&writer, p, row);
    (*expected)[p].push_back(row);
  }
  writer.commit({{"given", n}, {"none", n}});
}

void drop_batch(Rows* expected, std::uint32_t batch) {
  for (std::vector<Row>& rows : *expected)
    rows.erase(std::remove_if(rows.begin(), rows.end(),
                              [&](const Row& r) { return r.batch == batch; }),
               rows.end());
}

std::uint64_t bytes_on_disk(const std::string& path) {
  return std::filesystem::exists(path) ? std::filesystem::file_size(path) : 0;
}

}  // namespace

TEST(PreclusterStore, SeveralBatchesComeBack) {
  // A buffer of one byte is flushed with every row.
  for (std::size_t buffer_bytes :
       {std::size_t{1}, std::size_t{300}, std::size_t{64} << 20}) {
    const TemporaryFolder folder;
    Random random(1);
    Rows expected(7);
    auto store = new_store(folder / "store", 7);
    for (int b = 0; b < 5; ++b)
      add_batch(&store, "batch " + std::to_string(b), 40, &random, &expected,
                OnDuplicate::kRefuse, buffer_bytes);
    ASSERT_EQ(all_rows(store), expected);
    const PreclusterStore opened(folder / "store", false);
    ASSERT_EQ(all_rows(opened), expected);
    for (std::size_t p = 0; p < 7; ++p) {
      EXPECT_EQ(opened.end_of(p).rows, expected[p].size());
      EXPECT_EQ(opened.end_of(p).bytes,
                bytes_on_disk(opened.precluster_path(p)));
    }
  }
}

// The check of a file's bytes may be right where its record counts other rows.
TEST(PreclusterStore, RowsMustBeAsManyAsTheRecordSays) {
  const TemporaryFolder folder;
  Random random(2);
  Rows expected(1);
  auto store = new_store(folder / "store", 1);
  add_batch(&store, "a", 5, &random, &expected);
  for (const std::uint64_t rows : {4, 6}) {
    Snapshot snapshot = store.latest();
    snapshot.ends[0].rows = rows;
    EXPECT_EQ(kind_of_error(
                  [&] { store.read(snapshot, 0, [](const StoredRow&) {}); }),
              "damaged")
        << rows;
  }
}

// What is on disk does not depend on how often the buffers were flushed.
TEST(PreclusterStore, FilesDoNotDependOnTheBuffer) {
  std::vector<std::string> contents[2];
  for (int i = 0; i < 2; ++i) {
    const TemporaryFolder folder;
    Random random(2);
    Rows expected(5);
    auto store = new_store(folder / "store", 5);
    for (int b = 0; b < 3; ++b)
      add_batch(&store, std::to_string(b), 50, &random, &expected,
                OnDuplicate::kRefuse, i == 0 ? 1 : 1 << 20);
    for (const std::string& file : files_below(folder / "store"))
      if (file != "clustcr.dcf")  // each store has an identifier of its own
        contents[i].push_back(
            file + "\n" +
            without_identity(read_bytes(folder / ("store/" + file))));
  }
  EXPECT_EQ(contents[0], contents[1]);
}

TEST(PreclusterStore, NamesCountsAndParametersComeBackUnchanged) {
  const TemporaryFolder folder;
  std::vector<std::pair<std::string, std::string>> parameters;
  for (const char* value : kAwkward)
    parameters.emplace_back("p" + std::to_string(parameters.size()), value);
  auto store = new_store(folder / "a/b/store", 3, false, parameters);
  Random random(3);
  std::vector<std::string> names(std::begin(kAwkward), std::end(kAwkward));
  for (int i = 0; i < 30; ++i)
    names.push_back("random " + random_bytes(&random, 20));
  Rows expected(3);
  for (const std::string& name : names)
    add_batch(&store, name, 2, &random, &expected);
  names[0] = "batch 1";  // one without a name gets its number
  const PreclusterStore opened(folder / "a/b/store", false);
  EXPECT_EQ(opened.manifest().parameters, parameters);
  EXPECT_EQ(opened.manifest().preclusters, 3u);
  EXPECT_EQ(opened.manifest().max_sequence_size, 32);
  EXPECT_EQ(opened.centroids().centroids, store.centroids().centroids);
  EXPECT_EQ(opened.centroids().centroids, made_up_centroids(3).centroids);
  EXPECT_EQ(opened.manifest().id, store.manifest().id);
  ASSERT_EQ(opened.batches().size(), names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const BatchInfo& batch = opened.batches()[i];
    EXPECT_EQ(batch.name, names[i]);
    EXPECT_EQ(batch.id, i + 1);
    EXPECT_EQ(batch.rows, 2u);
    EXPECT_FALSE(batch.replaced);
    EXPECT_EQ(batch.counts, (std::vector<std::pair<std::string, std::uint64_t>>{
                                {"given", 2}, {"none", 2}}));
    EXPECT_EQ(store.batches()[i].name, names[i]);
  }
  EXPECT_EQ(all_rows(opened), expected);
}

// What the host counts has a name of its choice: a record that is committed
// must be one that can be read.
TEST(PreclusterStore, CountsMayHaveAnyName) {
  const TemporaryFolder folder;
  auto store = new_store(folder / "store", 1);
  std::vector<std::pair<std::string, std::uint64_t>> counts;
  for (const char* what : kAwkward) counts.emplace_back(what, counts.size());
  BatchWriter(&store, "batch").commit(counts);
  EXPECT_EQ(PreclusterStore(folder / "store", false).batches()[0].counts,
            counts);
}

// The files are a documented format that other tools read.
TEST(PreclusterStore, FilesAreTabSeparatedText) {
  const TemporaryFolder folder;
  auto store = new_store(folder / "store", 1200);
  {
    BatchWriter writer(&store, "one");
    add_row(&writer, 1100, {"CASSF", "TRBV1\tx", 3, 0, "TRBJ2"});
    add_row(&writer, 1100, {"CASSFF", "", 1, 0});
    writer.commit({});
  }
  EXPECT_EQ(read_bytes(folder / "store/shards/1/preclusters/0002/00001101.tsv"),
            "junction_aa\tv_call\tj_call\tduplicate_count\tbatch\n"
            "CASSF\tTRBV1\\tx\tTRBJ2\t3\t1\nCASSFF\t\t\t1\t1\n");
  EXPECT_EQ(store.precluster_path(1100),
            folder / "store/shards/1/preclusters/0002/00001101.tsv");
  EXPECT_TRUE(contains(read_bytes(folder / "store/clustcr.dcf"),
                       "Kind: clustcr precluster store\nFormat: 2\n"));
  EXPECT_EQ(files_below(folder / "store/shards/1/preclusters").size(), 1u)
      << "empty preclusters need no file";
}

TEST(PreclusterStore, AnEmptyBatchIsABatch) {
  const TemporaryFolder folder;
  auto store = new_store(folder / "store", 3);
  { BatchWriter(&store, "empty").commit({}); }
  const PreclusterStore opened(folder / "store", false);
  ASSERT_EQ(opened.batches().size(), 1u);
  EXPECT_EQ(opened.batches()[0].rows, 0u);
  EXPECT_EQ(all_rows(opened), Rows(3));
}

TEST(PreclusterStore, DurableStoresHoldTheSame) {
  const TemporaryFolder folder;
  Random random(4);
  Rows expected(3);
  auto store = new_store(folder / "store", 3, true);
  add_batch(&store, "one", 20, &random, &expected);
  add_batch(&store, "two", 20, &random, &expected);
  EXPECT_EQ(all_rows(PreclusterStore(folder / "store", true)), expected);
}

TEST(PreclusterStore, AnAbandonedBatchLeavesNothingBehind) {
  for (std::size_t buffer_bytes : {1, 1 << 20}) {
    const TemporaryFolder folder;
    Random random(5);
    Rows expected(4);
    auto store = new_store(folder / "store", 4);
    const auto abandon = [&](std::size_t rows) {
      BatchWriter writer(&store, "abandoned",
                         writer_options(OnDuplicate::kRefuse, buffer_bytes));
      for (std::size_t i = 0; i < rows; ++i)
        add_row(&writer, random.below(4), {random_cdr3(&random), "V", 1, 0});
    };
    abandon(100);
    EXPECT_EQ(all_rows(PreclusterStore(folder / "store", false)), Rows(4));
    add_batch(&store, "one", 30, &random, &expected);
    abandon(100);
    const PreclusterStore between(folder / "store", false);
    EXPECT_EQ(all_rows(between), expected);
    EXPECT_EQ(between.batches().size(), 1u);
    EXPECT_EQ(all_rows(store), expected) << "this object must not see it too";
    // The next writes less than was torn: the tails must be cut first.
    add_batch(&store, "abandoned", 8, &random, &expected);
    const PreclusterStore after(folder / "store", false);
    EXPECT_EQ(all_rows(after), expected);
    EXPECT_EQ(after.batches().size(), 2u);
  }
}

TEST(PreclusterStore, ATornTailIsCutByTheNextBatchThere) {
  const TemporaryFolder folder;
  Random random(6);
  Rows expected(2);
  auto store = new_store(folder / "store", 2);
  add_batch(&store, "one", 10, &random, &expected);
  for (std::size_t p = 0; p < 2; ++p)
    write_bytes(store.precluster_path(p),
                read_bytes(store.precluster_path(p)) + std::string(5000, 'x'));
  EXPECT_EQ(all_rows(PreclusterStore(folder / "store", false)), expected);
  add_batch(&store, "two", 10, &random, &expected);
  EXPECT_EQ(all_rows(PreclusterStore(folder / "store", false)), expected);
  for (std::size_t p = 0; p < 2; ++p)
    EXPECT_EQ(bytes_on_disk(store.precluster_path(p)), store.end_of(p).bytes);
}

// The check goes on from what was committed, not from what is there: damage
// from before must not be signed by the next batch.
TEST(PreclusterStore, ABatchOnTopDoesNotHideDamageBelow) {
  const TemporaryFolder folder;
  Random random(7);
  Rows expected(1);
  auto store = new_store(folder / "store", 1);
  add_batch(&store, "one", 10, &random, &expected);
  std::string bytes = read_bytes(store.precluster_path(0));
  bytes[60] = bytes[60] == 'A' ? 'C' : 'A';
  write_bytes(store.precluster_path(0), bytes);
  add_batch(&store, "two", 10, &random, &expected);
  EXPECT_EQ(kind_of_error([&] { rows_of(store, 0); }), "damaged");
}

TEST(PreclusterStore, TruncatedFilesAreNotWrittenTo) {
  const TemporaryFolder folder;
  Random random(8);
  Rows expected(1);
  auto store = new_store(folder / "store", 1);
  add_batch(&store, "one", 10, &random, &expected);
  const std::string path = store.precluster_path(0);
  write_bytes(path, read_bytes(path).substr(0, 100));
  std::string message;
  EXPECT_EQ(
      kind_of_error([&] { add_batch(&store, "two", 1, &random, &expected); },
                    &message),
      "damaged");
  EXPECT_TRUE(contains(message, path)) << message;
  EXPECT_EQ(PreclusterStore(folder / "store", false).batches().size(), 1u);
}

TEST(PreclusterStore, DuplicatesAreRefusedAppendedOrReplaced) {
  const TemporaryFolder folder;
  Random random(9);
  Rows expected(3);
  auto store = new_store(folder / "store", 3);
  add_batch(&store, "a", 10, &random, &expected);
  add_batch(&store, "b", 10, &random, &expected);
  std::string message;
  EXPECT_EQ(kind_of_error([&] { BatchWriter(&store, "a"); }, &message),
            "duplicate_batch");
  EXPECT_TRUE(contains(message, "'a'")) << message;
  add_batch(&store, "a", 10, &random, &expected, OnDuplicate::kAppend);
  EXPECT_EQ(all_rows(PreclusterStore(folder / "store", false)), expected);
  // Replaces both that are called so; not before it is committed.
  {
    BatchWriter writer(&store, "a", writer_options(OnDuplicate::kReplace, 1));
    add_row(&writer, 0, {"CASSF", "", 1, 0});
  }
  EXPECT_EQ(all_rows(PreclusterStore(folder / "store", false)), expected);
  drop_batch(&expected, 1);
  drop_batch(&expected, 3);
  add_batch(&store, "a", 5, &random, &expected, OnDuplicate::kReplace);
  const PreclusterStore opened(folder / "store", false);
  EXPECT_EQ(all_rows(opened), expected);
  EXPECT_EQ(all_rows(store), expected);
  std::vector<bool> replaced;
  for (const BatchInfo& batch : opened.batches())
    replaced.push_back(batch.replaced);
  EXPECT_EQ(replaced, (std::vector<bool>{true, false, true, false}));
  // Replaced again, and by nothing; then the name is taken, but by 5 only.
  drop_batch(&expected, 4);
  add_batch(&store, "a", 0, &random, &expected, OnDuplicate::kReplace);
  EXPECT_EQ(all_rows(PreclusterStore(folder / "store", false)), expected);
  EXPECT_EQ(kind_of_error([&] { BatchWriter(&store, "a"); }),
            "duplicate_batch");
  // Asking to replace or append what is not there just adds.
  add_batch(&store, "new 1", 3, &random, &expected, OnDuplicate::kReplace);
  add_batch(&store, "new 2", 3, &random, &expected, OnDuplicate::kAppend);
  EXPECT_EQ(all_rows(PreclusterStore(folder / "store", false)), expected);
}

TEST(PreclusterStore, ASecondWriterIsRefused) {
  const TemporaryFolder folder;
  Random random(10);
  Rows expected(3);
  auto first = new_store(folder / "store", 3);
  PreclusterStore second(folder / "store", false);
  {
    BatchWriter writer(&first, "one");
    for (PreclusterStore* store : {&first, &second}) {
      std::string message;
      EXPECT_EQ(kind_of_error([&] { BatchWriter(store, "two"); }, &message),
                "locked");
      EXPECT_TRUE(contains(message, folder / "store")) << message;
    }
    EXPECT_EQ(all_rows(second), Rows(3)) << "reading needs no lock";
    writer.commit({});
  }
  add_batch(&second, "two", 5, &random, &expected);
  for (std::vector<Row>& rows : expected)
    for (Row& row : rows) row.batch = 2;  // the second object saw "one" first
  EXPECT_EQ(all_rows(PreclusterStore(folder / "store", false)), expected);
}

TEST(PreclusterStore, RefreshSeesTheCommitsOfOthers) {
  const TemporaryFolder folder;
  Random random(11);
  Rows expected(4);
  auto writing = new_store(folder / "store", 4);
  PreclusterStore reading(folder / "store", false);
  for (int b = 0; b < 3; ++b) {
    const Rows before = expected;
    add_batch(&writing, std::to_string(b), 20, &random, &expected);
    EXPECT_EQ(all_rows(reading), before) << "not before it asks";
    reading.refresh();
    EXPECT_EQ(all_rows(reading), expected);
    EXPECT_EQ(reading.batches().size(), static_cast<std::size_t>(b + 1));
  }
  drop_batch(&expected, 2);
  add_batch(&writing, "1", 20, &random, &expected, OnDuplicate::kReplace);
  reading.refresh();
  EXPECT_EQ(all_rows(reading), expected);
  reading.refresh();
  EXPECT_EQ(all_rows(reading), expected) << "nothing new, nothing changed";
}

// A crash between the record and the number of records: the batch is in.
TEST(PreclusterStore, TheRecordIsTheCommit) {
  const TemporaryFolder folder;
  Random random(12);
  Rows expected(2);
  auto store = new_store(folder / "store", 2);
  add_batch(&store, "one", 5, &random, &expected);
  const std::string commits = folder / "store/shards/1/commits";
  const std::string before = read_bytes(commits);
  add_batch(&store, "two", 5, &random, &expected);
  write_bytes(commits, before);
  PreclusterStore opened(folder / "store", false);
  EXPECT_EQ(all_rows(opened), expected);
  add_batch(&opened, "three", 5, &random, &expected);
  EXPECT_EQ(all_rows(PreclusterStore(folder / "store", false)), expected);
}

TEST(PreclusterStore, AStoreIsNotMadeOnTopOfAnother) {
  const TemporaryFolder folder;
  Random random(14);
  Rows expected(2);
  auto store = new_store(folder / "store", 2);
  add_batch(&store, "one", 5, &random, &expected);
  EXPECT_EQ(kind_of_error([&] { new_store(folder / "store", 3); }), "exists");
  EXPECT_EQ(kind_of_error([&] {
              new_store(folder / "store", 2, false, {{"Seed", "1"}});
            }),
            "exists");
  StoreManifest manifest = store.manifest();
  StoredCentroids others = made_up_centroids(2);
  others.centroids[17] += 1;
  EXPECT_EQ(kind_of_error([&] {
              PreclusterStore::create(folder / "store", manifest, others,
                                      false);
            }),
            "exists");
  manifest.v_gene = true;
  EXPECT_EQ(kind_of_error([&] {
              PreclusterStore::create(folder / "store", manifest,
                                      made_up_centroids(2), false);
            }),
            "exists");
  EXPECT_EQ(all_rows(PreclusterStore(folder / "store", false)), expected);
}

// Of several that make the same store at once, one does and all have it.
TEST(PreclusterStore, TheSameStoreIsOpenedInstead) {
  const TemporaryFolder folder;
  Random random(14);
  Rows expected(2);
  auto store = new_store(folder / "store", 2);
  add_batch(&store, "one", 5, &random, &expected);
  const auto again = new_store(folder / "store", 2);
  EXPECT_EQ(again.manifest().id, store.manifest().id);
  EXPECT_EQ(all_rows(again), expected);
}

// Batches of a store whose manifest is gone are no batches of the new one:
// other centroids have put them into its preclusters.
TEST(PreclusterStore, ANewStoreNeverTakesUpOldBatches) {
  const TemporaryFolder folder;
  Random random(15);
  Rows expected(2);
  {
    auto old = new_store(folder / "store", 2);
    add_batch(&old, "one", 5, &random, &expected);
    add_batch(&old, "two", 5, &random, &expected);
  }
  std::filesystem::remove(folder / "store/clustcr.dcf");
  std::string message;
  if (kind_of_error([&] { new_store(folder / "store", 2); }, &message) ==
      "exists") {
    EXPECT_TRUE(contains(message, folder / "store")) << message;
  } else {
    EXPECT_EQ(all_rows(PreclusterStore(folder / "store", false)), Rows(2));
  }
}

// A crash in create() must not leave a folder that can't be used.
TEST(PreclusterStore, CreateCanBeRepeatedAfterACrash) {
  const TemporaryFolder folder;
  Random random(16);
  Rows expected(2);
  { auto torn = new_store(folder / "store", 2); }
  std::filesystem::remove(folder / "store/clustcr.dcf");
  auto store = new_store(folder / "store", 2);
  add_batch(&store, "one", 5, &random, &expected);
  EXPECT_EQ(all_rows(PreclusterStore(folder / "store", false)), expected);
}

TEST(PreclusterStore, RemoveRemovesAllItMade) {
  const TemporaryFolder folder;
  Random random(17);
  Rows expected(1500);
  auto store = new_store(folder / "store", 1500);
  add_batch(&store, "one", 3000, &random, &expected);
  {
    BatchWriter abandoned(&store, "torn",
                          writer_options(OnDuplicate::kRefuse, 1));
    add_row(&abandoned, 3, {"CASSF", "", 1, 0});
  }
  write_bytes(folder / "store/clustcr.dcf.123-4.part", "torn");
  write_bytes(folder / "store/shards/1/batches/00000002.tsv.77-1.part", "torn");
  store.remove();
  EXPECT_FALSE(std::filesystem::exists(folder / "store"));
}

TEST(PreclusterStore, RemoveSparesTheFilesOfOthers) {
  const TemporaryFolder folder;
  Random random(18);
  Rows expected(3);
  std::filesystem::create_directory(folder / "mine");
  write_bytes(folder / "mine/before.txt", "here first");
  auto store = new_store(folder / "mine", 3);
  add_batch(&store, "one", 30, &random, &expected);
  std::vector<std::string> strangers{"before.txt"};
  for (const char* name :
       {"notes.txt", "clustcr.dcf.bak", "shards/readme", "shards/1/other.tsv",
        "shards/1/batches/plan.tsv", "shards/1/preclusters/list",
        "shards/1/preclusters/0001/00000009.tsv",
        "shards/1/preclusters/0001/00000001.tsv~"}) {
    write_bytes(folder / ("mine/" + std::string(name)), "a stranger's");
    strangers.push_back(name);
  }
  std::sort(strangers.begin(), strangers.end());
  store.remove();
  EXPECT_EQ(files_below(folder / "mine"), strangers);
  EXPECT_EQ(read_bytes(folder / "mine/before.txt"), "here first");
}

// A folder that was there before stays, even when it is empty then.
TEST(PreclusterStore, RemoveSparesAFolderItDidNotMake) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "mine");
  new_store(folder / "mine", 2).remove();
  EXPECT_TRUE(std::filesystem::exists(folder / "mine"));
  EXPECT_TRUE(std::filesystem::is_empty(folder / "mine"));
}

// Another object has committed batches this one has not seen.
TEST(PreclusterStore, RemoveRemovesBatchesItHasNotSeen) {
  const TemporaryFolder folder;
  Random random(19);
  Rows expected(2);
  auto store = new_store(folder / "store", 2);
  PreclusterStore other(folder / "store", false);
  for (int b = 0; b < 4; ++b)
    add_batch(&other, std::to_string(b), 5, &random, &expected);
  store.remove();
  EXPECT_FALSE(std::filesystem::exists(folder / "store"));
}

TEST(PreclusterStore, RemoveTwiceIsNoError) {
  const TemporaryFolder folder;
  auto store = new_store(folder / "store", 2);
  store.remove();
  EXPECT_NO_THROW(store.remove());
}
