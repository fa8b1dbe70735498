// Files of a store that are not what they must be: a typed error that names the
// file, and no memory asked for by numbers out of it.
#include <cstring>
#include <filesystem>

#include "base/checked_text.hpp"
#include "base/checksum.hpp"
#include "store/precluster_store.hpp"
#include "test_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

namespace {

using Rows = std::vector<std::vector<Row>>;  // by precluster

// Adds five random rows to the only precluster.
void add_batch(PreclusterStore* store, const std::string& name, Random* random,
               Rows* expected) {
  BatchWriter writer(store, name,
                     writer_options(OnDuplicate::kRefuse, 64 << 20));
  for (int i = 0; i < 5; ++i) {
    Row row;
    row.sequence = random_cdr3(random);
    row.v_call = "TRBV7-3*01";
    row.duplicate_count = 1;
    row.batch = static_cast<std::uint32_t>(store->batches().size() + 1);
    add_row(&writer, 0, row);
    (*expected)[0].push_back(row);
  }
  writer.commit({{"given", 5}});
}

}  // namespace

TEST(StoreDamage, TypedErrorsNameTheFile) {
  const TemporaryFolder folder;
  Random random(13);
  Rows expected(1);
  const std::string root = folder / "store";
  auto store = new_store(root, 1);
  for (const char* name : {"one", "two", "three"})
    add_batch(&store, name, &random, &expected);
  const std::string manifest = root + "/clustcr.dcf";
  const std::string records = root + "/shards/1/batches/0000000";
  const std::string text = read_bytes(manifest);
  std::string newer = text;
  newer.replace(newer.find("Format: 2"), 9, "Format: 3");
  std::string unread = text;
  unread.replace(unread.find("MaxSequenceSize"), 3, "Min");
  struct Change {
    std::string path;
    const char* content;  // null: the file is removed
    const char* kind;
  };
  for (const Change& change : std::vector<Change>{
           {manifest, newer.c_str(), "newer_format"},
           {manifest, "Package: stats\nVersion: 4.2\n", "foreign"},
           {manifest, "", "foreign"},
           {manifest, unread.c_str(), "damaged"},
           {manifest, "Kind: clustcr precluster store\n", "damaged"},
           {manifest, "Kind: clustcr precluster store\nFormat: 1\n",
            "older_format"},
           {manifest, "Kind: clustcr precluster store\nFormat: 2\n", "damaged"},
           {manifest, "Kind: clustcr precluster store\nFormat: 0\n", "damaged"},
           {manifest, nullptr, "missing"},
           {root + "/centroids.bin", "abc", "damaged"},
           {root + "/centroids.bin", nullptr, "missing"},
           {records + "1.tsv", nullptr, "missing"},
           {records + "2.tsv", nullptr, "missing"},
           {records + "3.tsv", nullptr, "missing"},
           {records + "2.tsv", "", "damaged"},
           {root + "/shards/1/commits", "two\n", "damaged"},
           {root + "/shards/1/commits", "", "damaged"},
           {root + "/shards/1/commits", "7\n", "missing"},
           {store.precluster_path(0), nullptr, "missing"},
           {store.precluster_path(0), "", "damaged"}}) {
    const std::string before = read_bytes(change.path);
    if (change.content)
      write_bytes(change.path, change.content);
    else
      std::filesystem::remove(change.path);
    std::string message;
    const std::string kind = kind_of_error(
        [&] {
          const PreclusterStore opened(root, false);
          opened.centroids();  // not read before they are needed
          all_rows(opened);
        },
        &message);
    const std::string file =
        change.path == root + "/shards/1/commits" && kind == "missing"
            ? records  // the record it has promised
            : change.path;
    EXPECT_EQ(kind, change.kind) << message;
    EXPECT_TRUE(contains(message, file)) << message;
    write_bytes(change.path, before);
  }
  EXPECT_EQ(all_rows(PreclusterStore(root, false)), expected);
}

// Numbers no disk can hold, with a check that fits: no memory is asked for.
TEST(StoreDamage, HugeNumbersAreDamage) {
  const TemporaryFolder folder;
  Random random(20);
  Rows expected(1);
  auto store = new_store(folder / "store", 1);
  add_batch(&store, "one", &random, &expected);
  const auto forge = [](const std::string& path, const std::string& from,
                        const std::string& to) {
    std::string text = read_bytes(path);
    const std::string before = text;
    text.resize(text.rfind("check:"));
    text.replace(text.find(from), from.size(), to);
    append_check(&text);
    write_bytes(path, text);
    return before;
  };
  const std::string record = folder / "store/shards/1/batches/00000001.tsv";
  const std::string before =
      forge(record, "\t" + std::to_string(store.end_of(0).bytes) + "\t",
            "\t18446744073709551615\t");
  EXPECT_EQ(kind_of_error(
                [&] { all_rows(PreclusterStore(folder / "store", false)); }),
            "damaged");
  write_bytes(record, before);
  // 2^62 preclusters of 128 numbers are 0 bytes, in 64 bits.
  forge(folder / "store/clustcr.dcf", "Preclusters: 1\n",
        "Preclusters: 4611686018427387904\n");
  EXPECT_EQ(kind_of_error([&] { PreclusterStore(folder / "store", false); }),
            "damaged");
}

// The counts of centroids.bin, with a check that fits.
TEST(StoreDamage, HugeCountsOfCentroidsAreDamage) {
  const TemporaryFolder folder;
  const auto store = new_store(folder / "store", 2);
  const std::string path = folder / "store/centroids.bin";
  const std::string before = read_bytes(path);
  for (const std::uint64_t count :
       {std::uint64_t{0}, std::uint64_t{255}, std::uint64_t{257},
        std::uint64_t{1} << 62, ~std::uint64_t{0}}) {
    std::string bytes = before.substr(0, before.size() - 4);
    std::memcpy(bytes.data(), &count, sizeof(count));
    const std::uint32_t check = crc32c(bytes);
    bytes.append(reinterpret_cast<const char*>(&check), sizeof(check));
    write_bytes(path, bytes);
    EXPECT_EQ(kind_of_error([&] { store.centroids(); }), "damaged") << count;
  }
  write_bytes(path, before);
  EXPECT_EQ(store.centroids().centroids, made_up_centroids(2).centroids);
}

TEST(StoreDamage, WhatIsNoStoreIsMissingOrForeign) {
  const TemporaryFolder folder;
  EXPECT_EQ(kind_of_error([&] { PreclusterStore(folder.path(), false); }),
            "missing");
  EXPECT_EQ(kind_of_error([&] { PreclusterStore(folder / "none", false); }),
            "missing");
  EXPECT_EQ(kind_of_error([&] { PreclusterStore("", false); }), "missing");
  EXPECT_TRUE(files_below(folder.path()).empty());
}
