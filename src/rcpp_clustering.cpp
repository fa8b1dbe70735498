#include <limits>

#include "core/clustering/cluster_receptors.hpp"
#include "core/clustering/clustering_run.hpp"
#include "r_clusters.hpp"
#include "r_ports.hpp"
#include "r_sequences.hpp"
#include "r_settings.hpp"
#include "store_handle.hpp"

using clustcr_r::guarded;
using clustcr_r::handle_of;
using clustcr_r::run_of;
using clustcr_r::StoreHandle;

namespace {

Rcpp::List describe(const StoreHandle& handle) {
  const clustcr::ClusteringRun& run = *handle.run;
  const clustcr::RunPosition position = run.position();
  const clustcr::RunSettings& s = run.settings();
  return Rcpp::List::create(
      Rcpp::_["id"] = run.id(),
      Rcpp::_["units"] = static_cast<double>(run.plan().units.size()),
      Rcpp::_["batches"] = static_cast<double>(run.snapshot().batches.size()),
      Rcpp::_["next_unit"] = static_cast<double>(position.next_unit + 1),
      Rcpp::_["next_cluster"] = static_cast<double>(position.next_cluster),
      Rcpp::_["join"] = s.join, Rcpp::_["singletons"] = s.singletons,
      Rcpp::_["mcl_params"] = Rcpp::NumericVector::create(
          s.mcl.inflation, static_cast<double>(s.mcl.expansion)),
      Rcpp::_["memory_limit"] = static_cast<double>(s.memory_limit),
      Rcpp::_["distance"] = s.rule.distance == clustcr::Distance::kLevenshtein
                                ? "levenshtein"
                                : "hamming",
      Rcpp::_["max_distance"] = static_cast<double>(s.rule.max_distance),
      Rcpp::_["missing_genes_match"] = s.rule.missing_genes_match,
      Rcpp::_["divide"] = s.divide);
}

std::string root_of(const StoreHandle& handle,
                    const std::string& work_directory) {
  return clustcr::ClusteringRun::root_of(handle.store, work_directory);
}

// The run that the handle had goes first, with its lock.
template <class Make>
Rcpp::List hold_run(StoreHandle* handle, Make&& make) {
  handle->run.reset();
  handle->run = std::make_unique<clustcr::ClusteringRun>(make());
  return describe(*handle);
}

}  // namespace

// Begins a run of the store's latest snapshot, or finds it.
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_run_begin(SEXP pointer, Rcpp::List settings,
                         std::string work_directory, int threads) {
  clustcr_r::RHost host;
  return guarded(pointer, [&] {
    StoreHandle& handle = handle_of(pointer);
    handle.store.check_identity();
    handle.store.refresh();
    return hold_run(&handle, [&] {
      return clustcr::ClusteringRun::begin(
          handle.store, clustcr_r::run_settings(settings),
          root_of(handle, work_directory),
          clustcr_r::execution(threads, &host));
    });
  });
}

// Prepares a run whose join workers are to share: list(id, planned).
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_run_prepare(SEXP pointer, Rcpp::List settings,
                           std::string work_directory) {
  return guarded(pointer, [&] {
    StoreHandle& handle = handle_of(pointer);
    handle.store.check_identity();
    handle.store.refresh();
    const auto run = clustcr::ClusteringRun::prepare(
        handle.store, clustcr_r::run_settings(settings),
        root_of(handle, work_directory));
    return Rcpp::List::create(Rcpp::_["id"] = run.id(),
                              Rcpp::_["planned"] = run.is_planned());
  });
}

// One slice (from 1) of a join that workers share.
// [[Rcpp::export(rng = false)]]
void cpp_run_join_slice(SEXP pointer, std::string id,
                        std::string work_directory, double slice, double slices,
                        std::string scratch, int threads) {
  clustcr_r::RHost host;
  guarded(pointer, [&] {
    StoreHandle& handle = handle_of(pointer);
    auto run = clustcr::ClusteringRun::find(handle.store, id,
                                            root_of(handle, work_directory));
    run.use_scratch(scratch);
    run.join_slice(handle.store, static_cast<std::size_t>(slice - 1),
                   static_cast<std::size_t>(slices),
                   clustcr_r::execution(threads, &host));
    return 0;
  });
}

