// Tables of clusters as R's columns.
#pragma once
#include <Rcpp.h>

#include <cstdint>
#include <vector>

#include "core/clustering/cluster_receptors.hpp"
#include "core/store/store_manifest.hpp"

namespace clustcr_r {

// junction_aa, then v_call and j_call where they are part of the receptor,
// cluster (from `first_cluster` on) and precluster (from 1); then what `wanted`
// names of "duplicate_count", "samples" (their number), "sample_counts" (text)
// and "cluster_id".
Rcpp::List cluster_columns(const clustcr::ClusterTable& table,
                           const clustcr::StoreManifest& manifest,
                           double first_cluster,
                           const Rcpp::CharacterVector& wanted);

// The upper 53 bits of each, which R's numbers hold.
Rcpp::NumericVector as_identities(const std::vector<std::uint64_t>& sums);

}  // namespace clustcr_r
