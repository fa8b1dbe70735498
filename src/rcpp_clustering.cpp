#include "core/clustering/cluster_receptors.hpp"
#include "r_clusters.hpp"
#include "r_ports.hpp"
#include "r_sequences.hpp"
#include "r_settings.hpp"

using clustcr_r::guarded;

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
    if (groups == 1)
      collectors[0].reserve(static_cast<std::size_t>(junction_aa.size()));
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