// Opens a run that was begun.
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_run_open(SEXP pointer, std::string id,
                        std::string work_directory, int threads) {
  clustcr_r::RHost host;
  return guarded(pointer, [&] {
    StoreHandle& handle = handle_of(pointer);
    return hold_run(&handle, [&] {
      return clustcr::ClusteringRun::open(handle.store, id,
                                          root_of(handle, work_directory),
                                          clustcr_r::execution(threads, &host));
    });
  });
}

// Opens what a finished run has kept, and changes nothing.
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_run_look(SEXP pointer, std::string id,
                        std::string work_directory) {
  return guarded(pointer, [&] {
    StoreHandle& handle = handle_of(pointer);
    return hold_run(&handle, [&] {
      return clustcr::ClusteringRun::look(handle.store, id,
                                          root_of(handle, work_directory));
    });
  });
}

// Whether this object may go on where the run stands: nobody else is at work
// on it.
// [[Rcpp::export(rng = false)]]
bool cpp_run_claim(SEXP pointer) {
  return guarded(pointer, [&] { return run_of(pointer).claim(); });
}

// The run last begun by whoever owned it, or "".
// [[Rcpp::export(rng = false)]]
std::string cpp_run_current(SEXP pointer, std::string work_directory) {
  return guarded(pointer, [&] {
    return clustcr::ClusteringRun::current_id(
        root_of(handle_of(pointer), work_directory));
  });
}

// [[Rcpp::export(rng = false)]]
void cpp_run_set_current(SEXP pointer) {
  guarded(pointer, [&] {
    run_of(pointer).set_current(handle_of(pointer).store.durable());
    return 0;
  });
}

// Says that the units before `next_unit` (from 1) were taken.
// [[Rcpp::export(rng = false)]]
void cpp_run_write_position(SEXP pointer, double next_unit,
                            double next_cluster) {
  guarded(pointer, [&] {
    clustcr::RunPosition position;
    position.next_unit = static_cast<std::uint64_t>(next_unit - 1);
    position.next_cluster = static_cast<std::uint64_t>(next_cluster);
    run_of(pointer).write_position(position,
                                   handle_of(pointer).store.durable());
    return 0;
  });
}

// The clusters of one unit (from 1): list(columns, clusters).
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_run_unit(SEXP pointer, double unit, double first_cluster,
                        Rcpp::CharacterVector wanted, int threads) {
  clustcr_r::RHost host;
  return guarded(pointer, [&] {
    StoreHandle& handle = handle_of(pointer);
    const clustcr::ClusterTable table =
        run_of(pointer).unit(handle.store, static_cast<std::size_t>(unit - 1),
                             clustcr_r::execution(threads, &host));
    return Rcpp::List::create(
        Rcpp::_["columns"] = clustcr_r::cluster_columns(
            table, handle.store.manifest(), first_cluster, wanted),
        Rcpp::_["clusters"] = static_cast<double>(table.clusters));
  });
}

// Makes a unit (from 1) where it is not kept, with files that end with the call
// in `scratch` ("": in the run's folder): c(clusters, rows).
// [[Rcpp::export(rng = false)]]
Rcpp::NumericVector cpp_run_finish_unit(SEXP pointer, double unit,
                                        std::string scratch, int threads) {
  clustcr_r::RHost host;
  return guarded(pointer, [&] {
    StoreHandle& handle = handle_of(pointer);
    clustcr::ClusteringRun& run = run_of(pointer);
    run.use_scratch(scratch);
    const clustcr::DoneRecord record =
        run.finish_unit(handle.store, static_cast<std::size_t>(unit - 1),
                        clustcr_r::execution(threads, &host));
    return Rcpp::NumericVector::create(static_cast<double>(record.clusters),
                                       static_cast<double>(record.rows));
  });
}

