#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "clustering/cluster_receptors.hpp"
#include "graph/neighbour_graph.hpp"
#include "receptor_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

namespace {

// A row of a result: precluster, cluster, sequence.
using Result =
    std::vector<std::tuple<std::uint32_t, std::uint32_t, std::string>>;

Result result_of(const ClusterTable& table) {
  Result result;
  EXPECT_EQ(table.cluster.size(), table.rows.size());
  EXPECT_EQ(table.precluster.size(), table.rows.size());
  for (std::size_t i = 0; i < table.rows.size(); ++i)
    result.emplace_back(table.precluster[i], table.cluster[i],
                        std::string(table.rows.sequences[i]));
  return result;
}

std::vector<ReceptorGroup> groups_of(
    const std::vector<std::vector<std::string>>& sequences) {
  std::vector<ReceptorGroup> groups(sequences.size());
  for (std::size_t g = 0; g < groups.size(); ++g) {
    groups[g].receptors = receptors_of(set_of(sequences[g]));
    groups[g].precluster = static_cast<std::uint32_t>(g);
  }
  return groups;
}

RunSettings settings_for(Method method, bool singletons = false) {
  RunSettings settings;
  settings.method = method;
  settings.singletons = singletons;
  return settings;
}

Result in_memory(const std::vector<std::vector<std::string>>& groups,
                 bool singletons, int n_threads = 1) {
  return result_of(cluster_receptors(groups_of(groups),
                                     settings_for(Method::kMcl, singletons),
                                     threads(n_threads)));
}

// One group of receptors with genes and samples.
std::vector<ReceptorGroup> group_of_rows(const std::vector<Row>& rows,
                                         const ReceptorCase& c) {
  std::vector<ReceptorGroup> groups(1);
  groups[0].receptors = receptors_of_rows(rows, c);
  return groups;
}

}  // namespace

// Against the definition: in each group the distinct sequences that have a
// neighbour there, each once; clusters within components; numbers in order.
TEST(ClusterReceptors, ClustersAreWhatTheyMustBe) {
  Random random(5);
  const auto sequences = random_repertoire(&random, 900);
  // Random groups, with empty ones, duplicates and lonely ones among them.
  std::vector<std::vector<std::string>> groups(12);
  for (const std::string& s : sequences) groups[random.below(4)].push_back(s);
  groups[7] = {"CASSF"};
  groups[9] = {"CASSF", "CASSF", "CASRF", "CASSFF"};
  for (bool singletons : {false, true}) {
    std::set<std::pair<std::uint32_t, std::string>> expected;
    std::map<std::pair<std::uint32_t, std::string>, std::uint32_t> component;
    for (std::uint32_t g = 0; g < groups.size(); ++g) {
      const ReceptorSet unique = receptors_of(set_of(groups[g]));
      const Graph graph = neighbour_graph(unique, NeighbourRule(), Execution());
      const auto components = connected_components(graph, nullptr);
      for (std::size_t i = 0; i < unique.size(); ++i) {
        const std::string sequence(unique.sequences[i]);
        component[{g, sequence}] = components[i];
        if (singletons || graph.degree(i) > 0) expected.emplace(g, sequence);
      }
    }
    const Result result = in_memory(groups, singletons);
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
      EXPECT_EQ(in_memory(groups, singletons, n_threads), result);
  }
}

TEST(ClusterReceptors, NothingToCluster) {
  for (bool singletons : {false, true}) {
    EXPECT_TRUE(in_memory({}, singletons).empty());
    EXPECT_TRUE(in_memory(std::vector<std::vector<std::string>>(5), singletons)
                    .empty());
  }
  EXPECT_TRUE(in_memory({{"CASSF", "CASSFF", "CAS"}}, false).empty());
  const Result alone = in_memory({{"CASSFF", "CASSF"}}, true);
  EXPECT_EQ(alone, (Result{{0, 0, "CASSF"}, {0, 1, "CASSFF"}}));
}

