#include "core/clustering/receptor_balls.hpp"
#include "r_cluster_matrix.hpp"
#include "r_clusters.hpp"
#include "r_ports.hpp"
#include "r_sequences.hpp"
#include "r_settings.hpp"
#include "run_handle.hpp"

namespace {

clustcr::BallOptions ball_options(const Rcpp::List& options) {
  clustcr::BallOptions o;
  o.min_samples =
      static_cast<std::size_t>(Rcpp::as<double>(options["min_samples"]));
  o.neighbours = Rcpp::as<bool>(options["neighbors"]);
  o.value = clustcr_r::cell_value_of(Rcpp::as<std::string>(options["value"]));
  o.own = options.containsElementNamed("own");
  o.cells = static_cast<std::uint64_t>(Rcpp::as<double>(options["cells"]));
  return o;
}

// list(columns, matrix, own, n_receptors, n_samples): `columns` as of a unit;
// those in no cluster have the largest number of R's integers.
Rcpp::List wrapped(const clustcr::BallBlock& block,
                   const clustcr::StoreManifest& manifest) {
  const auto integers = [](const std::vector<std::uint32_t>& x) {
    return Rcpp::IntegerVector(x.begin(), x.end());
  };
  using Rcpp::_;
  return Rcpp::List::create(
      _["columns"] = clustcr_r::cluster_columns(block.table, manifest, 1,
                                                Rcpp::CharacterVector()),
      _["matrix"] = clustcr_r::as_dgc_matrix(block.balls),
      _["own"] = block.own.clusters() > 0
                     ? Rcpp::RObject(clustcr_r::as_dgc_matrix(block.own))
                     : Rcpp::RObject(R_NilValue),
      _["n_receptors"] = integers(block.balls.sizes()),
      _["n_samples"] = integers(block.own_samples));
}

// An error of `visit` leaves as Rcpp's exception, through the core.
clustcr::VisitBalls visitor(const Rcpp::Function& visit,
                            const clustcr::StoreManifest& manifest) {
  return
      [&](const clustcr::BallBlock& block) { visit(wrapped(block, manifest)); };
}

}  // namespace

// Calls visit(block) for the balls of a run's receptors, a block at a time.
// `options`: list(min_samples, neighbors, value, cells), and `own` where the
// receptors alone are wanted, too.
// [[Rcpp::export(rng = false)]]
void cpp_run_balls(SEXP run, Rcpp::List options, Rcpp::Function visit,
                   int threads) {
  clustcr_r::RHost host;
  clustcr_r::with_run(run, [&](const clustcr::ClusteringRun& of,
                               const clustcr::PreclusterStore& store) {
    clustcr::receptor_balls(of, store, ball_options(options),
                            clustcr_r::execution(threads, &host),
                            visitor(visit, store.manifest()));
  });
}

// The same of receptors in a table: `rows` as of receptor_rows(), different
// ones, each with its cluster; receptor i is in sample[k] (from 1) count[k]
// times for k = offsets[i] .. offsets[i + 1] - 1, by ascending sample.
// [[Rcpp::export(rng = false)]]
void cpp_table_balls(Rcpp::List rows, Rcpp::IntegerVector cluster,
                     Rcpp::List occurrences, int samples, Rcpp::List rule,
                     Rcpp::List options, Rcpp::Function visit, int threads) {
  clustcr_r::RHost host;
  clustcr_r::guarded([&] {
    const clustcr::ReceptorSet set =
        clustcr_r::receptors_in_samples(rows, occurrences);
    std::vector<std::uint32_t> cluster_of;
    for (const int c : cluster)
      cluster_of.push_back(static_cast<std::uint32_t>(c - 1));
    clustcr::StoreManifest manifest;
    manifest.v_gene = Rf_length(rows["v_call"]) > 0;
    manifest.j_gene = Rf_length(rows["j_call"]) > 0;
    clustcr::receptor_balls(
        set, cluster_of, static_cast<std::size_t>(samples),
        clustcr_r::neighbour_rule(rule), ball_options(options),
        clustcr_r::execution(threads, &host), visitor(visit, manifest));
  });
}
