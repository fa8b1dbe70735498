#include "clustering/cluster_assignment.hpp"
#include "receptor_helpers.hpp"
#include "test_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

namespace {

// What the definition says of a new receptor: every stored one is looked at.
struct Expected {
  bool stored = false;
  std::uint32_t own_cluster = 0, unclustered = 0;
  std::map<std::uint32_t, std::uint32_t> neighbours;  // by cluster
};

// `cluster` of each stored receptor; 0 for none.
Expected naive(const Receptor& receptor, const std::vector<Receptor>& stored,
               const std::vector<std::uint32_t>& cluster,
               const ReceptorCase& c) {
  Expected e;
  for (std::size_t i = 0; i < stored.size(); ++i) {
    if (stored[i] == receptor) {
      e.stored = true;
      e.own_cluster = cluster[i];
    } else if (are_neighbours(receptor, stored[i], c)) {
      if (cluster[i] == 0)
        ++e.unclustered;
      else
        ++e.neighbours[cluster[i]];
    }
  }
  return e;
}

void expect_same(const ClusterAssignment& found, const ReceptorSet& fresh,
                 const std::vector<Receptor>& stored,
                 const std::vector<std::uint32_t>& cluster,
                 const ReceptorCase& c) {
  const std::vector<Receptor> all = list_of(fresh);
  ASSERT_EQ(found.offsets.size(), all.size() + 1);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Expected e = naive(all[i], stored, cluster, c);
    EXPECT_EQ(found.stored[i] != 0, e.stored);
    EXPECT_EQ(found.own_cluster[i], e.own_cluster);
    EXPECT_EQ(found.unclustered[i], e.unclustered);
    std::vector<std::pair<std::uint32_t, std::uint32_t>> order;
    for (const auto& [number, n] : e.neighbours) order.emplace_back(number, n);
    std::stable_sort(order.begin(), order.end(),
                     [](auto& a, auto& b) { return a.second > b.second; });
    ASSERT_EQ(found.offsets[i + 1] - found.offsets[i], order.size());
    for (std::size_t k = 0; k < order.size(); ++k) {
      EXPECT_EQ(found.clusters[found.offsets[i] + k].cluster, order[k].first);
      EXPECT_EQ(found.clusters[found.offsets[i] + k].neighbours,
                order[k].second);
    }
  }
}

}  // namespace

TEST(ClusterAssignment, IsThatOfComparingEachPair) {
  Random random(11);
  for (const ReceptorCase& c : all_cases()) {
    SCOPED_TRACE(c.name());
    const std::vector<Row> rows = random_receptors(&random, 260, c);
    // Some are in both; the longest of the two differ.
    const ReceptorSet stored =
        receptors_of_rows({rows.begin(), rows.begin() + 160}, c);
    std::vector<Row> later(rows.begin() + 120, rows.end());
    if (!c.paired) later.push_back({std::string(30, 'A'), "", 1, 0, ""});
    const ReceptorSet fresh = receptors_of_rows(later, c);
    std::vector<std::uint32_t> cluster;
    for (std::size_t i = 0; i < stored.size(); ++i)
      cluster.push_back(static_cast<std::uint32_t>(random.below(12)));
    // Those in clusters first, not in their order.
    ReceptorSet clustered;
    clustered.genes = stored.genes;
    std::vector<std::uint32_t> of_clustered;
    for (std::size_t i = stored.size(); i-- > 0;) {
      if (cluster[i] == 0) continue;
      clustered.sequences.push_back(stored.sequences[i]);
      if (!stored.gene.empty()) clustered.gene.push_back(stored.gene[i]);
      of_clustered.push_back(cluster[i]);
    }
    for (const std::size_t block_rows : {1000, 37, 1}) {
      ClusterAssigner assigner(fresh, c.rule, block_rows, threads(3));
      assigner.add_clustered(clustered,
                             [&](std::size_t i) { return of_clustered[i]; });
      assigner.add_stored(stored);
      expect_same(assigner.finish(), fresh, list_of(stored), cluster, c);
      if (HasFailure()) return;
    }
  }
}

TEST(ClusterAssignment, OfNothingIsNothing) {
  const ReceptorCase c = all_cases()[0];
  const ReceptorSet none = receptors_of_rows({}, c);
  const ReceptorSet some = receptors_of_rows({{"CASSF", "", 1, 0, ""}}, c);
  ClusterAssigner nobody(none, c.rule, 10, threads(2));
  nobody.add_clustered(some, [](std::size_t) { return 1u; });
  EXPECT_TRUE(nobody.finish().clusters.empty());
  ClusterAssigner alone(some, c.rule, 10, threads(2));
  alone.add_clustered(none, [](std::size_t) { return 1u; });
  const ClusterAssignment found = alone.finish();
  EXPECT_TRUE(found.clusters.empty());
  EXPECT_FALSE(found.stored[0]);
}

TEST(ClusterAssignment, AgainstARunTakesNoLockAndWritesNothing) {
  Random random(12);
  const ReceptorCase c = all_cases()[0];
  TemporaryFolder folder;
  PreclusterStore store = store_of_case(folder.path(), 7, c);
  std::vector<Row> rows = random_receptors(&random, 300, c);
  std::vector<Row> later(rows.begin() + 200, rows.end());
  rows.resize(250);
  add_in_batches(&store, &rows, 2);
  RunSettings settings;
  settings.join = true;
  settings.rule = c.rule;
  const std::string root = RunFolder::root_of(store, "");
  std::vector<Receptor> clustered;
  std::vector<std::uint32_t> of_clustered;
  std::string id;
  {
    const ClusteringRun run = ClusteringRun::open(
        store, RunFolder::make(store, settings, root), threads(1));
    id = run.id();
    EXPECT_THROW(assign_to_run(receptors_of_rows(later, c), store, run, 1 << 20,
                               threads(1)),
                 StoreError);
    std::uint32_t first = 1;
    for (std::size_t u = 0; u < run.plan().units.size(); ++u) {
      const ClusterTable table = run.unit(store, u, threads(1));
      for (std::size_t i = 0; i < table.rows.size(); ++i) {
        clustered.emplace_back(std::string(table.rows.sequences[i]), "");
        of_clustered.push_back(first + table.cluster[i]);
      }
      first += table.clusters;
    }
  }
  const ReceptorSet fresh = receptors_of_rows(later, c);
  std::vector<Receptor> stored = list_of(receptors_of_rows(rows, c));
  std::vector<std::uint32_t> cluster(stored.size(), 0);
  for (std::size_t i = 0; i < stored.size(); ++i)
    for (std::size_t k = 0; k < clustered.size(); ++k)
      if (clustered[k] == stored[i]) cluster[i] = of_clustered[k];
  // Batches that came later do not count.
  add_rows(&store, "later", later);
  for (const char* name : {"lock", "busy"})
    std::filesystem::remove(root + "/" + id + "/" + name);
  const std::vector<std::string> before = files_below(folder.path());
  const ClusteringRun run =
      ClusteringRun::look(RunFolder::find(store, id, root));
  expect_same(assign_to_run(fresh, store, run, 1 << 20, threads(2)), fresh,
              stored, cluster, c);
  EXPECT_EQ(files_below(folder.path()), before);
}
