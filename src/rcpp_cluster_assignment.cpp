#include "core/clustering/cluster_assignment.hpp"
#include "r_clusters.hpp"
#include "r_ports.hpp"
#include "r_sequences.hpp"
#include "r_settings.hpp"
#include "run_handle.hpp"

using clustcr_r::guarded;

namespace {

// New receptors, and of each row its place among them. All rows are valid.
struct FreshRows {
  clustcr::ReceptorSet receptors;
  std::vector<std::uint32_t> place;
};

FreshRows fresh_rows(const Rcpp::CharacterVector& junction_aa,
                     const Rcpp::CharacterVector& v_call,
                     const Rcpp::CharacterVector& j_call) {
  clustcr_r::GeneText genes(v_call, j_call);
  clustcr::ReceptorCollector collector(genes.any());
  collector.reserve(static_cast<std::size_t>(junction_aa.size()));
  for (R_xlen_t i = 0; i < junction_aa.size(); ++i)
    collector.add(clustcr_r::view(STRING_ELT(junction_aa, i)), genes(i), 0, 1);
  FreshRows rows;
  rows.receptors = collector.finish(&rows.place);
  return rows;
}

// Of each row each cluster with neighbours of it: rows from 1, in their order,
// and of a row the clusters with most neighbours first.
Rcpp::List near_columns(const clustcr::ClusterAssignment& found,
                        const std::vector<std::uint32_t>& place) {
  std::vector<int> row, cluster, neighbours;
  for (std::size_t k = 0; k < place.size(); ++k)
    for (std::uint64_t c = found.offsets[place[k]];
         c < found.offsets[place[k] + 1]; ++c) {
      row.push_back(static_cast<int>(k + 1));
      cluster.push_back(static_cast<int>(found.clusters[c].cluster));
      neighbours.push_back(static_cast<int>(found.clusters[c].neighbours));
    }
  return Rcpp::List::create(Rcpp::_["row"] = row, Rcpp::_["cluster"] = cluster,
                            Rcpp::_["n_neighbors"] = neighbours);
}

// Of one receptor what is told: the cluster it belongs to, and how sure that
// is.
struct Told {
  int status, cluster, neighbours, clusters, tied;
};

Told told(const clustcr::ClusterAssignment& found, std::size_t i) {
  const clustcr::NeighbourCluster* const begin =
      found.clusters.data() + found.offsets[i];
  const clustcr::NeighbourCluster* const end =
      found.clusters.data() + found.offsets[i + 1];
  Told t{found.stored[i] ? 1
         : begin != end  ? 2
                         : 3,
         static_cast<int>(found.own_cluster[i]), 0,
         static_cast<int>(end - begin), 0};
  if (found.stored[i]) {
    // Where it is counts, not where more of its neighbours are.
    if (t.cluster == 0) return t;
    for (const auto* c = begin; c != end; ++c)
      if (c->cluster == found.own_cluster[i])
        t.neighbours = static_cast<int>(c->neighbours);
    t.tied = 1;
  } else if (begin != end) {
    t.cluster = static_cast<int>(begin->cluster);
    t.neighbours = static_cast<int>(begin->neighbours);
    for (const auto* c = begin; c != end; ++c)
      t.tied += c->neighbours == begin->neighbours;
  }
  return t;
}

// A row for each row that was given, `near`, and the identities. status: 1
// identical, 2 neighbour, 3 novel.
Rcpp::List assignment_columns(const clustcr::ClusterAssignment& found,
                              const std::vector<std::uint32_t>& place) {
  const auto n = static_cast<R_xlen_t>(place.size());
  Rcpp::IntegerVector status(n), cluster(n), neighbours(n), clusters(n),
      tied(n), unclustered(n);
  for (R_xlen_t row = 0; row < n; ++row) {
    const std::size_t i = place[static_cast<std::size_t>(row)];
    const Told t = told(found, i);
    status[row] = t.status;
    cluster[row] = t.cluster == 0 ? NA_INTEGER : t.cluster;
    neighbours[row] = t.neighbours;
    clusters[row] = t.clusters;
    tied[row] = t.tied;
    unclustered[row] = static_cast<int>(found.unclustered[i]);
  }
  return Rcpp::List::create(
      Rcpp::_["status"] = status, Rcpp::_["cluster"] = cluster,
      Rcpp::_["n_neighbors"] = neighbours, Rcpp::_["n_clusters"] = clusters,
      Rcpp::_["n_tied"] = tied, Rcpp::_["n_unclustered"] = unclustered,
      Rcpp::_["near"] = near_columns(found, place),
      Rcpp::_["identity"] = clustcr_r::as_identities(found.identities));
}

}  // namespace

// How many rows of up to `longest` residues to give at a time.
// [[Rcpp::export(rng = false)]]
double cpp_assignment_rows(Rcpp::List rule, double longest,
                           double memory_limit) {
  return guarded([&] {
    return static_cast<double>(clustcr::assignment_rows(
        clustcr_r::neighbour_rule(rule), static_cast<std::size_t>(longest),
        static_cast<std::uint64_t>(memory_limit)));
  });
}

// The stored clusters that valid rows have neighbours in; `v_call` and `j_call`
// are empty where they do not count.
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_assign_to_run(SEXP run, Rcpp::CharacterVector junction_aa,
                             Rcpp::CharacterVector v_call,
                             Rcpp::CharacterVector j_call, double memory_limit,
                             int threads) {
  clustcr_r::RHost host;
  return clustcr_r::with_run(run, [&](const clustcr::ClusteringRun& run,
                                      const clustcr::PreclusterStore& store) {
    const FreshRows rows = fresh_rows(junction_aa, v_call, j_call);
    return assignment_columns(
        clustcr::assign_to_run(rows.receptors, store, run,
                               static_cast<std::uint64_t>(memory_limit),
                               clustcr_r::execution(threads, &host)),
        rows.place);
  });
}

// The same where the clusters are R's: list(junction_aa, v_call, j_call,
// cluster).
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_assign_to_table(Rcpp::List clusters,
                               Rcpp::CharacterVector junction_aa,
                               Rcpp::CharacterVector v_call,
                               Rcpp::CharacterVector j_call, Rcpp::List rule,
                               int threads) {
  clustcr_r::RHost host;
  return guarded([&] {
    const FreshRows rows = fresh_rows(junction_aa, v_call, j_call);
    const FreshRows table = fresh_rows(clusters["junction_aa"],
                                       clusters["v_call"], clusters["j_call"]);
    const Rcpp::IntegerVector cluster = clusters["cluster"];
    std::vector<std::uint32_t> cluster_of(table.receptors.size());
    for (std::size_t i = 0; i < table.place.size(); ++i)
      cluster_of[table.place[i]] = static_cast<std::uint32_t>(cluster[i]);
    clustcr::ClusterAssigner assigner(
        rows.receptors, clustcr_r::neighbour_rule(rule), cluster_of.size(),
        clustcr_r::execution(threads, &host));
    assigner.add_clustered(table.receptors,
                           [&](std::size_t i) { return cluster_of[i]; });
    return assignment_columns(assigner.finish(), rows.place);
  });
}
