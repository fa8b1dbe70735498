#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "clustering/batch_pipeline.hpp"
#include "clustering/cluster_groups.hpp"
#include "graph/hamming_graph.hpp"
#include "test_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

namespace {

// A batch out of vectors, so many rows at a time.
class VectorSource : public SequenceSource {
 public:
  VectorSource(std::vector<Row> rows, std::size_t block, bool plain = false)
      : rows_(std::move(rows)), block_(block), plain_(plain) {}

  bool next(SequenceBlock* block) override {
    EXPECT_TRUE(block->sequences.empty()) << "blocks come empty";
    if (at_ == rows_.size()) return false;
    for (std::size_t i = 0; i < block_ && at_ < rows_.size(); ++i, ++at_) {
      block->sequences.push_back(rows_[at_].sequence);
      if (plain_) continue;
      block->v_calls.push_back(rows_[at_].v_call);
      block->duplicate_counts.push_back(rows_[at_].duplicate_count);
    }
    return true;
  }

 private:
  std::vector<Row> rows_;
  std::size_t block_, at_ = 0;
  bool plain_;
};

constexpr std::size_t kCentroids = 20;

CoarseQuantizer some_quantizer(const std::vector<std::string>& sample) {
  TrainingOptions options;
  options.centroids = kCentroids;
  return CoarseQuantizer::train(SequenceEncoder(32), set_of(sample), options,
                                threads(2));
}

PreclusterStore store_for(const CoarseQuantizer& quantizer,
                          const std::string& directory) {
  StoreManifest manifest;
  manifest.max_sequence_size = 32;
  manifest.preclusters = quantizer.size();
  return PreclusterStore::create(directory, manifest, quantizer.centroids(),
                                 false);
}

std::vector<Row> rows_for(const std::vector<std::string>& sequences) {
  std::vector<Row> rows;
  for (const std::string& s : sequences)
    rows.push_back(
        {s, "TRBV" + std::to_string(rows.size() % 30), 1 + rows.size() % 5, 0});
  return rows;
}

void add_to_store(PreclusterStore* store, const CoarseQuantizer& quantizer,
                  const std::string& name, std::vector<Row> rows,
                  std::size_t block = 300, int n_threads = 1) {
  VectorSource source(std::move(rows), block);
  BatchWriter writer(store, name, OnDuplicate::kRefuse, 1000);
  precluster_batch(&source, quantizer, &writer, threads(n_threads));
  writer.commit({});
}

// A row of a result: precluster, cluster, sequence.
using Result =
    std::vector<std::tuple<std::uint32_t, std::uint32_t, std::string>>;

void append_table(const ClusterTable& table, std::uint32_t first_group,
                  std::uint32_t first_cluster, Result* result) {
  ASSERT_EQ(table.cluster.size(), table.sequences.size());
  ASSERT_EQ(table.group.size(), table.sequences.size());
  for (std::size_t i = 0; i < table.sequences.size(); ++i)
    result->emplace_back(first_group + table.group[i],
                         first_cluster + table.cluster[i],
                         std::string(table.sequences[i]));
}

Result in_memory(std::vector<SequenceSet> groups, bool singletons,
                 int n_threads = 1) {
  Result result;
  append_table(cluster_groups(std::move(groups), MclOptions(), singletons,
                              threads(n_threads)),
               0, 0, &result);
  return result;
}

// As R does it: a few preclusters at a time, until there are no more.
Result in_batches(const PreclusterStore& store, bool singletons,
                  std::uint64_t memory_limit, int n_threads = 1,
                  std::size_t* batches = nullptr) {
  Result result;
  std::uint32_t clusters = 0;
  std::size_t first = 0;
  while (first < store.manifest().preclusters) {
    const std::size_t end = end_of_cluster_batch(store, first, memory_limit);
    const ClusterTable table =
        cluster_groups(load_preclusters(store, first, end, threads(n_threads)),
                       MclOptions(), singletons, threads(n_threads));
    append_table(table, static_cast<std::uint32_t>(first), clusters, &result);
    clusters += table.clusters;
    first = end;
    if (batches) ++*batches;
  }
  return result;
}

std::vector<SequenceSet> groups_of(const std::vector<std::string>& sequences,
                                   const CoarseQuantizer& quantizer) {
  const auto nearest = quantizer.assign(set_of(sequences), threads(1));
  std::vector<SequenceSet> groups(quantizer.size(), SequenceSet(32));
  for (std::size_t i = 0; i < sequences.size(); ++i)
    groups[nearest[i]].push_back(sequences[i]);
  return groups;
}

}  // namespace

