// A store that was removed, or made anew, under an object that has it open.
#include <filesystem>
#include <map>

#include "clustering/run_helpers.hpp"
#include "clustering/run_removal.hpp"
#include "processes.hpp"

using namespace clustcr;
using namespace clustcr_test;

namespace {

std::map<std::string, std::string> contents_below(const std::string& folder) {
  std::map<std::string, std::string> contents;
  for (const std::string& file : files_below(folder))
    contents[file] = read_bytes(folder + "/" + file);
  return contents;
}

std::vector<Row> some_rows(int seed) {
  Random random(static_cast<std::uint64_t>(seed));
  return random_receptors(&random, 80, ReceptorCase());
}

// All that an object can ask for, each a StoreError ("gone").
void expect_gone(PreclusterStore* stale, const ClusteringRun& run) {
  const std::string root = RunFolder::root_of(*stale, "");
  EXPECT_EQ(kind_of_error([&] { stale->check_identity(); }), "gone");
  EXPECT_EQ(kind_of_error([&] { all_rows(*stale); }), "gone");
  EXPECT_EQ(kind_of_error([&] { BatchWriter(stale, "more"); }), "gone");
  EXPECT_EQ(kind_of_error([&] { begin_run(*stale, RunSettings()); }), "gone");
  EXPECT_EQ(kind_of_error([&] {
              ClusteringRun::open(
                  *stale, RunFolder::find(*stale, run.id(), root), Execution());
            }),
            "gone");
}

}  // namespace

TEST(StoreIdentity, EachStoreHasItsOwn) {
  const TemporaryFolder folder;
  std::set<std::string> ids;
  for (int i = 0; i < 20; ++i)
    ids.insert(new_store(folder / std::to_string(i), 1).manifest().id);
  EXPECT_EQ(ids.size(), 20u);
}

// B removes A's store and makes it anew with the same parameters. A must not
// touch it; before there were identifiers, it cut B's files to its own ends.
TEST(StoreIdentity, AStoreMadeAnewIsNotTouched) {
  const TemporaryFolder folder;
  const ReceptorCase c;
  const std::string directory = folder / "store";
  auto stale = store_of_case(directory, 4, c);
  add_rows(&stale, "one", some_rows(1));
  const auto run = begin_run(stale, RunSettings());
  remove_store(&stale, RunFolder::root_of(stale, ""), 0, nullptr);
  auto anew = store_of_case(directory, 4, c);
  auto more = some_rows(2);
  const auto twice = some_rows(3);
  more.insert(more.end(), twice.begin(), twice.end());
  add_rows(&anew, "one", more);
  begin_run(anew, RunSettings()).unit(anew, 0, Execution());
  const auto before = contents_below(directory);
  expect_gone(&stale, run);
  EXPECT_EQ(kind_of_error([&] { stale.remove(); }), "gone");
  EXPECT_EQ(kind_of_error([&] {
              remove_store(&stale, RunFolder::root_of(stale, ""), 0, nullptr);
            }),
            "gone");
  EXPECT_EQ(contents_below(directory), before);
  std::size_t rows = 0;
  for (const auto& part : all_rows(PreclusterStore(directory, false)))
    rows += part.size();
  EXPECT_EQ(rows, more.size());
}

