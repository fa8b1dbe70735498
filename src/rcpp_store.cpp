#include <map>

#include "core/base/text_fields.hpp"
#include "core/clustering/run_folder.hpp"
#include "core/clustering/run_removal.hpp"
#include "core/store/batch_writer.hpp"
#include "core/store/repertoire_source.hpp"
#include "core/store/staged_batch.hpp"
#include "r_ports.hpp"
#include "r_sequences.hpp"
#include "r_table.hpp"
#include "store_handle.hpp"

using clustcr_r::guarded;
using clustcr_r::handle_of;
using clustcr_r::StoreHandle;

namespace {

clustcr::WriterOptions writer_options(int on_duplicate, double wait) {
  clustcr::WriterOptions options;
  options.on_duplicate = static_cast<clustcr::OnDuplicate>(on_duplicate);
  options.wait = wait;
  return options;
}

// All rows of a batch, and its commit; returns how many had which problem.
template <class Source>
Rcpp::NumericVector write_rows(StoreHandle* handle, clustcr::RowSink* sink,
                               Source* source,
                               const Rcpp::NumericVector& others,
                               const clustcr::Execution& execution) {
  clustcr::precluster_batch(source, handle->choose_preclusters(), sink,
                            execution);
  clustcr::BatchCounts counts;
  Rcpp::NumericVector result;
  for (int p = 0; p < clustcr::kSequenceProblems; ++p) {
    const char* what =
        clustcr::problem_name(static_cast<clustcr::SequenceProblem>(p));
    counts.emplace_back(what, source->counts()[p]);
    result.push_back(static_cast<double>(source->counts()[p]), what);
  }
  if (others.size() > 0) {
    const Rcpp::CharacterVector names = others.names();
    for (R_xlen_t i = 0; i < others.size(); ++i)
      counts.emplace_back(Rcpp::as<std::string>(names[i]),
                          static_cast<std::uint64_t>(others[i]));
  }
  sink->commit(std::move(counts));
  return result;
}

// Columns of codes with `names` of their levels, or NULL.
clustcr::NamedColumn named_column(SEXP list) {
  clustcr::NamedColumn column;
  if (list == R_NilValue) return column;
  column.source = clustcr_r::coded_columns(list);
  const Rcpp::CharacterVector names = Rcpp::List(list)["names"];
  for (R_xlen_t i = 0; i < names.size(); ++i)
    column.names.emplace_back(Rf_translateCharUTF8(STRING_ELT(names, i)));
  return column;
}

// `source`: a function that fetches `rows`, or a list of rows that the core
// holds (R/read_in_core.R).
Rcpp::NumericVector write_batch(StoreHandle* handle, clustcr::RowSink* sink,
                                double rows, SEXP source,
                                const Rcpp::NumericVector& others, bool paired,
                                const clustcr::Execution& execution) {
  const auto longest =
      static_cast<std::size_t>(handle->store.manifest().max_sequence_size);
  if (Rf_isFunction(source)) {
    clustcr_r::RSequenceSource fetched(rows, Rcpp::Function(source), longest,
                                       paired);
    return write_rows(handle, sink, &fetched, others, execution);
  }
  const Rcpp::List list(source);
  const clustcr_r::HeldRowsPointer held(static_cast<SEXP>(list["pointer"]));
  clustcr::RepertoireSource stored(held->rows, held->rules, longest,
                                   named_column(list["v_call"]),
                                   named_column(list["j_call"]), execution);
  return write_rows(handle, sink, &stored, others, execution);
}

}  // namespace

// [[Rcpp::export(rng = false)]]
bool cpp_store_exists(std::string directory) {
  return guarded([&] { return clustcr::holds_store(directory); });
}

// Without centroids (a column each) preclusters are chosen by hash.
// [[Rcpp::export(rng = false)]]
Rcpp::RObject cpp_store_create(std::string directory, int max_sequence_size,
                               Rcpp::NumericMatrix centroids,
                               double preclusters, bool v_gene, bool j_gene,
                               Rcpp::CharacterVector parameters, bool durable,
                               int threads) {
  clustcr_r::RHost host;
  return guarded([&] {
    clustcr::StoreManifest manifest;
    manifest.max_sequence_size = max_sequence_size;
    manifest.preclusters = static_cast<std::size_t>(preclusters);
    manifest.by_centroid = centroids.ncol() > 0;
    manifest.v_gene = v_gene;
    manifest.j_gene = j_gene;
    const Rcpp::CharacterVector names = parameters.names();
    for (R_xlen_t i = 0; i < parameters.size(); ++i)
      manifest.parameters.emplace_back(
          Rf_translateCharUTF8(STRING_ELT(names, i)),
          Rf_translateCharUTF8(STRING_ELT(parameters, i)));
    clustcr::StoredCentroids stored;
    stored.centroids.assign(centroids.begin(), centroids.end());
    if (manifest.by_centroid) {
      // Once for the store: made anew at each open they would hang on the
      // build of Faiss, and a sequence could lie in two preclusters.
      clustcr::CentroidGroups groups = clustcr::CoarseQuantizer::make_groups(
          clustcr::SequenceEncoder(max_sequence_size), stored.centroids,
          clustcr_r::execution(threads, &host));
      stored.middles = std::move(groups.middles);
      stored.group_of = std::move(groups.group_of);
    }
    return clustcr_r::hold_store(clustcr::PreclusterStore::create(
        directory, std::move(manifest), stored, durable));
  });
}