TEST(BatchPipeline, EveryRowGoesToItsNearestCentroid) {
  Random random(1);
  const auto sequences = random_repertoire(&random, 1500);
  const CoarseQuantizer quantizer = some_quantizer(sequences);
  const auto nearest = quantizer.assign(set_of(sequences), threads(1));
  std::vector<std::vector<Row>> expected(kCentroids);
  std::vector<Row> rows = rows_for(sequences);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    expected[nearest[i]].push_back(rows[i]);
    expected[nearest[i]].back().batch = 1;
  }
  for (std::size_t block : {1, 7, 500, 1500, 5000})
    for (int n_threads : {1, 4}) {
      const TemporaryFolder folder;
      auto store = store_for(quantizer, folder / "store");
      add_to_store(&store, quantizer, "batch", rows, block, n_threads);
      ASSERT_EQ(all_rows(store), expected) << "blocks of " << block;
      EXPECT_EQ(store.batches()[0].rows, rows.size());
    }
}

TEST(BatchPipeline, VCallsAndCountsMayBeMissing) {
  Random random(2);
  const auto sequences = random_repertoire(&random, 200);
  const CoarseQuantizer quantizer = some_quantizer(sequences);
  const TemporaryFolder folder;
  auto store = store_for(quantizer, folder / "store");
  VectorSource source(rows_for(sequences), 64, true);
  BatchWriter writer(&store, "plain", OnDuplicate::kRefuse);
  precluster_batch(&source, quantizer, &writer, Execution());
  writer.commit({});
  std::size_t rows = 0;
  for (const auto& precluster : all_rows(store))
    for (const Row& row : precluster) {
      EXPECT_EQ(row.v_call, "");
      EXPECT_EQ(row.duplicate_count, 1u);
      ++rows;
    }
  EXPECT_EQ(rows, sequences.size());
}

TEST(BatchPipeline, BatchesFromDiskEqualGroupsInMemory) {
  Random random(3);
  const auto sequences = random_repertoire(&random, 3000);
  const CoarseQuantizer quantizer = some_quantizer(sequences);
  const TemporaryFolder folder;
  auto store = store_for(quantizer, folder / "store");
  for (std::size_t b = 0; b < 3; ++b)
    add_to_store(&store, quantizer, std::to_string(b),
                 rows_for({sequences.begin() + b * 1000,
                           sequences.begin() + (b + 1) * 1000}));
  const PreclusterStore opened(folder / "store", false);
  for (bool singletons : {false, true}) {
    const Result expected =
        in_memory(groups_of(sequences, quantizer), singletons);
    ASSERT_GT(expected.size(), 500u);
    std::set<std::size_t> batches;
    for (std::uint64_t memory_limit :
         {std::uint64_t{0}, std::uint64_t{1} << 18, std::uint64_t{1} << 20,
          std::uint64_t{1} << 40})
      for (int n_threads : {1, 2, 4}) {
        std::size_t n = 0;
        ASSERT_EQ(in_batches(opened, singletons, memory_limit, n_threads, &n),
                  expected)
            << memory_limit << " bytes, " << n_threads << " threads";
        batches.insert(n);
      }
    // One precluster at a time, all at once, and something in between.
    EXPECT_EQ(*batches.begin(), 1u);
    EXPECT_EQ(*batches.rbegin(), kCentroids);
    EXPECT_GT(batches.size(), 2u);
  }
}

