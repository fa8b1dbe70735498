#include <limits>

#include "batch_run.hpp"
#include "core/clustering/batch_pipeline.hpp"
#include "core/clustering/cluster_groups.hpp"
#include "core/clustering/clustering_progress.hpp"
#include "core/clustering/plan_units.hpp"
#include "r_mcl_options.hpp"
#include "r_ports.hpp"
#include "r_sequences.hpp"

using clustcr_r::guarded;
using clustcr_r::run_of;

namespace {

// The columns of the result; numbers count from 1 in R. `first_group` is the
// precluster that group 0 stands for.
Rcpp::List to_columns(const clustcr::ClusterTable& table, double first_cluster,
                      std::size_t first_group) {
  if (first_cluster + table.clusters > std::numeric_limits<int>::max())
    throw clustcr::Error("too_many",
                         "there are more clusters than R's integers hold");
  const R_xlen_t n = static_cast<R_xlen_t>(table.cluster.size());
  Rcpp::IntegerVector cluster(n), precluster(n);
  for (R_xlen_t i = 0; i < n; ++i) {
    cluster[i] = static_cast<int>(first_cluster + table.cluster[i]);
    precluster[i] = static_cast<int>(first_group + table.group[i]);
  }
  return Rcpp::List::create(
      Rcpp::_["junction_aa"] = clustcr_r::to_character(table.sequences),
      Rcpp::_["cluster"] = cluster, Rcpp::_["precluster"] = precluster);
}

}  // namespace

// Clusters the next preclusters from `first` (from 1) on: by MCL, or with
// empty `mcl_params` each as one cluster.
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_cluster_batch(SEXP run, int first, double first_cluster,
                             double memory_limit,
                             Rcpp::NumericVector mcl_params, bool singletons,
                             int threads) {
  clustcr_r::RHost host;
  return guarded([&] {
    const clustcr::PreclusterStore& store = run_of(run).store;
    const auto execution = clustcr_r::execution(threads, &host);
    const std::size_t begin = static_cast<std::size_t>(first - 1);
    const std::size_t end = clustcr::end_of_cluster_batch(
        store, begin, static_cast<std::uint64_t>(memory_limit));
    auto groups = clustcr::load_preclusters(store, begin, end, execution);
    const clustcr::ClusterTable table =
        mcl_params.size() == 0
            ? clustcr::groups_as_clusters(std::move(groups), execution)
            : clustcr::cluster_groups(std::move(groups),
                                      clustcr_r::mcl_options(mcl_params),
                                      singletons, execution);
    return Rcpp::List::create(
        Rcpp::_["columns"] = to_columns(table, first_cluster, begin + 1),
        Rcpp::_["clusters"] = static_cast<double>(table.clusters),
        Rcpp::_["next_unit"] = static_cast<double>(end + 1));
  });
}

// Makes or finds the plan of a clustering across borders; returns how many
// units it has and what it knows of edges.
// [[Rcpp::export(rng = false)]]
Rcpp::NumericVector cpp_plan(SEXP run, double memory_limit, bool singletons,
                             int threads) {
  clustcr_r::RHost host;
  return guarded([&] {
    clustcr_r::BatchRun& batch_run = run_of(run);
    clustcr::PlanOptions options;
    options.singletons = singletons;
    options.memory_limit = static_cast<std::uint64_t>(memory_limit);
    batch_run.store.refresh();
    batch_run.plan = clustcr::plan_units(batch_run.store, options,
                                         clustcr_r::execution(threads, &host));
    const clustcr::ClusterPlan& plan = batch_run.plan;
    return Rcpp::NumericVector::create(
        Rcpp::_["units"] = static_cast<double>(plan.units.size()),
        Rcpp::_["edges"] = static_cast<double>(plan.edges),
        Rcpp::_["edges_within"] = static_cast<double>(plan.edges_within),
        Rcpp::_["divided_sequences"] =
            static_cast<double>(plan.divided_sequences),
        Rcpp::_["divided_edges_lost"] =
            static_cast<double>(plan.divided_edges_lost));
  });
}

// Clusters one unit (from 1) of the plan that cpp_plan() has made.
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_cluster_unit(SEXP run, double unit, double first_cluster,
                            Rcpp::NumericVector mcl_params, bool singletons,
                            int threads) {
  clustcr_r::RHost host;
  return guarded([&] {
    const clustcr_r::BatchRun& batch_run = run_of(run);
    const auto which = static_cast<std::size_t>(unit - 1);
    if (!(unit >= 1) || which >= batch_run.plan.units.size())
      throw clustcr::Error("internal", "the plan has no such unit");
    const clustcr::ClusterTable table = clustcr::cluster_unit(
        clustcr::read_unit(batch_run.store, batch_run.plan, which),
        batch_run.plan.units[which].divided, clustcr_r::mcl_options(mcl_params),
        singletons, clustcr_r::execution(threads, &host));
    return Rcpp::List::create(
        Rcpp::_["columns"] = to_columns(table, first_cluster, 1),
        Rcpp::_["clusters"] = static_cast<double>(table.clusters),
        Rcpp::_["next_unit"] = unit + 1);
  });
}

// list(next_unit, next_cluster, mode), or NULL where there is no progress.
// [[Rcpp::export(rng = false)]]
SEXP cpp_read_progress(SEXP run) {
  return guarded([&]() -> SEXP {
    clustcr::ClusteringProgress progress;
    if (!clustcr::read_progress(run_of(run).store, &progress))
      return R_NilValue;
    return Rcpp::List::create(
        Rcpp::_["next_unit"] = static_cast<double>(progress.next_unit + 1),
        Rcpp::_["next_cluster"] = static_cast<double>(progress.next_cluster),
        Rcpp::_["mode"] = Rcpp::String(progress.mode, CE_UTF8));
  });
}

// Commits that the units before `next_unit` are done; 1 forgets it all.
// [[Rcpp::export(rng = false)]]
void cpp_write_progress(SEXP run, double next_unit, double next_cluster,
                        std::string mode) {
  guarded([&] {
    const clustcr::PreclusterStore& store = run_of(run).store;
    if (next_unit <= 1) {
      clustcr::remove_progress(store);
      return 0;
    }
    clustcr::ClusteringProgress progress;
    progress.batches = static_cast<std::uint32_t>(store.batches().size());
    progress.mode = mode;
    progress.next_unit = static_cast<std::uint64_t>(next_unit - 1);
    progress.next_cluster = static_cast<std::uint64_t>(next_cluster);
    clustcr::write_progress(store, progress);
    return 0;
  });
}

// Clusters sequences in memory; `group` (from 1) is the precluster of each.
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_cluster_groups(Rcpp::CharacterVector junction_aa,
                              Rcpp::IntegerVector group, int groups,
                              Rcpp::NumericVector mcl_params, bool singletons,
                              int threads) {
  clustcr_r::RHost host;
  return guarded([&] {
    const auto execution = clustcr_r::execution(threads, &host);
    const clustcr::SequenceSet all = clustcr_r::valid_sequences(
        junction_aa, std::numeric_limits<std::size_t>::max());
    std::vector<clustcr::SequenceSet> sets(groups,
                                           clustcr::SequenceSet(all.longest()));
    for (std::size_t i = 0; i < all.size(); ++i)
      sets[group[i] - 1].push_back(all[i]);
    return to_columns(
        mcl_params.size() == 0
            ? clustcr::groups_as_clusters(std::move(sets), execution)
            : clustcr::cluster_groups(std::move(sets),
                                      clustcr_r::mcl_options(mcl_params),
                                      singletons, execution),
        1, 1);
  });
}
