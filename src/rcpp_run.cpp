#include "core/clustering/cluster_memory.hpp"
#include "core/clustering/plan_slices.hpp"
#include "core/clustering/units_text.hpp"
#include "r_clusters.hpp"
#include "r_ports.hpp"
#include "r_settings.hpp"
#include "run_handle.hpp"

using clustcr::ClusteringRun;
using clustcr_r::guarded;
using clustcr_r::handle_of;
using clustcr_r::StoreHandle;
using clustcr_r::with_run;
using Store = clustcr::PreclusterStore;

namespace {

std::string root_of(const StoreHandle& handle,
                    const std::string& work_directory) {
  return clustcr::RunFolder::root_of(handle.store, work_directory);
}

// The run of the store's latest snapshot.
clustcr::RunFolder latest_run(StoreHandle* handle, const Rcpp::List& settings,
                              const std::string& work_directory) {
  handle->store.check_identity();
  handle->store.refresh();
  return clustcr::RunFolder::make(handle->store,
                                  clustcr_r::run_settings(settings),
                                  root_of(*handle, work_directory));
}

clustcr::RunFolder run_named(const StoreHandle& handle, const std::string& id,
                             const std::string& work_directory) {
  return clustcr::RunFolder::find(handle.store, id,
                                  root_of(handle, work_directory));
}

}  // namespace

// Begins a run of the store's latest snapshot, or finds it. As the others that
// open a run, it returns a pointer to it, which holds the store's.
// [[Rcpp::export(rng = false)]]
Rcpp::RObject cpp_run_begin(SEXP store, Rcpp::List settings,
                            std::string work_directory, int threads) {
  clustcr_r::RHost host;
  return guarded(store, [&] {
    StoreHandle& handle = handle_of(store);
    return clustcr_r::hold_run(
        ClusteringRun::open(handle.store,
                            latest_run(&handle, settings, work_directory),
                            clustcr_r::execution(threads, &host)),
        store);
  });
}

// Prepares a run whose join workers are to share: list(id, planned).
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_run_prepare(SEXP store, Rcpp::List settings,
                           std::string work_directory) {
  return guarded(store, [&] {
    const clustcr::RunFolder run =
        latest_run(&handle_of(store), settings, work_directory);
    return Rcpp::List::create(
        Rcpp::_["id"] = run.id(),
        Rcpp::_["planned"] = clustcr::is_planned(run.path()));
  });
}

// One slice (from 1) of a join that workers share.
// [[Rcpp::export(rng = false)]]
void cpp_run_join_slice(SEXP store, std::string id, std::string work_directory,
                        double slice, double slices, std::string scratch,
                        int threads) {
  clustcr_r::RHost host;
  guarded(store, [&] {
    const StoreHandle& handle = handle_of(store);
    clustcr::make_slice(handle.store, run_named(handle, id, work_directory),
                        scratch, static_cast<std::size_t>(slice - 1),
                        static_cast<std::size_t>(slices),
                        clustcr_r::execution(threads, &host));
    return 0;
  });
}

// Opens a run that was begun.
// [[Rcpp::export(rng = false)]]
Rcpp::RObject cpp_run_open(SEXP store, std::string id,
                           std::string work_directory, int threads) {
  clustcr_r::RHost host;
  return guarded(store, [&] {
    const StoreHandle& handle = handle_of(store);
    return clustcr_r::hold_run(
        ClusteringRun::open(handle.store, run_named(handle, id, work_directory),
                            clustcr_r::execution(threads, &host)),
        store);
  });
}

// Opens what a finished run has kept, and changes nothing.
// [[Rcpp::export(rng = false)]]
Rcpp::RObject cpp_run_look(SEXP store, std::string id,
                           std::string work_directory) {
  return guarded(store, [&] {
    return clustcr_r::hold_run(
        ClusteringRun::look(run_named(handle_of(store), id, work_directory)),
        store);
  });
}

// The run last begun by whoever owned it, or "".
// [[Rcpp::export(rng = false)]]
std::string cpp_run_current(SEXP store, std::string work_directory) {
  return guarded(store, [&] {
    return clustcr::RunFolder::current_id(
        root_of(handle_of(store), work_directory));
  });
}

// [[Rcpp::export(rng = false)]]
Rcpp::RObject cpp_run_store(SEXP run) {
  return guarded([&] { return Rcpp::RObject(clustcr_r::store_of(run)); });
}

// Lets go of a run, with its lock, before R's garbage collector does.
// [[Rcpp::export(rng = false)]]
void cpp_run_close(SEXP run) {
  guarded([&] {
    clustcr_r::run_handle_of(run);
    Rcpp::XPtr<clustcr_r::RunHandle>(run).release();
    return 0;
  });
}

