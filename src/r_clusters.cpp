#include "r_clusters.hpp"

#include <limits>

#include "core/base/errors.hpp"
#include "core/base/hash.hpp"
#include "core/base/text_fields.hpp"
#include "core/clustering/run_plan.hpp"
#include "r_ports.hpp"
#include "r_sequences.hpp"

namespace clustcr_r {
namespace {

using clustcr::ClusterTable;

// R's strings of the genes, each made once.
void add_genes(const ClusterTable& table,
               const clustcr::StoreManifest& manifest, Rcpp::List* columns) {
  const clustcr::ReceptorSet& rows = table.rows;
  const auto n = static_cast<R_xlen_t>(rows.size());
  Rcpp::CharacterVector v_names(rows.genes.size()), j_names(rows.genes.size());
  for (std::size_t g = 0; g < rows.genes.size(); ++g) {
    std::string both;
    clustcr::append_gene_columns(rows.genes[g], manifest, &both);
    std::string_view rest = both;
    const std::string v = clustcr::unescaped(clustcr::take_field(&rest, '\t'));
    SET_STRING_ELT(v_names, static_cast<R_xlen_t>(g), utf8(v));
    SET_STRING_ELT(j_names, static_cast<R_xlen_t>(g),
                   utf8(clustcr::unescaped(rest)));
  }
  auto column = [&](const Rcpp::CharacterVector& names) {
    Rcpp::CharacterVector values(n);
    for (R_xlen_t i = 0; i < n; ++i)
      SET_STRING_ELT(values, i,
                     STRING_ELT(names, rows.gene[static_cast<std::size_t>(i)]));
    return values;
  };
  if (manifest.v_gene) columns->push_back(column(v_names), "v_call");
  if (manifest.j_gene) columns->push_back(column(j_names), "j_call");
}

SEXP wanted_column(const ClusterTable& table, const std::string& name) {
  const clustcr::Occurrences& in = table.rows.occurrences;
  const auto n = static_cast<R_xlen_t>(table.cluster.size());
  if (name == "duplicate_count") {
    Rcpp::NumericVector counts(n);
    for (R_xlen_t i = 0; i < n; ++i)
      counts[i] = static_cast<double>(in.total(static_cast<std::size_t>(i)));
    return counts;
  }
  // Until 0.2 it was called "samples".
  if (name == "n_samples" || name == "samples") {
    Rcpp::IntegerVector counts(n);
    for (R_xlen_t i = 0; i < n; ++i)
      counts[i] = static_cast<int>(in.offsets[i + 1] - in.offsets[i]);
    return counts;
  }
  Rcpp::CharacterVector text(n);
  if (name == "sample_counts") {
    std::string pairs;
    for (R_xlen_t i = 0; i < n; ++i) {
      pairs.clear();
      clustcr::append_samples(in, static_cast<std::size_t>(i), &pairs);
      SET_STRING_ELT(text, i, utf8(pairs));
    }
    return text;
  }
  const std::vector<std::uint64_t> ids = clustcr::cluster_ids(table);
  Rcpp::CharacterVector names(static_cast<R_xlen_t>(ids.size()));
  for (std::size_t c = 0; c < ids.size(); ++c)
    SET_STRING_ELT(names, static_cast<R_xlen_t>(c),
                   utf8(clustcr::hash_to_text(ids[c])));
  for (R_xlen_t i = 0; i < n; ++i)
    SET_STRING_ELT(
        text, i, STRING_ELT(names, table.cluster[static_cast<std::size_t>(i)]));
  return text;
}

}  // namespace

Rcpp::List cluster_columns(const ClusterTable& table,
                           const clustcr::StoreManifest& manifest,
                           double first_cluster,
                           const Rcpp::CharacterVector& wanted) {
  if (first_cluster + table.clusters > std::numeric_limits<int>::max())
    throw clustcr::Error("too_many",
                         "there are more clusters than R's integers hold");
  const auto n = static_cast<R_xlen_t>(table.cluster.size());
  Rcpp::IntegerVector cluster(n), precluster(n);
  for (R_xlen_t i = 0; i < n; ++i) {
    cluster[i] = static_cast<int>(first_cluster + table.cluster[i]);
    // Where sequences were divided by hash, numbers say nothing.
    precluster[i] =
        manifest.by_centroid ? static_cast<int>(table.precluster[i] + 1) : 1;
  }
  Rcpp::List columns;
  columns.push_back(to_character(table.rows.sequences), "junction_aa");
  if (manifest.v_gene || manifest.j_gene) add_genes(table, manifest, &columns);
  columns.push_back(cluster, "cluster");
  columns.push_back(precluster, "precluster");
  for (R_xlen_t i = 0; i < wanted.size(); ++i) {
    const std::string name = Rcpp::as<std::string>(wanted[i]);
    columns.push_back(wanted_column(table, name), name);
  }
  return columns;
}

Rcpp::NumericVector as_identities(const std::vector<std::uint64_t>& sums) {
  Rcpp::NumericVector numbers(static_cast<R_xlen_t>(sums.size()));
  for (std::size_t i = 0; i < sums.size(); ++i)
    numbers[static_cast<R_xlen_t>(i)] = static_cast<double>(sums[i] >> 11);
  return numbers;
}

}  // namespace clustcr_r
