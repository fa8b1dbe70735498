// A damaged store: whatever happens to its files, reading it gives the rows
// that were written or a typed error, never other rows and never a crash.
#include <cstdlib>
#include <filesystem>
#include <map>

#include "store/precluster_store.hpp"
#include "test_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

namespace {

// All that a store says.
struct Contents {
  std::vector<std::vector<Row>> rows;
  std::vector<std::string> batches;
  std::vector<float> centroids;
  std::vector<std::pair<std::string, std::string>> parameters;

  bool operator==(const Contents& o) const {
    return rows == o.rows && batches == o.batches && centroids == o.centroids &&
           parameters == o.parameters;
  }
};

Contents contents_of(const std::string& directory) {
  const PreclusterStore store(directory, false);
  Contents contents;
  contents.rows = all_rows(store);
  contents.centroids = store.centroids().centroids;
  contents.parameters = store.manifest().parameters;
  for (const BatchInfo& batch : store.batches()) {
    std::string text = batch.name + "|" + std::to_string(batch.rows) +
                       (batch.replaced ? "|replaced" : "");
    for (const auto& [what, count] : batch.counts)
      text += "|" + what + "=" + std::to_string(count);
    contents.batches.push_back(text);
  }
  return contents;
}

// Several batches, one of them replaced, and a torn tail.
void fill(const std::string& directory) {
  Random random(1);
  auto store =
      new_store(directory, 6, false, {{"Seed", "42"}, {"Method", "two-step"}});
  const auto add = [&](const char* name, OnDuplicate on_duplicate) {
    BatchWriter writer(&store, name, writer_options(on_duplicate, 200));
    for (int i = 0; i < 25; ++i)
      add_row(&writer, random.below(5),
              {random_cdr3(&random), "TRBV" + std::to_string(i), 1, 0});
    return writer.commit({{"given", 25}});
  };
  add("one", OnDuplicate::kRefuse);
  add("two\twith a tab", OnDuplicate::kRefuse);
  add("one", OnDuplicate::kReplace);
  BatchWriter torn(&store, "torn", writer_options(OnDuplicate::kRefuse, 1));
  add_row(&torn, 2, {"CASSTORNF", "", 1, 0});
}

// Changes one or two files; tells what it did.
class Mutator {
 public:
  Mutator(std::string root, std::uint64_t seed)
      : root_(std::move(root)), random_(seed) {
    for (const std::string& file : files_below(root_))
      before_[file] = read_bytes(root_ + "/" + file);
  }

  std::string mutate() {
    const std::string file = any_file();
    const std::string path = root_ + "/" + file;
    std::string bytes = before_[file];
    // One in two is a flip: there are most ways to do that.
    switch (random_.below(10)) {
      case 0:
      case 1: {
        const std::size_t to = random_.below(bytes.size() + 1);
        write_bytes(path, bytes.substr(0, to));
        return file + " truncated to " + std::to_string(to);
      }
      case 2:
        std::filesystem::remove(path);
        return file + " removed";
      case 3: {
        const std::string other = any_file();
        write_bytes(path, before_[other]);
        write_bytes(root_ + "/" + other, bytes);
        return file + " swapped with " + other;
      }
      case 4: {
        const std::string more = random_bytes(&random_, random_.between(1, 30));
        write_bytes(path, bytes + more);
        return file + " with " + std::to_string(more.size()) + " more bytes";
      }
      default: {
        if (bytes.empty()) return file + " is empty";
        const std::size_t at = random_.below(bytes.size());
        const auto flip = static_cast<char>(
            random_.chance(50) ? 1 << random_.below(8)
                               : static_cast<int>(random_.between(1, 255)));
        bytes[at] = static_cast<char>(bytes[at] ^ flip);
        write_bytes(path, bytes);
        return file + " flipped at " + std::to_string(at) + " by " +
               std::to_string(static_cast<unsigned char>(flip));
      }
    }
  }