TEST(BatchPipeline, TheOrderOfTheBatchesDoesNotMatter) {
  Random random(4);
  const auto sequences = random_repertoire(&random, 2000);
  const CoarseQuantizer quantizer = some_quantizer(sequences);
  std::vector<std::vector<Row>> batches;
  for (std::size_t b = 0; b < 5; ++b)
    batches.push_back(rows_for(
        {sequences.begin() + b * 400, sequences.begin() + (b + 1) * 400}));
  std::set<Result> results;
  for (int round = 0; round < 3; ++round) {
    const TemporaryFolder folder;
    auto store = store_for(quantizer, folder / "store");
    for (auto& batch : batches)
      add_to_store(&store, quantizer, std::to_string(store.batches().size()),
                   batch, 100);
    results.insert(in_batches(store, true, 1 << 20));
    random.shuffle(&batches);
    for (auto& batch : batches) random.shuffle(&batch);
  }
  EXPECT_EQ(results.size(), 1u);
  EXPECT_GT(results.begin()->size(), 500u);
}

// Against the definition: in each group the distinct sequences that have a
// neighbour there, each once; clusters within components; numbers in order.
TEST(BatchPipeline, ClustersAreWhatTheyMustBe) {
  Random random(5);
  const auto sequences = random_repertoire(&random, 900);
  // Random groups, with empty ones, duplicates and lonely ones among them.
  std::vector<std::vector<std::string>> groups(12);
  for (const std::string& s : sequences) groups[random.below(4)].push_back(s);
  groups[7] = {"CASSF"};
  groups[9] = {"CASSF", "CASSF", "CASRF", "CASSFF"};
  std::vector<SequenceSet> sets;
  for (const auto& group : groups) sets.push_back(set_of(group));
  for (bool singletons : {false, true}) {
    std::set<std::pair<std::uint32_t, std::string>> expected;
    std::map<std::pair<std::uint32_t, std::string>, std::uint32_t> component;
    for (std::uint32_t g = 0; g < groups.size(); ++g) {
      const SequenceSet unique = sorted_unique(sets[g]);
      const Graph graph = hamming_graph(unique, Execution());
      const auto components = connected_components(graph, nullptr);
      for (std::size_t i = 0; i < unique.size(); ++i) {
        component[{g, std::string(unique[i])}] = components[i];
        if (singletons || graph.degree(i) > 0)
          expected.emplace(g, std::string(unique[i]));
      }
    }
    const Result result = in_memory(sets, singletons);
    std::set<std::pair<std::uint32_t, std::string>> seen;
    std::map<std::uint32_t, std::pair<std::uint32_t, std::uint32_t>> home;
    std::uint32_t next = 0;
    for (const auto& [group, cluster, sequence] : result) {
      EXPECT_TRUE(seen.emplace(group, sequence).second) << sequence;
      const auto where = std::make_pair(group, component[{group, sequence}]);
      EXPECT_EQ(home.emplace(cluster, where).first->second, where)
          << "a cluster lies in one component of one group";
      EXPECT_TRUE(cluster == next || cluster + 1 == next);
      next = cluster + 1;
    }
    EXPECT_EQ(seen, expected);
    EXPECT_GT(seen.size(), 100u);
    for (int n_threads : {2, 4})
      EXPECT_EQ(in_memory(sets, singletons, n_threads), result);
  }
}

TEST(BatchPipeline, NothingToCluster) {
  for (bool singletons : {false, true}) {
    EXPECT_TRUE(in_memory({}, singletons).empty());
    EXPECT_TRUE(in_memory(std::vector<SequenceSet>(5), singletons).empty());
  }
  EXPECT_TRUE(in_memory({set_of({"CASSF", "CASSFF", "CAS"})}, false).empty());
  const Result alone = in_memory({set_of({"CASSFF", "CASSF"})}, true);
  EXPECT_EQ(alone, (Result{{0, 0, "CASSF"}, {0, 1, "CASSFF"}}));
}