// [[Rcpp::export(rng = false)]]
Rcpp::RObject cpp_store_open(std::string directory, bool durable) {
  return guarded([&] {
    return clustcr_r::hold_store(clustcr::PreclusterStore(directory, durable));
  });
}

// list(id, max_sequence_size, preclusters, v_gene, j_gene, parameters)
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_store_describe(SEXP pointer) {
  return guarded(pointer, [&] {
    const clustcr::StoreManifest& manifest =
        handle_of(pointer).store.manifest();
    Rcpp::CharacterVector parameters, names;
    for (const auto& [key, value] : manifest.parameters) {
      names.push_back(Rcpp::String(key, CE_UTF8));
      parameters.push_back(Rcpp::String(value, CE_UTF8));
    }
    parameters.names() = names;
    return Rcpp::List::create(
        Rcpp::_["id"] = manifest.id,
        Rcpp::_["max_sequence_size"] = manifest.max_sequence_size,
        Rcpp::_["preclusters"] = static_cast<double>(manifest.preclusters),
        Rcpp::_["v_gene"] = manifest.v_gene,
        Rcpp::_["j_gene"] = manifest.j_gene,
        Rcpp::_["parameters"] = parameters);
  });
}

// A matrix with a column for each centroid; none where there are none.
// [[Rcpp::export(rng = false)]]
Rcpp::NumericMatrix cpp_store_centroids(SEXP pointer) {
  return guarded(pointer, [&] {
    const clustcr::PreclusterStore& store = handle_of(pointer).store;
    const std::vector<float> numbers = store.centroids().centroids;
    const auto columns =
        numbers.empty() ? 0 : static_cast<int>(store.manifest().preclusters);
    Rcpp::NumericMatrix centroids(
        columns == 0 ? 0 : static_cast<int>(numbers.size() / columns), columns);
    std::copy(numbers.begin(), numbers.end(), centroids.begin());
    return centroids;
  });
}

// Throws where the store is not the one that was opened.
// [[Rcpp::export(rng = false)]]
void cpp_store_check_identity(SEXP pointer) {
  guarded(pointer, [&] {
    handle_of(pointer).store.check_identity();
    return 0;
  });
}

// The batches that count: name, rows, and a matrix of what was counted, with a
// row for each batch. `committed`: all batches, replaced ones too.
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_store_batches(SEXP pointer) {
  return guarded(pointer, [&] {
    clustcr::PreclusterStore& store = handle_of(pointer).store;
    store.check_identity();
    store.refresh();
    std::vector<const clustcr::BatchInfo*> batches;
    std::vector<std::string> what;
    std::map<std::string, std::size_t> column;
    for (const clustcr::BatchInfo& batch : store.batches()) {
      if (batch.replaced) continue;
      batches.push_back(&batch);
      for (const auto& [name, count] : batch.counts)
        if (column.emplace(name, what.size()).second) what.push_back(name);
    }
    const auto n = static_cast<int>(batches.size());
    Rcpp::CharacterVector names(n);
    Rcpp::NumericVector rows(n);
    Rcpp::NumericMatrix counts(n, static_cast<int>(what.size()));
    for (int i = 0; i < n; ++i) {
      SET_STRING_ELT(names, i, clustcr_r::utf8(batches[i]->name));
      rows[i] = static_cast<double>(batches[i]->rows);
      for (const auto& [name, count] : batches[i]->counts)
        counts(i, static_cast<int>(column[name])) = static_cast<double>(count);
    }
    Rcpp::CharacterVector columns(what.begin(), what.end());
    Rcpp::colnames(counts) = columns;
    return Rcpp::List::create(
        Rcpp::_["name"] = names, Rcpp::_["rows"] = rows,
        Rcpp::_["counts"] = counts,
        Rcpp::_["committed"] = static_cast<double>(store.batches().size()));
  });
}

