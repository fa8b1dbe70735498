#include "batch_run.hpp"
#include "core/base/text_fields.hpp"
#include "core/store/batch_writer.hpp"
#include "r_ports.hpp"
#include "r_sequences.hpp"

using clustcr_r::BatchRun;
using clustcr_r::guarded;
using clustcr_r::run_of;

// [[Rcpp::export(rng = false)]]
bool cpp_store_exists(std::string directory) {
  return guarded([&] { return clustcr::holds_store(directory); });
}

// [[Rcpp::export(rng = false)]]
SEXP cpp_store_create(std::string directory, int max_sequence_size,
                      Rcpp::NumericMatrix centroids,
                      Rcpp::CharacterVector parameters, bool durable) {
  return guarded([&]() -> SEXP {
    clustcr::StoreManifest manifest;
    manifest.max_sequence_size = max_sequence_size;
    manifest.preclusters = static_cast<std::size_t>(centroids.ncol());
    const Rcpp::CharacterVector names = parameters.names();
    for (R_xlen_t i = 0; i < parameters.size(); ++i)
      manifest.parameters.emplace_back(
          Rf_translateCharUTF8(STRING_ELT(names, i)),
          Rf_translateCharUTF8(STRING_ELT(parameters, i)));
    return clustcr_r::RunPointer(new BatchRun(clustcr::PreclusterStore::create(
        directory, std::move(manifest),
        std::vector<float>(centroids.begin(), centroids.end()), durable)));
  });
}

// [[Rcpp::export(rng = false)]]
SEXP cpp_store_open(std::string directory, bool durable) {
  return guarded([&]() -> SEXP {
    return clustcr_r::RunPointer(
        new BatchRun(clustcr::PreclusterStore(directory, durable)));
  });
}

// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_store_describe(SEXP run) {
  return guarded([&] {
    const clustcr::PreclusterStore& store = run_of(run).store;
    const clustcr::StoreManifest& manifest = store.manifest();
    Rcpp::CharacterVector parameters, names;
    for (const auto& [key, value] : manifest.parameters) {
      names.push_back(Rcpp::String(key, CE_UTF8));
      parameters.push_back(Rcpp::String(value, CE_UTF8));
    }
    parameters.names() = names;
    const auto& numbers = store.centroids();
    Rcpp::NumericMatrix centroids(
        static_cast<int>(numbers.size() / manifest.preclusters),
        static_cast<int>(manifest.preclusters));
    std::copy(numbers.begin(), numbers.end(), centroids.begin());
    return Rcpp::List::create(
        Rcpp::_["max_sequence_size"] = manifest.max_sequence_size,
        Rcpp::_["parameters"] = parameters, Rcpp::_["centroids"] = centroids);
  });
}

// A list of columns with an element for each batch that counts.
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_store_batches(SEXP run) {
  return guarded([&] {
    clustcr::PreclusterStore& store = run_of(run).store;
    store.refresh();
    Rcpp::CharacterVector name;
    Rcpp::NumericVector rows;
    Rcpp::List counts;
    for (const clustcr::BatchInfo& batch : store.batches()) {
      if (batch.replaced) continue;
      name.push_back(Rcpp::String(batch.name, CE_UTF8));
      rows.push_back(static_cast<double>(batch.rows));
      Rcpp::NumericVector count;
      for (const auto& [what, number] : batch.counts)
        count.push_back(static_cast<double>(number), what);
      counts.push_back(count);
    }
    return Rcpp::List::create(Rcpp::_["name"] = name, Rcpp::_["rows"] = rows,
                              Rcpp::_["counts"] = counts);
  });
}

// Rows of every precluster file, with those of replaced batches.
// [[Rcpp::export(rng = false)]]
Rcpp::NumericVector cpp_store_sizes(SEXP run) {
  return guarded([&] {
    const clustcr::PreclusterStore& store = run_of(run).store;
    Rcpp::NumericVector sizes(
        static_cast<R_xlen_t>(store.manifest().preclusters));
    for (R_xlen_t p = 0; p < sizes.size(); ++p)
      sizes[p] =
          static_cast<double>(store.end_of(static_cast<std::size_t>(p)).rows);
    return sizes;
  });
}

// Adds a batch; returns how many of its rows had which problem.
// [[Rcpp::export(rng = false)]]
Rcpp::NumericVector cpp_store_add(SEXP run, std::string name, int on_duplicate,
                                  double rows, Rcpp::Function fetch,
                                  int threads) {
  clustcr_r::RHost host;
  return guarded([&] {
    BatchRun& batch_run = run_of(run);
    clustcr::BatchWriter writer(
        &batch_run.store, name,
        static_cast<clustcr::OnDuplicate>(on_duplicate));
    clustcr_r::RSequenceSource source(
        rows, fetch,
        static_cast<std::size_t>(batch_run.store.manifest().max_sequence_size));
    clustcr::precluster_batch(&source, batch_run.quantizer, &writer,
                              clustcr_r::execution(threads, &host));
    std::vector<std::pair<std::string, std::uint64_t>> counts;
    Rcpp::NumericVector result;
    for (int p = 0; p < clustcr::kSequenceProblems; ++p) {
      const char* what =
          clustcr::problem_name(static_cast<clustcr::SequenceProblem>(p));
      counts.emplace_back(what, source.counts()[p]);
      result.push_back(static_cast<double>(source.counts()[p]), what);
    }
    writer.commit(std::move(counts));
    return result;
  });
}

// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_store_read(SEXP run, int precluster) {
  return guarded([&] {
    const clustcr::PreclusterStore& store = run_of(run).store;
    if (precluster < 1 ||
        static_cast<std::size_t>(precluster) > store.manifest().preclusters)
      throw clustcr::InvalidArgument(
          "`precluster` must be from 1 to " +
          std::to_string(store.manifest().preclusters) + ", not " +
          std::to_string(precluster));
    std::vector<std::string> junction_aa, v_call;
    std::vector<double> duplicate_count;
    Rcpp::CharacterVector batch;
    store.read(
        static_cast<std::size_t>(precluster - 1),
        [&](const clustcr::StoredRow& row) {
          junction_aa.emplace_back(row.sequence);
          v_call.push_back(clustcr::unescaped(row.v_call));
          duplicate_count.push_back(static_cast<double>(row.duplicate_count));
          batch.push_back(
              Rcpp::String(store.batches()[row.batch - 1].name, CE_UTF8));
        });
    Rcpp::CharacterVector v(v_call.size());
    for (std::size_t i = 0; i < v_call.size(); ++i)
      SET_STRING_ELT(v, i, clustcr_r::utf8(v_call[i]));
    return Rcpp::List::create(
        Rcpp::_["junction_aa"] = junction_aa, Rcpp::_["v_call"] = v,
        Rcpp::_["duplicate_count"] = duplicate_count, Rcpp::_["name"] = batch);
  });
}

// [[Rcpp::export(rng = false)]]
void cpp_store_remove(SEXP run) {
  guarded([&] {
    clustcr::remove_run(&run_of(run).store);
    return 0;
  });
}
