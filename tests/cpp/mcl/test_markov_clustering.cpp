// Markov clustering against published results, and against a dense oracle
// that does what the method's description says, word by word.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <numeric>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/errors.hpp"
#include "mcl/column_reader.hpp"
#include "mcl/markov_clustering.hpp"
#include "mcl/mcl_arena.hpp"
#include "mcl/mcl_component.hpp"
#include "mcl/mcl_helpers.hpp"
#include "mcl/mcl_labels.hpp"
#include "test_helpers.hpp"

namespace clustcr {
namespace {

using Dense = std::vector<std::vector<double>>;  // columns

Labels cluster(const Graph& graph, const MclOptions& options, int threads = 1) {
  return markov_clustering(graph, options, {threads, nullptr});
}

Graph random_graph(std::size_t n, double density, std::mt19937* random) {
  std::uniform_real_distribution<double> uniform;
  std::vector<Edge> edges;
  for (std::uint32_t i = 0; i < n; ++i)
    for (std::uint32_t j = i + 1; j < n; ++j)
      if (uniform(*random) < density) edges.emplace_back(i, j);
  return graph_from_edges(n, edges);
}

// --- The oracle -----------------------------------------------------------

Dense expand(const Dense& m, int power) {
  Dense result = m;
  for (int p = 1; p < power; ++p) {
    Dense next(m.size(), std::vector<double>(m.size(), 0));
    for (std::size_t j = 0; j < m.size(); ++j)
      for (std::size_t k = 0; k < m.size(); ++k)
        for (std::size_t i = 0; i < m.size(); ++i)
          next[j][i] += m[k][i] * result[j][k];
    result = next;
  }
  return result;
}

void inflate_and_prune(const MclOptions& options, Dense* m) {
  for (std::vector<double>& column : *m) {
    double sum = 0;
    for (double& x : column) sum += x = std::pow(x, options.inflation);
    for (double& x : column) x /= sum;
    const auto largest = std::max_element(column.begin(), column.end());
    for (auto x = column.begin(); x != column.end(); ++x)
      if (*x < options.prune && x != largest) *x = 0;
  }
}

bool converged(const Dense& now, const Dense& last, const MclOptions& o) {
  for (std::size_t j = 0; j < now.size(); ++j)
    for (std::size_t i = 0; i < now.size(); ++i)
      if (std::fabs(now[j][i] - last[j][i]) -
              o.relative_tolerance * std::fabs(last[j][i]) >
          o.tolerance)
        return false;
  return true;
}

// The flow matrix of a connected graph. `*clear` becomes false where an entry
// comes so close to the pruning bound that rounding decides on it.
Dense oracle_flow(const Graph& graph, const MclOptions& options, bool* clear) {
  const std::size_t n = graph.size();
  Dense m(n, std::vector<double>(n, 0));
  for (std::size_t j = 0; j < n; ++j) {
    const double share = 1.0 / static_cast<double>(graph.degree(j) + 1);
    m[j][j] = share;
    for (const std::uint32_t* i = graph.begin(j); i != graph.end(j); ++i)
      m[j][*i] = share;
  }
  for (int i = 0; i < options.max_iterations; ++i) {
    const Dense last = m;
    m = expand(m, options.expansion);
    MclOptions all = options;
    all.prune = 0;
    Dense unpruned = m;
    inflate_and_prune(all, &unpruned);
    for (const auto& column : unpruned)
      for (const double x : column)
        if (std::fabs(x - options.prune) < 1e-9 * options.prune) *clear = false;
    inflate_and_prune(options, &m);
    if (converged(m, last, options)) break;
  }
  return m;
}

// The clusters: the distinct rows of the attractors.
std::set<std::set<std::uint32_t>> oracle_clusters(const Dense& m) {
  std::set<std::set<std::uint32_t>> clusters;
  for (std::uint32_t i = 0; i < m.size(); ++i) {
    if (m[i][i] == 0) continue;
    std::set<std::uint32_t> row;
    for (std::uint32_t j = 0; j < m.size(); ++j)
      if (m[j][i] != 0) row.insert(j);
    clusters.insert(row);
  }
  return clusters;
}

// Whether labels are those clusters, each node in one that holds it.
void expect_clusters(const std::set<std::set<std::uint32_t>>& clusters,
                     const Labels& labels, const std::string& what) {
  std::map<std::uint32_t, std::set<std::uint32_t>> members;
  for (std::uint32_t j = 0; j < labels.size(); ++j)
    members[labels[j]].insert(j);
  for (const auto& entry : members) {
    const std::set<std::uint32_t>& nodes = entry.second;
    EXPECT_EQ(entry.first, *nodes.begin()) << what;
    const bool held =
        std::any_of(clusters.begin(), clusters.end(), [&](const auto& cluster) {
          return std::includes(cluster.begin(), cluster.end(), nodes.begin(),
                               nodes.end());
        });
    EXPECT_TRUE(held) << what << ": cluster of node " << entry.first;
  }
  // Nodes of one cluster alone must not be torn apart.
  std::map<std::uint32_t, int> times;
  for (const auto& cluster : clusters)
    for (const std::uint32_t j : cluster) ++times[j];
  for (const auto& cluster : clusters) {
    std::set<std::uint32_t> found;
    for (const std::uint32_t j : cluster)
      if (times[j] == 1) found.insert(labels[j]);
    EXPECT_LE(found.size(), 1u) << what;
  }
}

std::vector<Graph> split(const Graph& graph, std::vector<Labels>* nodes) {
  std::uint32_t count = 0;
  const auto of = connected_components(graph, &count);
  nodes->assign(count, {});
  Labels local(graph.size());
  for (std::uint32_t i = 0; i < graph.size(); ++i) {
    local[i] = static_cast<std::uint32_t>((*nodes)[of[i]].size());
    (*nodes)[of[i]].push_back(i);
  }
  std::vector<std::vector<Edge>> edges(count);
  for (std::uint32_t i = 0; i < graph.size(); ++i)
    for (const std::uint32_t* j = graph.begin(i); j != graph.end(i); ++j)
      if (i < *j) edges[of[i]].emplace_back(local[i], local[*j]);
  std::vector<Graph> parts;
  for (std::uint32_t c = 0; c < count; ++c)
    parts.push_back(graph_from_edges((*nodes)[c].size(), edges[c]));
  return parts;
}

TEST(MarkovClustering, FollowsTheDescription) {
  std::mt19937 random(20240501);
  int compared = 0;
  for (int round = 0; round < 480; ++round) {
    const double inflation = std::vector<double>{1.2, 1.5, 2, 4}[round % 4];
    const int expansion = round % 8 < 4 ? 2 : 3;
    const std::size_t n = 2 + random() % (round % 3 == 0 ? 79 : 24);
    const double degree = 1 + random() % 5;
    const Graph graph =
        round % 2 ? random_graph(n, degree / static_cast<double>(n), &random)
                  : planted_graph(1 + n / 10, 2 + n % 9, &random);
    const MclOptions options = with(inflation, expansion);
    const Labels labels = cluster(graph, options);
    std::vector<Labels> nodes;
    const std::vector<Graph> parts = split(graph, &nodes);
    for (std::size_t c = 0; c < parts.size(); ++c) {
      if (nodes[c].size() == 1) {
        EXPECT_EQ(labels[nodes[c][0]], kNoCluster);
        continue;
      }
      bool clear = true;
      const Dense flow = oracle_flow(parts[c], options, &clear);
      if (!clear) continue;
      Labels part(nodes[c].size());
      for (std::size_t j = 0; j < part.size(); ++j)
        part[j] = static_cast<std::uint32_t>(
            std::lower_bound(nodes[c].begin(), nodes[c].end(),
                             labels[nodes[c][j]]) -
            nodes[c].begin());
      expect_clusters(oracle_clusters(flow), part,
                      "round " + std::to_string(round));
      ++compared;
    }
  }
  EXPECT_GT(compared, 600);
}

// --- Published results ----------------------------------------------------

std::vector<std::vector<std::string>> read_table(const std::string& path) {
  std::vector<std::vector<std::string>> rows;
  if (!clustcr_test::file_is_there(path)) return rows;
  std::istringstream text(clustcr_test::gunzipped(path));
  for (std::string a, b; text >> a >> b;) rows.push_back({a, b});
  return rows;
}

class Golden : public testing::TestWithParam<
                   std::pair<std::string, std::pair<std::string, int>>> {};

TEST_P(Golden, SamePartition) {
  const char* shared = std::getenv("CLUSTCR_SHARED");
  const std::string folder =
      std::string(shared ? shared : "../shared") + "/golden/";
  const std::string name = GetParam().first;
  const std::string inflation = GetParam().second.first;
  const int expansion = GetParam().second.second;
  const auto pairs = read_table(folder + name + "_hd1_edges.tsv.gz");
  auto published = read_table(folder + name + "_mcl_i" + inflation + "_e" +
                              std::to_string(expansion) + ".tsv.gz");
  if (pairs.empty() || published.empty())
    GTEST_SKIP() << "no golden files in " << folder
                 << "; set CLUSTCR_SHARED to the folder that has them";
  published.erase(published.begin());  // the header
  std::map<std::string, std::uint32_t> number;
  for (const auto& pair : pairs)
    for (const std::string& sequence : pair) number[sequence] = 0;
  std::uint32_t n = 0;
  for (auto& entry : number) entry.second = n++;
  std::vector<Edge> edges;
  for (const auto& pair : pairs)
    edges.emplace_back(number[pair[0]], number[pair[1]]);
  std::map<std::string, std::set<std::uint32_t>> members;
  for (const auto& row : published) {
    ASSERT_TRUE(number.count(row[0])) << row[0];
    members[row[1]].insert(number[row[0]]);
  }
  std::set<std::set<std::uint32_t>> clusters;
  for (const auto& entry : members) clusters.insert(entry.second);
  const Labels labels = cluster(graph_from_edges(n, edges),
                                with(std::stod(inflation), expansion), 2);
  expect_clusters(clusters, labels, name);
}

INSTANTIATE_TEST_SUITE_P(
    MarkovClustering, Golden,
    testing::Values(std::make_pair("hip20k", std::make_pair("1.2", 2)),
                    std::make_pair("hip20k", std::make_pair("1.5", 3)),
                    std::make_pair("hip20k", std::make_pair("2.0", 2)),
                    std::make_pair("hip60k", std::make_pair("1.2", 2))));

// --- What a result may depend on ------------------------------------------

TEST(MarkovClustering, ThreadsChangeNothing) {
  std::mt19937 random(7);
  // One component is large enough to get all threads to itself.
  const Graph graph = planted_graph(120, 25, &random);
  for (const int expansion : {2, 3}) {
    const MclOptions options = with(1.4, expansion);
    const Labels one = cluster(graph, options, 1);
    EXPECT_EQ(one, cluster(graph, options, 2));
    EXPECT_EQ(one, cluster(graph, options, 4));
  }
}

// Copies of the same component, mixed into each other in several ways.
TEST(MarkovClustering, ComponentsDoNotSeeEachOther) {
  std::mt19937 random(11);
  std::vector<Graph> parts;
  std::vector<Labels> alone;
  for (int c = 0; c < 20; ++c) {
    parts.push_back(planted_graph(1 + c % 5, 4 + c, &random));
    alone.push_back(cluster(parts.back(), MclOptions()));
  }
  for (int round = 0; round < 5; ++round) {
    // A random merge that keeps the order inside each part.
    std::vector<std::uint32_t> owner;
    for (std::uint32_t c = 0; c < parts.size(); ++c)
      owner.insert(owner.end(), parts[c].size(), c);
    std::shuffle(owner.begin(), owner.end(), random);
    std::vector<Labels> nodes(parts.size());
    for (std::uint32_t i = 0; i < owner.size(); ++i)
      nodes[owner[i]].push_back(i);
    std::vector<Edge> edges;
    for (std::size_t c = 0; c < parts.size(); ++c)
      for (std::uint32_t i = 0; i < parts[c].size(); ++i)
        for (const std::uint32_t* j = parts[c].begin(i); j != parts[c].end(i);
             ++j)
          if (i < *j) edges.emplace_back(nodes[c][i], nodes[c][*j]);
    const Labels labels =
        cluster(graph_from_edges(owner.size(), edges), MclOptions());
    for (std::size_t c = 0; c < parts.size(); ++c)
      for (std::uint32_t i = 0; i < parts[c].size(); ++i)
        EXPECT_EQ(labels[nodes[c][i]], alone[c][i] == kNoCluster
                                           ? kNoCluster
                                           : nodes[c][alone[c][i]]);
  }
}

// --- Reading clusters off a flow matrix -----------------------------------

Labels read_clusters(const Dense& m) {
  mcl::ArenaMemory memory(MclMemory(), 0);
  mcl::ColumnArena arena(&memory);
  std::vector<mcl::Place> places;
  for (const std::vector<double>& column : m) {
    Labels rows;
    std::vector<mcl::Flow> values;
    for (std::uint32_t i = 0; i < column.size(); ++i) {
      if (column[i] == 0) continue;
      rows.push_back(i);
      values.push_back(static_cast<mcl::Flow>(column[i]));
    }
    places.push_back(arena.append(rows.data(), values.data(),
                                  static_cast<std::uint32_t>(rows.size())));
  }
  const std::uint32_t n = static_cast<std::uint32_t>(m.size());
  mcl::ColumnReader columns(&memory);
  columns.begin(places.data(), n, 1);
  Labels labels(m.size());
  mcl::ClusterReader read;
  read(&columns, n, labels.data());
  return labels;
}

TEST(ClusterReader, NodesOfSeveralClusters) {
  // Columns; attractors 1 and 3, node 0 and 2 draw on both.
  EXPECT_EQ(read_clusters({{0, 0.4, 0, 0.6, 0},
                           {0, 1, 0, 0, 0},
                           {0, 0.5, 0, 0.5, 0},
                           {0, 0, 0, 1, 0},
                           {0, 0, 0, 1, 0}}),
            (Labels{0, 1, 1, 0, 0}));
}

TEST(ClusterReader, AttractorsThatShareACluster) {
  EXPECT_EQ(read_clusters({{0.5, 0.5, 0}, {0.5, 0.5, 0}, {0.4, 0.6, 0}}),
            (Labels{0, 0, 0}));
}

TEST(ClusterReader, NodesWithoutAnAttractorFollowTheLargestFlow) {
  // 0 -> 1 -> 2, which is an attractor; 3 <-> 4 is a cycle, 5 leads to it.
  EXPECT_EQ(read_clusters({{0, 1, 0, 0, 0, 0},
                           {0, 0, 1, 0, 0, 0},
                           {0, 0, 1, 0, 0, 0},
                           {0, 0, 0, 0, 1, 0},
                           {0, 0, 0, 1, 0, 0},
                           {0, 0, 0, 0.9, 0, 0}}),
            (Labels{0, 0, 0, 3, 3, 3}));
}

// --- Edges of the interface -----------------------------------------------

TEST(MarkovClustering, IsolatedNodesHaveNoCluster) {
  EXPECT_TRUE(cluster(graph_from_edges(0, {}), MclOptions()).empty());
  EXPECT_EQ(cluster(graph_from_edges(4, {{1, 3}}), MclOptions()),
            (Labels{kNoCluster, 1, kNoCluster, 1}));
}

TEST(MarkovClustering, CliquesAreOneCluster) {
  std::vector<Edge> edges;
  for (std::uint32_t i = 0; i < 9; ++i)
    for (std::uint32_t j = 0; j < i; ++j) edges.emplace_back(j, i);
  EXPECT_EQ(cluster(graph_from_edges(9, edges), MclOptions()), Labels(9, 0));
}

TEST(MarkovClustering, ExtremeOptionsGiveCompletePartitions) {
  std::mt19937 random(13);
  const Graph graph = planted_graph(6, 10, &random);
  std::vector<MclOptions> all;
  for (const double inflation : {1.0001, 30.0, 1e6})
    all.push_back(with(inflation, 2));
  all.push_back(with(2, 7));
  for (const double prune : {0.0, 0.3, 0.9}) {
    all.push_back(MclOptions());
    all.back().prune = prune;
  }
  all.push_back(MclOptions());
  all.back().max_iterations = 1;
  for (const MclOptions& options : all) {
    const Labels labels = cluster(graph, options);
    for (std::uint32_t j = 0; j < labels.size(); ++j) {
      if (graph.degree(j) == 0) continue;
      ASSERT_LE(labels[j], j);
      EXPECT_EQ(labels[labels[j]], labels[j]);
    }
  }
}

void expect_refused(const MclOptions& options, const std::string& argument) {
  try {
    cluster(graph_from_edges(2, {{0, 1}}), options);
    ADD_FAILURE() << argument << " was accepted";
  } catch (const InvalidArgument& error) {
    EXPECT_NE(std::string(error.what()).find('`' + argument + "` must be"),
              std::string::npos)
        << error.what();
  }
}

TEST(MarkovClustering, BadOptionsAreRefused) {
  const double nan = std::nan("");
  for (const double bad : {1.0, 0.5, -1.0, nan, HUGE_VAL})
    expect_refused(with(bad, 2), "inflation");
  for (const int bad : {1, 0, -3}) expect_refused(with(2, bad), "expansion");
  for (const double bad : {-0.1, 1.0, nan}) {
    MclOptions options;
    options.prune = bad;
    expect_refused(options, "prune");
  }
  MclOptions options;
  options.max_iterations = 0;
  expect_refused(options, "max_iterations");
  options = MclOptions();
  options.tolerance = -1;
  expect_refused(options, "tolerance");
  options = MclOptions();
  options.relative_tolerance = nan;
  expect_refused(options, "relative_tolerance");
}

struct Stopping : Host {
  bool cancelled() override { return true; }
};

TEST(MarkovClustering, StopsWhenTheHostSaysSo) {
  std::mt19937 random(17);
  Stopping host;
  const Graph graph = planted_graph(60, 25, &random);
  for (const int threads : {1, 2})
    EXPECT_THROW(markov_clustering(graph, MclOptions(), {threads, &host}),
                 Cancelled);
}

}  // namespace
}  // namespace clustcr