// `index` is a sequence's place in its sorted group, with any order of rows.
TEST(BatchPipeline, IndexPointsIntoTheSortedGroup) {
  Random random(6);
  std::vector<SequenceSet> groups;
  for (int g = 0; g < 3; ++g)
    groups.push_back(set_of(random_repertoire(&random, 100)));
  for (const ClusterTable& table :
       {cluster_groups(groups, MclOptions(), true, threads(2)),
        groups_as_clusters(groups, threads(2))})
    for (std::size_t i = 0; i < table.sequences.size(); ++i)
      ASSERT_EQ(sorted_unique(groups[table.group[i]])[table.index[i]],
                table.sequences[i]);
}

TEST(BatchPipeline, GroupsAsClusters) {
  Random random(7);
  const auto sequences = random_repertoire(&random, 300);
  std::vector<std::vector<std::string>> groups(6);  // the last ones are empty
  for (const std::string& s : sequences) groups[random.below(4)].push_back(s);
  std::vector<SequenceSet> sets;
  Result expected;
  for (std::uint32_t g = 0; g < groups.size(); ++g) {
    sets.push_back(set_of(groups[g]));
    for (const std::string& s :
         std::set<std::string>(groups[g].begin(), groups[g].end()))
      expected.emplace_back(g, g, s);
  }
  for (int n_threads : {1, 4}) {
    const ClusterTable table = groups_as_clusters(sets, threads(n_threads));
    Result result;
    append_table(table, 0, 0, &result);
    EXPECT_EQ(result, expected);
    EXPECT_EQ(table.clusters, 6u);
  }
}

TEST(BatchPipeline, ClusterBatchesGrowWithTheMemory) {
  const TemporaryFolder folder;
  auto store = new_store(folder / "store", 150);
  Random random(8);
  {
    BatchWriter writer(&store, "batch", OnDuplicate::kRefuse);
    for (int i = 0; i < 3000; ++i)  // some preclusters stay empty
      add_row(&writer, random.below(15) * random.below(10),
              {random_cdr3(&random), "", 1, 0});
    writer.commit({});
  }
  for (std::size_t first = 0; first < 150; ++first) {
    std::size_t last = first;
    for (std::uint64_t limit = 1; limit < std::uint64_t{1} << 40; limit *= 4) {
      const std::size_t end = end_of_cluster_batch(store, first, limit);
      ASSERT_GT(end, first) << "at least one";
      ASSERT_LE(end, 150u);
      ASSERT_LE(end, first + 64) << "no more than keep threads busy";
      ASSERT_GE(end, last) << "more memory, not fewer preclusters";
      // What was taken beyond the first fits, were a row but a byte.
      std::uint64_t rows = 0;
      for (std::size_t p = first; p < end; ++p) rows += store.end_of(p).rows;
      ASSERT_TRUE(end == first + 1 || rows <= limit);
      last = end;
    }
    ASSERT_EQ(last, std::min<std::size_t>(150, first + 64));
  }
  EXPECT_EQ(end_of_cluster_batch(store, 150, 1), 150u);
}

TEST(BatchPipeline, LoadsTheRowsInOrderOfArrival) {
  const TemporaryFolder folder;
  auto store = new_store(folder / "store", 4);
  Random random(9);
  std::vector<std::vector<std::string>> expected(4);
  for (int b = 0; b < 3; ++b) {
    BatchWriter writer(&store, std::to_string(b), OnDuplicate::kRefuse);
    for (int i = 0; i < 40; ++i) {
      const std::size_t p = random.below(3);  // the last one stays empty
      expected[p].push_back(random_cdr3(&random));
      add_row(&writer, p, {expected[p].back(), "", 1, 0});
    }
    writer.commit({});
  }
  for (int n_threads : {1, 4}) {
    const auto all = load_preclusters(store, 0, 4, threads(n_threads));
    ASSERT_EQ(all.size(), 4u);
    for (std::size_t p = 0; p < 4; ++p)
      EXPECT_EQ(strings_of(all[p]), expected[p]);
    const auto middle = load_preclusters(store, 1, 3, threads(n_threads));
    ASSERT_EQ(middle.size(), 2u);
    EXPECT_EQ(strings_of(middle[0]), expected[1]);
    EXPECT_TRUE(load_preclusters(store, 2, 2, threads(n_threads)).empty());
  }
}

