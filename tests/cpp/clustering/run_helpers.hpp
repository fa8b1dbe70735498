// Clusterings of a store and in memory, as text that can be compared.
#pragma once
#include <set>
#include <string>
#include <vector>

#include "clustering/clustering_run.hpp"
#include "receptor_helpers.hpp"

namespace clustcr_test {

// A row of a clustering: its cluster, and all else.
struct ClusteredRow {
  std::uint64_t cluster;
  std::string what;  // sequence|genes|precluster|samples

  bool operator==(const ClusteredRow& o) const {
    return cluster == o.cluster && what == o.what;
  }
  bool operator<(const ClusteredRow& o) const {
    return cluster != o.cluster ? cluster < o.cluster : what < o.what;
  }
};
using Clustered = std::vector<ClusteredRow>;

inline std::ostream& operator<<(std::ostream& out, const ClusteredRow& row) {
  return out << row.cluster << ": " << clustcr::escaped(row.what);
}

inline void append_table(const clustcr::ClusterTable& table,
                         std::uint64_t first_cluster, Clustered* rows) {
  ASSERT_EQ(table.cluster.size(), table.rows.size());
  ASSERT_EQ(table.precluster.size(), table.rows.size());
  for (std::size_t i = 0; i < table.rows.size(); ++i)
    rows->push_back({first_cluster + table.cluster[i],
                     std::string(table.rows.sequences[i]) + "|" +
                         std::string(table.rows.genes_of(i)) + "|" +
                         std::to_string(table.precluster[i]) + "|" +
                         samples_of(table.rows, i)});
}

inline Clustered clustered(const clustcr::ClusterTable& table) {
  Clustered rows;
  append_table(table, 0, &rows);
  return rows;
}

// All units in their order, numbered through.
inline Clustered all_units(const clustcr::ClusteringRun& run,
                           const clustcr::PreclusterStore& store,
                           int n_threads = 1) {
  Clustered rows;
  std::uint64_t clusters = 0;
  for (std::size_t u = 0; u < run.plan().units.size(); ++u) {
    const clustcr::ClusterTable table = run.unit(store, u, threads(n_threads));
    append_table(table, clusters, &rows);
    clusters += table.clusters;
  }
  return rows;
}

inline clustcr::ClusteringRun begin_run(const clustcr::PreclusterStore& store,
                                        const clustcr::RunSettings& settings,
                                        int n_threads = 1,
                                        const std::string& work = "") {
  return clustcr::ClusteringRun::open(
      store,
      clustcr::RunFolder::make(store, settings,
                               clustcr::RunFolder::root_of(store, work)),
      threads(n_threads));
}

// The clustering of rows in memory, as one group.
inline clustcr::ClusterTable whole_clustering(const std::vector<Row>& rows,
                                              const ReceptorCase& c,
                                              clustcr::RunSettings settings,
                                              std::size_t preclusters) {
  std::vector<clustcr::ReceptorGroup> groups(1);
  groups[0].receptors = receptors_of_rows(rows, c);
  for (std::size_t i = 0; i < groups[0].receptors.size(); ++i)
    groups[0].preclusters.push_back(static_cast<std::uint32_t>(precluster_of(
        std::string(groups[0].receptors.sequences[i]), preclusters)));
  return cluster_receptors(std::move(groups), settings, clustcr::Execution());
}

// The folders of runs.
inline std::vector<std::string> list_of_runs(const std::string& root) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(root))
    if (entry.is_directory()) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

// The clusters as sets of rows, whatever their numbers.
inline std::set<std::set<std::string>> cluster_sets(const Clustered& rows) {
  std::map<std::uint64_t, std::set<std::string>> by_cluster;
  for (const ClusteredRow& row : rows) by_cluster[row.cluster].insert(row.what);
  std::set<std::set<std::string>> sets;
  for (const auto& [cluster, members] : by_cluster) sets.insert(members);
  return sets;
}

}  // namespace clustcr_test