// Of each unit how many rows it is made of, and whether it is kept; and the
// rows of a unit of several components at most.
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_run_units(SEXP pointer) {
  return guarded(pointer, [&] {
    const clustcr::ClusteringRun& run = run_of(pointer);
    const auto n = static_cast<R_xlen_t>(run.plan().units.size());
    Rcpp::NumericVector rows(n);
    Rcpp::LogicalVector kept(n);
    for (R_xlen_t u = 0; u < n; ++u) {
      rows[u] = static_cast<double>(run.rows_of(static_cast<std::size_t>(u)));
      kept[u] = run.is_kept(static_cast<std::size_t>(u));
    }
    return Rcpp::List::create(
        Rcpp::_["rows"] = rows, Rcpp::_["kept"] = kept,
        Rcpp::_["most_rows"] = static_cast<double>(clustcr::kUnitRows));
  });
}

// While workers are at work for this object others do not take its position.
// [[Rcpp::export(rng = false)]]
void cpp_run_set_busy(SEXP pointer, bool busy) {
  guarded(pointer, [&] {
    StoreHandle& handle = handle_of(pointer);
    handle.busy.reset();
    if (busy) handle.busy = run_of(pointer).busy();
    return 0;
  });
}

// Sums over the units of the run that are done, and what its plan knows.
// [[Rcpp::export(rng = false)]]
Rcpp::NumericVector cpp_run_totals(SEXP pointer) {
  return guarded(pointer, [&] {
    const clustcr::ClusteringRun& run = run_of(pointer);
    const clustcr::RunTotals t = run.totals();
    auto number = [](std::uint64_t n) { return static_cast<double>(n); };
    return Rcpp::NumericVector::create(
        Rcpp::_["units"] = number(t.units), Rcpp::_["done"] = number(t.done),
        Rcpp::_["rows"] = number(t.rows),
        Rcpp::_["clusters"] = number(t.clusters),
        Rcpp::_["receptors"] = number(run.plan().join ? run.plan().receptors
                                                      : t.of_units.receptors),
        Rcpp::_["occurrences"] = number(
            run.plan().join ? run.plan().occurrences : t.of_units.occurrences),
        Rcpp::_["edges"] = number(t.of_units.edges),
        Rcpp::_["edges_within"] = number(t.of_units.edges_within),
        Rcpp::_["edges_joined"] = number(run.plan().edges),
        Rcpp::_["divided"] = number(run.plan().divided_receptors));
  });
}

// Clusters receptors in memory; `group` (from 1) is the precluster of each,
// `genes` the text of what must be equal. list(columns, receptors, clusters)
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_cluster_receptors(Rcpp::CharacterVector junction_aa,
                                 Rcpp::CharacterVector genes, bool v_gene,
                                 bool j_gene, Rcpp::NumericVector counts,
                                 Rcpp::IntegerVector group, int groups,
                                 Rcpp::List settings,
                                 Rcpp::CharacterVector wanted, int threads) {
  clustcr_r::RHost host;
  return guarded([&] {
    clustcr::StoreManifest manifest;
    manifest.v_gene = v_gene;
    manifest.j_gene = j_gene;
    std::vector<clustcr::ReceptorGroup> sets(groups);
    std::vector<clustcr::ReceptorCollector> collectors(
        groups, clustcr::ReceptorCollector(v_gene || j_gene));
    for (R_xlen_t i = 0; i < junction_aa.size(); ++i)
      collectors[group.size() == 0 ? 0 : group[i] - 1].add(
          clustcr_r::view(STRING_ELT(junction_aa, i)),
          genes.size() == 0 ? std::string_view()
                            : clustcr_r::view(STRING_ELT(genes, i)),
          0, counts.size() == 0 ? 1 : static_cast<std::uint64_t>(counts[i]));
    for (int g = 0; g < groups; ++g) {
      sets[g].receptors = collectors[g].finish();
      sets[g].precluster = static_cast<std::uint32_t>(g);
    }
    const clustcr::ClusterTable table = clustcr::cluster_receptors(
        std::move(sets), clustcr_r::run_settings(settings),
        clustcr_r::execution(threads, &host));
    return Rcpp::List::create(
        Rcpp::_["columns"] =
            clustcr_r::cluster_columns(table, manifest, 1, wanted),
        Rcpp::_["receptors"] = static_cast<double>(table.totals.receptors),
        Rcpp::_["clusters"] = static_cast<double>(table.clusters));
  });
}