// An error of a worker thread arrives as what it was.
TEST(BatchPipeline, DamageFoundByAThreadIsATypedError) {
  const TemporaryFolder folder;
  auto store = new_store(folder / "store", 8);
  {
    BatchWriter writer(&store, "batch", OnDuplicate::kRefuse);
    for (std::size_t p = 0; p < 8; ++p)
      add_row(&writer, p, {"CASSF", "", 1, 0});
    writer.commit({});
  }
  write_bytes(store.precluster_path(5), "torn");
  for (int n_threads : {1, 4}) {
    std::string message;
    EXPECT_EQ(kind_of_error(
                  [&] { load_preclusters(store, 0, 8, threads(n_threads)); },
                  &message),
              "damaged");
    EXPECT_TRUE(contains(message, store.precluster_path(5))) << message;
  }
}

TEST(BatchPipeline, CancellationLeavesTheStoreAsItWas) {
  Random random(10);
  const auto sequences = random_repertoire(&random, 500);
  const CoarseQuantizer quantizer = some_quantizer(sequences);
  const TemporaryFolder folder;
  auto store = store_for(quantizer, folder / "store");
  add_to_store(&store, quantizer, "one", rows_for(sequences));
  const auto before = all_rows(store);
  {
    StoppingHost host(1);
    VectorSource source(rows_for(sequences), 10);
    BatchWriter writer(&store, "two", OnDuplicate::kRefuse, 1);
    EXPECT_THROW(
        precluster_batch(&source, quantizer, &writer, threads(2, &host)),
        Cancelled);
  }
  EXPECT_EQ(all_rows(PreclusterStore(folder / "store", false)), before);
  StoppingHost host;
  EXPECT_THROW(load_preclusters(store, 0, kCentroids, threads(2, &host)),
               Cancelled);
  EXPECT_THROW(cluster_groups(groups_of(sequences, quantizer), MclOptions(),
                              false, threads(2, &host)),
               Cancelled);
}

namespace {

class NotingHost : public Host {
 public:
  void progress(std::size_t done, std::size_t) override {
    seen.push_back(done);
  }
  std::vector<std::size_t> seen;
};

}  // namespace

TEST(BatchPipeline, TellsItsProgress) {
  Random random(11);
  const auto sequences = random_repertoire(&random, 250);
  const CoarseQuantizer quantizer = some_quantizer(sequences);
  const TemporaryFolder folder;
  auto store = store_for(quantizer, folder / "store");
  NotingHost host;
  VectorSource source(rows_for(sequences), 100);
  BatchWriter writer(&store, "batch", OnDuplicate::kRefuse);
  precluster_batch(&source, quantizer, &writer, threads(1, &host));
  EXPECT_EQ(host.seen, (std::vector<std::size_t>{100, 200, 250}));
}

// Cleaning up takes what the run has written and leaves the rest.
TEST(BatchPipeline, RemoveRunSparesTheFilesOfOthers) {
  Random random(12);
  const auto sequences = random_repertoire(&random, 200);
  const CoarseQuantizer quantizer = some_quantizer(sequences);
  const TemporaryFolder folder;
  auto store = store_for(quantizer, folder / "store");
  add_to_store(&store, quantizer, "one", rows_for(sequences));
  write_bytes(folder / "store/notes.txt", "a stranger's");
  remove_run(&store);
  EXPECT_EQ(files_below(folder.path()),
            std::vector<std::string>{"store/notes.txt"});
}
