#include "base/hash.hpp"
#include "kmeans/coarse_quantizer.hpp"
#include "store/precluster_batch.hpp"
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
      block->j_calls.push_back(rows_[at_].j_call);
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

// Its centroids are the profiles of some sequences: no k-means is needed.
CoarseQuantizer some_quantizer(const std::vector<std::string>& sample) {
  const SequenceEncoder encoder(32);
  const auto dimensions = static_cast<std::size_t>(encoder.dimensions());
  const SequenceSet unique = sorted_unique(set_of(sample));
  std::vector<float> centroids(kCentroids * dimensions);
  for (std::size_t k = 0; k < kCentroids; ++k)
    encoder.encode(unique[k * unique.size() / kCentroids],
                   centroids.data() + k * dimensions);
  return CoarseQuantizer(encoder, std::move(centroids), CentroidGroups());
}

ChoosePreclusters nearest_of(const CoarseQuantizer& quantizer) {
  return [&quantizer](const SequenceSet& set, const Execution& execution) {
    return quantizer.assign(set, execution);
  };
}

PreclusterStore store_for(const CoarseQuantizer& quantizer,
                          const std::string& directory) {
  StoreManifest manifest;
  manifest.max_sequence_size = 32;
  manifest.preclusters = quantizer.size();
  StoredCentroids stored;
  stored.centroids = quantizer.centroids();
  return PreclusterStore::create(directory, manifest, stored, false);
}

std::vector<Row> rows_for(const std::vector<std::string>& sequences) {
  std::vector<Row> rows;
  for (const std::string& s : sequences)
    rows.push_back({s, "TRBV" + std::to_string(rows.size() % 30),
                    1 + rows.size() % 5, 0,
                    "TRBJ" + std::to_string(rows.size() % 7)});
  return rows;
}

void add_to_store(PreclusterStore* store, const CoarseQuantizer& quantizer,
                  const std::string& name, std::vector<Row> rows,
                  std::size_t block = 300, int n_threads = 1) {
  VectorSource source(std::move(rows), block);
  BatchWriter writer(store, name, writer_options(OnDuplicate::kRefuse, 1000));
  precluster_batch(&source, nearest_of(quantizer), &writer, threads(n_threads));
  writer.commit({});
}

}  // namespace

TEST(PreclusterBatch, EveryRowGoesToItsNearestCentroid) {
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

TEST(PreclusterBatch, VCallsAndCountsMayBeMissing) {
  Random random(2);
  const auto sequences = random_repertoire(&random, 200);
  const CoarseQuantizer quantizer = some_quantizer(sequences);
  const TemporaryFolder folder;
  auto store = store_for(quantizer, folder / "store");
  VectorSource source(rows_for(sequences), 64, true);
  BatchWriter writer(&store, "plain");
  precluster_batch(&source, nearest_of(quantizer), &writer, Execution());
  writer.commit({});
  std::size_t rows = 0;
  for (const auto& precluster : all_rows(store))
    for (const Row& row : precluster) {
      EXPECT_EQ(row.v_call, "");
      EXPECT_EQ(row.j_call, "");
      EXPECT_EQ(row.duplicate_count, 1u);
      ++rows;
    }
  EXPECT_EQ(rows, sequences.size());
}

TEST(PreclusterBatch, CancellationLeavesTheStoreAsItWas) {
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
    BatchWriter writer(&store, "two", writer_options(OnDuplicate::kRefuse, 1));
    EXPECT_THROW(precluster_batch(&source, nearest_of(quantizer), &writer,
                                  threads(2, &host)),
                 Cancelled);
  }
  EXPECT_EQ(all_rows(PreclusterStore(folder / "store", false)), before);
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

TEST(PreclusterBatch, TellsItsProgress) {
  Random random(11);
  const auto sequences = random_repertoire(&random, 250);
  const CoarseQuantizer quantizer = some_quantizer(sequences);
  const TemporaryFolder folder;
  auto store = store_for(quantizer, folder / "store");
  NotingHost host;
  VectorSource source(rows_for(sequences), 100);
  BatchWriter writer(&store, "batch");
  precluster_batch(&source, nearest_of(quantizer), &writer, threads(1, &host));
  EXPECT_EQ(host.seen, (std::vector<std::size_t>{100, 200, 250}));
}

// Without a quantizer a row's precluster is told by its sequence alone, so
// that all rows of a receptor meet, from whatever batch.
TEST(PreclusterBatch, WithoutAQuantizerTheHashDecides) {
  Random random(13);
  const auto sequences = random_repertoire(&random, 2000);
  const TemporaryFolder folder;
  StoreManifest manifest;
  manifest.max_sequence_size = 32;
  manifest.preclusters = 16;
  manifest.by_centroid = false;
  auto store = PreclusterStore::create(folder / "store", manifest, {}, false);
  EXPECT_FALSE(file_is_there(folder / "store/centroids.bin"));
  VectorSource source(rows_for(sequences), 300);
  BatchWriter writer(&store, "batch");
  precluster_batch(&source, by_hash(16), &writer, threads(2));
  writer.commit({});
  const auto rows = all_rows(PreclusterStore(folder / "store", false));
  std::size_t seen = 0;
  for (std::size_t p = 0; p < 16; ++p) {
    EXPECT_GT(rows[p].size(), 50u) << "none is nearly empty";
    for (const Row& row : rows[p])
      ASSERT_EQ(hash64(row.sequence) % 16, p) << row.sequence;
    seen += rows[p].size();
  }
  EXPECT_EQ(seen, sequences.size());
}