#ifndef _WIN32
// The same while others wait for the lock that the writer holds.
TEST(StoreIdentity, AWriterThatWaitedLooksAgain) {
  const TemporaryFolder folder;
  const ReceptorCase c;
  const std::string directory = folder / "store";
  auto stale = store_of_case(directory, 4, c);
  add_rows(&stale, "one", some_rows(1));
  Child other([&] {
    PreclusterStore store(directory, false);
    {
      BatchWriter writer(&store, "two");
      write_bytes(folder / "writing", "");
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
    store.remove();
    store_of_case(directory, 4, c);
    return 0;
  });
  wait_for_file(folder / "writing");
  const std::string kind = kind_of_error([&] {
    BatchWriter(&stale, "more",
                writer_options(OnDuplicate::kRefuse, 1 << 20, 30))
        .commit({});
  });
  EXPECT_EQ(other.wait(), 0);
  // It may have been first: then its batch went with the old store.
  EXPECT_TRUE(kind == "gone" || kind == "none" || kind == "missing" ||
              kind == "io")
      << kind;
  EXPECT_TRUE(PreclusterStore(directory, false).batches().empty());
}
#endif

TEST(StoreIdentity, AStoreThatWasRemovedIsGone) {
  const TemporaryFolder folder;
  auto stale = store_of_case(folder / "store", 4, ReceptorCase());
  add_rows(&stale, "one", some_rows(1));
  const auto run = begin_run(stale, RunSettings());
  PreclusterStore other(folder / "store", false);
  remove_store(&other, RunFolder::root_of(other, ""), 0, nullptr);
  expect_gone(&stale, run);
  EXPECT_NO_THROW(stale.remove()) << "nothing is left to be removed";
  // Of `run` the lock is open still; on Windows its folder may stay so long.
#ifndef _WIN32
  EXPECT_FALSE(std::filesystem::exists(folder / "store"));
#endif
}

#ifndef _WIN32
TEST(StoreIdentity, AWriterWaitsForAnother) {
  const TemporaryFolder folder;
  auto store = store_of_case(folder / "store", 4, ReceptorCase());
  Child other([&] {
    PreclusterStore mine(folder / "store", false);
    BatchWriter writer(&mine, "theirs");
    write_bytes(folder / "writing", "");
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    writer.commit({});
    return 0;
  });
  wait_for_file(folder / "writing");
  EXPECT_EQ(kind_of_error([&] { BatchWriter(&store, "mine"); }), "locked");
  EXPECT_EQ(kind_of_error([&] {
              BatchWriter(&store, "theirs",
                          writer_options(OnDuplicate::kRefuse, 1 << 20, 30));
            }),
            "duplicate_batch")
      << "it sees what was committed while it waited";
  add_rows(&store, "mine", some_rows(1));
  EXPECT_EQ(store.batches().size(), 2u);
  EXPECT_EQ(other.wait(), 0);
  StoppingHost host(1);
  BatchWriter holder(&store, "holder");
  EXPECT_THROW(
      BatchWriter(&store, "x",
                  writer_options(OnDuplicate::kRefuse, 1 << 20, 60), &host),
      Cancelled);
}

TEST(StoreIdentity, RemovalIsRefusedWhileOthersWork) {
  const TemporaryFolder folder;
  auto store = store_of_case(folder / "store", 4, ReceptorCase());
  add_rows(&store, "one", some_rows(1));
  const std::string root = RunFolder::root_of(store, "");
  const auto remove = [&] {
    return kind_of_error([&] { remove_store(&store, root, 0, nullptr); });
  };
  {
    PreclusterStore other(folder / "store", false);
    BatchWriter writer(&other, "two", writer_options(OnDuplicate::kRefuse, 1));
    add_row(&writer, 0, {"CASSF", "", 1, 0});
    const auto before = contents_below(folder.path());
    EXPECT_EQ(remove(), "locked");
    EXPECT_EQ(contents_below(folder.path()), before);
    writer.commit({});
  }
  store.refresh();
  RunSettings settings;
  settings.join = true;
  begin_run(store, RunSettings()).unit(store, 0, Execution());
  Child other([&] {
    const auto run = begin_run(store, settings);
    if (!run.ownership().is_ours()) return 1;
    write_bytes(folder / "begun", "");
    wait_for_file(folder / "end");
    return 0;
  });
  wait_for_file(folder / "begun");
  const auto before = contents_below(folder / "store");
  EXPECT_EQ(remove(), "locked");
  EXPECT_EQ(contents_below(folder / "store"), before) << "not even a part";
  // One that only looks does not own it.
  EXPECT_FALSE(begin_run(store, settings).ownership().is_ours());
  write_bytes(folder / "end", "");
  EXPECT_EQ(other.wait(), 0);
  EXPECT_EQ(remove(), "none");
  EXPECT_FALSE(std::filesystem::exists(folder / "store"));
}

// Several processes make the same store at once: one does, all have it.
TEST(StoreIdentity, CreatorsDoNotRace) {
  for (int round = 0; round < 5; ++round) {
    const TemporaryFolder folder;
    std::vector<std::unique_ptr<Child>> children;
    for (int k = 0; k < 4; ++k)
      children.push_back(std::make_unique<Child>([&] {
        auto store = new_store(folder / "store", 8);
        BatchWriter(&store, "sample " + std::to_string(k),
                    writer_options(OnDuplicate::kRefuse, 1000, 60))
            .commit({});
        return 0;
      }));
    int failed = 0;
    for (auto& child : children) {
      const int status = child->wait();
      failed += status != 0;
    }
    EXPECT_EQ(failed, 0);
    const PreclusterStore store(folder / "store", false);
    EXPECT_EQ(store.centroids().centroids, made_up_centroids(8).centroids);
    EXPECT_EQ(store.batches().size(), 4u);
  }
}
#endif