// Adds a batch (without a name: the next "batch <number>"); returns how many of
// its rows had which problem, with the name as an attribute. `others`: what
// else was counted of it.
// [[Rcpp::export(rng = false)]]
Rcpp::NumericVector cpp_store_add(SEXP pointer, std::string name,
                                  int on_duplicate, double rows, SEXP source,
                                  Rcpp::NumericVector others, bool paired,
                                  double wait, int threads) {
  clustcr_r::RHost host;
  return guarded(pointer, [&] {
    StoreHandle& handle = handle_of(pointer);
    clustcr::BatchWriter writer(&handle.store, name,
                                writer_options(on_duplicate, wait), &host);
    const std::string given = writer.name();
    Rcpp::NumericVector result =
        write_batch(&handle, &writer, rows, source, others, paired,
                    clustcr_r::execution(threads, &host));
    result.attr("name") = Rcpp::String(given, CE_UTF8);
    return result;
  });
}

// The same beside the store: see store/staged_batch.hpp.
// [[Rcpp::export(rng = false)]]
Rcpp::NumericVector cpp_store_stage(SEXP pointer, std::string key,
                                    std::string name, double rows, SEXP source,
                                    Rcpp::NumericVector others, bool paired,
                                    int threads) {
  clustcr_r::RHost host;
  return guarded(pointer, [&] {
    StoreHandle& handle = handle_of(pointer);
    clustcr::StagedWriter writer(handle.store, key, name);
    return write_batch(&handle, &writer, rows, source, others, paired,
                       clustcr_r::execution(threads, &host));
  });
}

// [[Rcpp::export(rng = false)]]
bool cpp_store_is_staged(SEXP pointer, std::string key) {
  return guarded(
      [&] { return clustcr::is_staged(handle_of(pointer).store, key); });
}

// Puts a staged batch into the store.
// [[Rcpp::export(rng = false)]]
void cpp_store_add_staged(SEXP pointer, std::string key, int on_duplicate,
                          double wait) {
  clustcr_r::RHost host;
  guarded(pointer, [&] {
    clustcr::add_staged(&handle_of(pointer).store, key,
                        writer_options(on_duplicate, wait), &host);
    return 0;
  });
}

// [[Rcpp::export(rng = false)]]
void cpp_store_remove_staged(SEXP pointer, std::string key) {
  guarded(pointer, [&] {
    clustcr::remove_staged(handle_of(pointer).store, key);
    return 0;
  });
}

// The rows of a precluster (from 1).
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_store_read(SEXP pointer, double precluster) {
  return guarded(pointer, [&] {
    const clustcr::PreclusterStore& store = handle_of(pointer).store;
    if (!(precluster >= 1) ||
        precluster > static_cast<double>(store.manifest().preclusters))
      throw clustcr::InvalidArgument(
          "`precluster` must be from 1 to " +
          std::to_string(store.manifest().preclusters) + ", not " +
          std::to_string(static_cast<long long>(precluster)));
    std::vector<std::string> junction_aa, v_call, j_call;
    std::vector<double> duplicate_count;
    std::vector<std::uint32_t> batch;
    store.read(
        store.latest(), static_cast<std::size_t>(precluster - 1),
        [&](const clustcr::StoredRow& row) {
          junction_aa.emplace_back(row.sequence);
          v_call.push_back(clustcr::unescaped(row.v_call));
          j_call.push_back(clustcr::unescaped(row.j_call));
          duplicate_count.push_back(static_cast<double>(row.duplicate_count));
          batch.push_back(row.batch);
        });
    std::vector<Rcpp::String> names;
    for (const clustcr::BatchInfo& info : store.batches())
      names.emplace_back(info.name, CE_UTF8);
    Rcpp::CharacterVector name(static_cast<R_xlen_t>(batch.size()));
    for (std::size_t i = 0; i < batch.size(); ++i)
      SET_STRING_ELT(name, static_cast<R_xlen_t>(i),
                     names[batch[i] - 1].get_sexp());
    return Rcpp::List::create(
        Rcpp::_["junction_aa"] = junction_aa,
        Rcpp::_["v_call"] = clustcr_r::to_character(v_call),
        Rcpp::_["j_call"] = clustcr_r::to_character(j_call),
        Rcpp::_["duplicate_count"] = duplicate_count,
        Rcpp::_["repertoire_id"] = name);
  });
}

// [[Rcpp::export(rng = false)]]
void cpp_store_remove(SEXP pointer, std::string work_directory, double wait) {
  clustcr_r::RHost host;
  guarded(pointer, [&] {
    StoreHandle& handle = handle_of(pointer);
    handle.store.check_identity();
    clustcr::remove_store(
        &handle.store,
        clustcr::RunFolder::root_of(handle.store, work_directory), wait, &host);
    return 0;
  });
}