TEST(ClusterReceptors, GroupsAsClusters) {
  Random random(7);
  const auto sequences = random_repertoire(&random, 300);
  std::vector<std::vector<std::string>> groups(6);  // the last ones are empty
  for (const std::string& s : sequences) groups[random.below(4)].push_back(s);
  Result expected;
  for (std::uint32_t g = 0; g < groups.size(); ++g)
    for (const std::string& s :
         std::set<std::string>(groups[g].begin(), groups[g].end()))
      expected.emplace_back(g, g, s);
  for (int n_threads : {1, 4}) {
    const ClusterTable table =
        cluster_receptors(groups_of(groups), settings_for(Method::kPreclusters),
                          threads(n_threads));
    EXPECT_EQ(result_of(table), expected);
    EXPECT_EQ(table.clusters, 6u);
    EXPECT_EQ(table.totals.receptors, expected.size());
    EXPECT_EQ(table.totals.edges, 0u);
  }
}

// Each row's genes and samples are those of its receptor, whatever the order
// of the clusters; each receptor is a row where singletons are wanted.
TEST(ClusterReceptors, GenesAndSamplesComeAlong) {
  for (const ReceptorCase& c : all_cases()) {
    Random random(8);
    auto rows = random_receptors(&random, 250, c);
    for (Row& row : rows)
      row.batch = static_cast<std::uint32_t>(random.below(4));
    std::map<Receptor, std::map<std::uint32_t, std::uint64_t>> expected;
    for (const Row& row : rows)
      expected[{row.sequence, genes_of(row, c)}][row.batch] +=
          row.duplicate_count;
    RunSettings settings = settings_for(Method::kMcl, true);
    settings.rule = c.rule;
    const ClusterTable table =
        cluster_receptors(group_of_rows(rows, c), settings, threads(2));
    ASSERT_EQ(table.rows.size(), expected.size()) << c.name();
    const auto receptors = list_of(table.rows);
    std::uint64_t occurrences = 0;
    for (std::size_t i = 0; i < receptors.size(); ++i) {
      std::string samples;
      for (const auto& [sample, count] : expected.at(receptors[i])) {
        samples += std::to_string(sample) + ":" + std::to_string(count) + ",";
        ++occurrences;
      }
      ASSERT_EQ(samples_of(table.rows, i), samples) << c.name();
    }
    EXPECT_EQ(table.totals.receptors, expected.size());
    EXPECT_EQ(table.totals.occurrences, occurrences);
    const auto edges = naive_edges(list_of(receptors_of_rows(rows, c)), c);
    EXPECT_EQ(table.totals.edges, edges.size()) << c.name();
    EXPECT_EQ(table.totals.edges_within, edges.size());
  }
}

// A group may hold receptors of several preclusters.
TEST(ClusterReceptors, EdgesWithinPreclustersAreCounted) {
  Random random(10);
  auto groups = groups_of({random_repertoire(&random, 400)});
  const ReceptorSet& receptors = groups[0].receptors;
  for (std::size_t i = 0; i < receptors.size(); ++i)
    groups[0].preclusters.push_back(
        static_cast<std::uint32_t>(random.below(3)));
  std::uint64_t within = 0;
  for (const auto& [a, b] :
       neighbour_pairs(receptors, NeighbourRule(), Execution()))
    within += groups[0].preclusters[a] == groups[0].preclusters[b];
  const ClusterTotals totals =
      cluster_receptors(groups, settings_for(Method::kMcl), Execution()).totals;
  EXPECT_EQ(totals.edges_within, within);
  EXPECT_GT(within, 0u);
  EXPECT_LT(within, totals.edges);
}

// With Method::kComponents a cluster is a connected component.
TEST(ClusterReceptors, ComponentsAreConnectedComponents) {
  for (const ReceptorCase& c : all_cases()) {
    Random random(9);
    const auto rows = random_receptors(&random, 200, c);
    const auto all = list_of(receptors_of_rows(rows, c));
    const auto label = naive_components(all.size(), naive_edges(all, c));
    std::map<std::uint32_t, std::set<Receptor>> by_label;
    for (std::size_t i = 0; i < all.size(); ++i)
      by_label[label[i]].insert(all[i]);
    for (const bool singletons : {false, true}) {
      std::set<std::set<Receptor>> expected, seen;
      for (const auto& [l, members] : by_label)
        if (singletons || members.size() > 1) expected.insert(members);
      RunSettings settings = settings_for(Method::kComponents, singletons);
      settings.rule = c.rule;
      const ClusterTable table =
          cluster_receptors(group_of_rows(rows, c), settings, Execution());
      std::vector<std::set<Receptor>> clusters(table.clusters);
      const auto receptors = list_of(table.rows);
      for (std::size_t i = 0; i < receptors.size(); ++i)
        clusters[table.cluster[i]].insert(receptors[i]);
      seen.insert(clusters.begin(), clusters.end());
      EXPECT_EQ(seen, expected) << c.name();
      for (std::size_t k = 1; k < clusters.size(); ++k)
        EXPECT_GE(clusters[k - 1].size(), clusters[k].size());
    }
  }
}

