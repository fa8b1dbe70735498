// Clusters as rows of text tables, byte for byte as R/write_table.R writes
// those of a data.frame.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "clustering/cluster_receptors.hpp"
#include "store/store_manifest.hpp"

namespace clustcr {

// Appends "junction_aa, v_call, j_call (where they are part of the receptor),
// cluster (from `first_cluster` on), precluster" and of `wanted` columns
// ("duplicate_count", "n_samples", "sample_counts", "cluster_id"). With a comma
// as the separator fields that have one stand in quotes. False, and nothing
// appended, where only the host knows how a value is written: names of genes
// that a spreadsheet would take for a formula, that have line ends or quotes,
// or are no ASCII, and counts that a double does not hold.
bool append_cluster_text(const ClusterTable& table,
                         const StoreManifest& manifest,
                         std::uint64_t first_cluster,
                         const std::vector<std::string>& wanted, char separator,
                         std::string* text);

// Writes text behind what a file has. Throws Error("not_written") with the
// system's reason.
void append_to_file(const std::string& path, const std::string& text);

}  // namespace clustcr
