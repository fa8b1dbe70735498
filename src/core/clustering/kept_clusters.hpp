// The clusters of finished units, kept in a clustering's work folder: read
// again without work, in any order, by any process.
//
//   clusters/00000001.tsv   rows, as any tool reads them
//   done/00000001.tsv       what they are, written last
//
// Numbers of clusters are local to the unit and become global by adding those
// of the units before.
#pragma once
#include <cstdint>
#include <string>

#include "clustering/cluster_receptors.hpp"
#include "store/precluster_store.hpp"

namespace clustcr {

struct DoneRecord {
  std::uint64_t rows = 0, clusters = 0;
  ClusterTotals totals;
  PartitionFiles::End file;
};

bool is_done(const std::string& folder, std::size_t unit);
// Throws StoreError where the record is missing or damaged.
DoneRecord read_done_record(const std::string& folder, std::size_t unit);

// In one step: another process that does the same unit writes the same bytes.
void keep_clusters(const std::string& folder, std::size_t unit,
                   const StoreManifest& manifest, const ClusterTable& table,
                   bool durable);
ClusterTable read_clusters(const std::string& folder, std::size_t unit,
                           const StoreManifest& manifest);

void remove_kept_clusters(const std::string& folder);

}  // namespace clustcr