// Edges alone: totals and no rows.
TEST(ClusterReceptors, EdgesAreCounted) {
  Random random(10);
  std::vector<std::vector<std::string>> groups(3);
  for (const std::string& s : random_repertoire(&random, 600))
    groups[random.below(3)].push_back(s);
  std::uint64_t edges = 0;
  for (const auto& group : groups)
    edges += naive_edges(list_of(receptors_of(set_of(group))), {}).size();
  auto one = groups_of(groups);
  const ClusterTable table = cluster_receptors(
      groups_of(groups), settings_for(Method::kEdges), threads(2));
  EXPECT_EQ(table.rows.size(), 0u);
  EXPECT_EQ(table.totals.edges, edges);
  EXPECT_GT(edges, 100u);
}

// Its different sequences, each once, whatever their genes and order.
TEST(ClusterReceptors, IdentitiesAreThoseOfTheSequences) {
  ReceptorCase c;
  c.v_gene = true;
  Random random(12);
  const ClusterTable table =
      cluster_receptors(group_of_rows(random_receptors(&random, 300, c), c),
                        settings_for(Method::kPreclusters, true), Execution());
  std::map<std::uint32_t, std::set<std::string>> sequences;
  for (std::size_t i = 0; i < table.cluster.size(); ++i)
    sequences[table.cluster[i]].insert(std::string(table.rows.sequences[i]));
  const auto identities = cluster_identities(table);
  ASSERT_EQ(identities.size(), table.clusters);
  std::size_t different = 0;
  for (const auto& [cluster, members] : sequences) {
    std::uint64_t sum = 0;
    for (const std::string& one : members) sum += identity_of(one);
    EXPECT_EQ(identities[cluster], sum);
    different += members.size();
  }
  EXPECT_LT(different, table.cluster.size()) << "some have several genes";
}

// A cluster's name hangs on its members alone.
TEST(ClusterReceptors, ClusterIdsAreOfTheContent) {
  ReceptorCase c;
  c.v_gene = true;
  Random random(11);
  auto rows = random_receptors(&random, 300, c);
  RunSettings settings = settings_for(Method::kComponents, true);
  const ClusterTable table =
      cluster_receptors(group_of_rows(rows, c), settings, Execution());
  const auto ids = cluster_ids(table);
  ASSERT_EQ(ids.size(), table.clusters);
  const auto receptors = list_of(table.rows);
  std::map<std::uint64_t, std::set<Receptor>> members;
  for (std::size_t i = 0; i < receptors.size(); ++i)
    members[ids[table.cluster[i]]].insert(receptors[i]);
  EXPECT_EQ(members.size(), table.clusters) << "no two have the same name";
  // Of half the rows: clusters with the same members keep their names, and no
  // other has one of them.
  rows.resize(rows.size() / 2);
  for (Row& row : rows) row.batch += 3;
  const ClusterTable half =
      cluster_receptors(group_of_rows(rows, c), settings, threads(2));
  const auto half_ids = cluster_ids(half);
  const auto half_receptors = list_of(half.rows);
  std::vector<std::set<Receptor>> half_members(half.clusters);
  for (std::size_t i = 0; i < half_receptors.size(); ++i)
    half_members[half.cluster[i]].insert(half_receptors[i]);
  std::size_t same = 0, others = 0;
  for (std::size_t k = 0; k < half_members.size(); ++k) {
    const auto found = members.find(half_ids[k]);
    if (found != members.end()) {
      EXPECT_EQ(found->second, half_members[k]);
      ++same;
    } else {
      for (const auto& [id, whole] : members) EXPECT_NE(whole, half_members[k]);
      ++others;
    }
  }
  EXPECT_GT(same, 10u);
  EXPECT_GT(others, 1u);
}

TEST(ClusterReceptors, CanBeCancelled) {
  Random random(12);
  for (int n_threads : {1, 2}) {
    StoppingHost host;
    EXPECT_THROW(cluster_receptors(groups_of({random_repertoire(&random, 500)}),
                                   RunSettings(), threads(n_threads, &host)),
                 Cancelled);
  }
}