  void restore() {
    for (const auto& [file, bytes] : before_)
      write_bytes(root_ + "/" + file, bytes);
  }

 private:
  std::string any_file() {
    auto it = before_.begin();
    std::advance(it, static_cast<long>(random_.below(before_.size())));
    return it->first;
  }

  std::string root_;
  Random random_;
  std::map<std::string, std::string> before_;
};

}  // namespace

TEST(StoreMutations, EveryOneIsDetectedOrHarmless) {
  const int mutations = 500;
  const TemporaryFolder folder;
  const std::string root = folder / "store";
  fill(root);
  const Contents original = contents_of(root);
  Mutator mutator(root, 20);
  std::map<std::string, int> outcomes;
  for (int i = 0; i < mutations; ++i) {
    const std::string what = mutator.mutate();
    try {
      const Contents seen = contents_of(root);
      ASSERT_TRUE(seen == original) << what << ": other contents";
      ++outcomes["harmless"];
    } catch (const StoreError& e) {
      ASSERT_TRUE(contains(e.what(), root)) << what << ": " << e.what();
      ++outcomes[e.kind()];
    } catch (const std::exception& e) {
      FAIL() << what << ": no StoreError, but " << e.what();
    }
    mutator.restore();
  }
  ASSERT_TRUE(contents_of(root) == original);
  // Most files are checked in every byte, so most mutations must show; those
  // of the lock, of the torn tail and of equal files can't.
  EXPECT_LT(outcomes["harmless"], mutations / 3);
  EXPECT_GT(outcomes["damaged"], mutations / 3);
  for (const auto& [outcome, n] : outcomes) RecordProperty(outcome, n);
}

// Single bytes without chance: every byte of every small file, one bit each.
TEST(StoreMutations, EveryByteOfEveryFileCounts) {
  const TemporaryFolder folder;
  const std::string root = folder / "store";
  {
    auto store = new_store(root, 1);
    BatchWriter writer(&store, "one");
    add_row(&writer, 0, {"CASSF", "TRBV1", 1, 0});
    writer.commit({});
  }
  const Contents original = contents_of(root);
  for (const std::string& file : files_below(root)) {
    const std::string path = root + "/" + file;
    const std::string bytes = read_bytes(path);
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ (1 << at % 8));
      write_bytes(path, changed);
      bool harmless = false;
      try {
        ASSERT_TRUE(contents_of(root) == original) << file << " at " << at;
        harmless = true;
      } catch (const StoreError& e) {
        ASSERT_TRUE(contains(e.what(), root)) << e.what();
      }
      // `commits` may be one behind, so some of its changes mean nothing.
      ASSERT_TRUE(!harmless || file == "shards/1/commits")
          << file << " at " << at << " must be checked";
    }
    write_bytes(path, bytes);
  }
  EXPECT_TRUE(contents_of(root) == original);
}

// A removal takes `commits`, then the records from the last to the first, then
// the rows. Killed after any of them it leaves a store of the first batches.
TEST(StoreMutations, AnInterruptedRemovalLeavesAStoreThatCanBeRemoved) {
  for (std::uint32_t gone = 0; gone <= 3; ++gone) {
    const TemporaryFolder folder;
    const std::string directory = folder / "store";
    fill(directory);
    std::filesystem::remove(directory + "/shards/1/commits");
    for (std::uint32_t id = 3; id > 3 - gone; --id)
      std::filesystem::remove(directory + "/shards/1/batches/0000000" +
                              std::to_string(id) + ".tsv");
    if (gone == 3)
      std::filesystem::remove(directory +
                              "/shards/1/preclusters/0001/"
                              "00000001.tsv");
    PreclusterStore store(directory, false);
    EXPECT_EQ(store.batches().size(), 3 - gone);
    store.remove();
    EXPECT_FALSE(std::filesystem::exists(directory)) << gone;
  }
}