// What the run is, and where its caller stands.
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_run_describe(SEXP run) {
  return with_run(run, [&](const ClusteringRun& run, const Store&) {
    const clustcr::RunPosition position = run.ownership().position();
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
        Rcpp::_["distance"] = clustcr::distance_name(s.rule.distance),
        Rcpp::_["max_distance"] = static_cast<double>(s.rule.max_distance),
        Rcpp::_["missing_genes_match"] = s.rule.missing_genes_match,
        Rcpp::_["ambiguous_genes_match"] = s.rule.ambiguous_genes_match,
        Rcpp::_["v_distance"] =
            s.rule.v_distance ? s.rule.v_distance->to_text() : "",
        Rcpp::_["weighted"] = s.weighted, Rcpp::_["divide"] = s.divide);
  });
}

// Whether this object may go on where the run stands: nobody else is at work
// on it.
// [[Rcpp::export(rng = false)]]
bool cpp_run_claim(SEXP run) {
  return with_run(
      run, [&](ClusteringRun& run, const Store&) { return run.claim(); });
}

// [[Rcpp::export(rng = false)]]
void cpp_run_set_current(SEXP run) {
  with_run(run, [&](const ClusteringRun& run, const Store& store) {
    run.set_current(store.durable());
    return 0;
  });
}

// Says that the units before `next_unit` (from 1) were taken.
// [[Rcpp::export(rng = false)]]
void cpp_run_write_position(SEXP run, double next_unit, double next_cluster) {
  with_run(run, [&](const ClusteringRun& run, const Store& store) {
    clustcr::RunPosition position;
    position.next_unit = static_cast<std::uint64_t>(next_unit - 1);
    position.next_cluster = static_cast<std::uint64_t>(next_cluster);
    run.ownership().write_position(position, store.durable());
    return 0;
  });
}

// The clusters of one unit (from 1): list(columns, clusters).
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_run_unit(SEXP run, double unit, double first_cluster,
                        Rcpp::CharacterVector wanted, int threads) {
  clustcr_r::RHost host;
  return with_run(run, [&](const ClusteringRun& run, const Store& store) {
    const clustcr::ClusterTable table =
        run.unit(store, static_cast<std::size_t>(unit - 1),
                 clustcr_r::execution(threads, &host));
    return Rcpp::List::create(
        Rcpp::_["columns"] = clustcr_r::cluster_columns(table, store.manifest(),
                                                        first_cluster, wanted),
        Rcpp::_["clusters"] = static_cast<double>(table.clusters));
  });
}

// Writes the rows of some of these units (from 1), from the front on, behind
// what `file` has (clustering/units_text.hpp): how many; 0 where only R knows
// how a value of the first is written.
// [[Rcpp::export(rng = false)]]
int cpp_run_append_units(SEXP run, Rcpp::NumericVector units,
                         Rcpp::NumericVector first_clusters,
                         const std::vector<std::string>& wanted,
                         const std::string& separator, const std::string& file,
                         int threads) {
  clustcr_r::RHost host;
  return with_run(run, [&](const ClusteringRun& run, const Store& store) {
    std::vector<clustcr::WrittenUnit> some;
    for (R_xlen_t i = 0; i < units.size(); ++i)
      some.push_back({static_cast<std::size_t>(units[i] - 1),
                      static_cast<std::uint64_t>(first_clusters[i])});
    return static_cast<int>(
        clustcr::append_units(run, store, some, wanted, separator.at(0), file,
                              clustcr_r::execution(threads, &host)));
  });
}

// Makes a unit (from 1) where it is not kept, with files that end with the call
// in `scratch` ("": in the run's folder): c(clusters, rows).
// [[Rcpp::export(rng = false)]]
Rcpp::NumericVector cpp_run_finish_unit(SEXP run, double unit,
                                        std::string scratch, int threads) {
  clustcr_r::RHost host;
  return with_run(run, [&](const ClusteringRun& run, const Store& store) {
    const clustcr::DoneRecord record =
        run.finish_unit(store, static_cast<std::size_t>(unit - 1),
                        clustcr_r::execution(threads, &host), scratch);
    return Rcpp::NumericVector::create(static_cast<double>(record.clusters),
                                       static_cast<double>(record.rows));
  });
}

// Of each unit how many rows it is made of, and whether it is kept; and the
// rows of a unit of several components at most.
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_run_units(SEXP run) {
  return with_run(run, [&](const ClusteringRun& run, const Store&) {
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
void cpp_run_set_busy(SEXP run, bool busy) {
  with_run(run, [&](const ClusteringRun& opened, const Store&) {
    std::shared_ptr<clustcr::FileLock>& held =
        clustcr_r::run_handle_of(run).busy;
    held.reset();
    if (busy) held = opened.ownership().busy();
    return 0;
  });
}

// Sums over the units of the run that are done, and what its plan knows.
// [[Rcpp::export(rng = false)]]
Rcpp::NumericVector cpp_run_totals(SEXP run) {
  return with_run(run, [&](const ClusteringRun& run, const Store&) {
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
