// The committed batches of a store at one moment. A snapshot never changes:
// files of preclusters only grow, so what it counts stays where it is while
// others add batches.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/partition_files.hpp"

namespace clustcr {

// What the host counted of a batch (rows given, skipped for this reason, ...).
using BatchCounts = std::vector<std::pair<std::string, std::uint64_t>>;

struct BatchInfo {
  std::uint32_t id = 0;  // from 1, in order of commitment
  std::string name;      // of its sample; several batches may be one sample
  std::uint64_t rows = 0;
  bool replaced = false;  // by a later batch; its rows no longer count
  BatchCounts counts;
};

// How far a precluster file is committed.
struct PreclusterEnd : PartitionFiles::End {
  std::uint64_t rows = 0;
};

struct Snapshot {
  // The store it is of; empty where it was read from a file of 0.2.0, which
  // does not say.
  std::string store;
  std::uint64_t chain = 0;  // hash of all its records, one after the other
  std::vector<BatchInfo> batches;
  std::vector<PreclusterEnd> ends;  // a precluster each

  // Rows of batches that were not replaced.
  std::uint64_t rows() const;
  // Of each batch (by id - 1) the number of its sample, from 0 in order of the
  // samples' first batches, and the samples' names.
  std::vector<std::uint32_t> samples(std::vector<std::string>* names) const;
};

// The record of one batch: what it adds to the snapshot before it, in the store
// of the identifier `store`.
std::string record_to_text(
    const BatchInfo& batch, const std::vector<std::uint32_t>& replaces,
    const std::vector<std::pair<std::size_t, PreclusterEnd>>& ends,
    const std::string& store = {});
// Applies the record of the next batch; throws StoreError that names `path`,
// also where it is of another store than the snapshot. A record of 0.2.0, which
// does not say of which, is taken.
void apply_record(const std::string& path, const std::string& text,
                  Snapshot* snapshot);

// A whole snapshot: one file instead of a record for each batch.
std::string snapshot_to_text(const Snapshot& snapshot);
// Throws StoreError that names `path`, also where it is of another store.
Snapshot snapshot_from_text(const std::string& path, const std::string& text,
                            std::size_t preclusters,
                            const std::string& store = {});

}  // namespace clustcr
