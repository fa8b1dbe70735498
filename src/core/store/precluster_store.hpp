// Preclusters on disk: one growing text file for each, and a record for each
// committed batch. docs: vignette("out-of-core"), "The files of a store".
//
//   clustcr.dcf, centroids.f32                 what the store is
//   shards/1/preclusters/0001/00000001.tsv     rows, in order of arrival
//   shards/1/batches/00000001.tsv              what a batch added
//   shards/1/commits                           how many batches there must be
//   shards/1/lock                              held while a batch is written
//
// A batch is committed by its record, written last and in one step. Bytes of
// a precluster file behind the last committed end are the rest of a batch that
// was not committed: never read, and cut before the next one is written. A
// second writer would get a shard folder of its own.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/store_manifest.hpp"

namespace clustcr {

struct BatchInfo {
  std::uint32_t id = 0;  // from 1, in order of commitment
  std::string name;
  std::uint64_t rows = 0;
  bool replaced = false;  // by a later batch; its rows no longer count
  // What the host counted (rows given, skipped for this reason, ...).
  std::vector<std::pair<std::string, std::uint64_t>> counts;
};

// How far a precluster file is committed, with the check of all that.
struct PreclusterEnd {
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  std::uint32_t check = 0;
};

struct StoredRow {
  std::string_view sequence;
  std::string_view v_call;  // escaped
  std::uint64_t duplicate_count = 1;
  std::uint32_t batch = 0;
};

class PreclusterStore {
 public:
  // Makes a new store. Throws StoreError where `directory` holds one already.
  static PreclusterStore create(const std::string& directory,
                                StoreManifest manifest,
                                std::vector<float> centroids, bool durable);
  // Opens what is there and checks everything but the precluster files, each
  // of which is checked when it is read.
  PreclusterStore(const std::string& directory, bool durable);

  const std::string& directory() const { return directory_; }
  // Whether commits wait for the disk.
  bool durable() const { return durable_; }
  const StoreManifest& manifest() const { return manifest_; }
  const std::vector<float>& centroids() const { return centroids_; }
  const std::vector<BatchInfo>& batches() const { return batches_; }
  const PreclusterEnd& end_of(std::size_t precluster) const {
    return ends_[precluster];
  }

  // Reads batches another process or object has committed since.
  void refresh();

  // Visits the rows of a precluster, but those of replaced batches. The views
  // are good during the call only.
  void read(std::size_t precluster,
            const std::function<void(const StoredRow&)>& visit) const;

  // Removes the files of the store, the folders that are empty then, and
  // nothing else.
  void remove();

  std::string precluster_path(std::size_t precluster) const;
  // The first line of every precluster file: the names of its columns.
  static std::string_view file_header();

 private:
  friend class BatchWriter;
  PreclusterStore() = default;
  std::string shard() const;
  std::string record_path(std::uint32_t id) const;
  std::string commits_path() const;
  void apply_record(std::uint32_t id);

  std::string directory_;
  bool durable_ = false;
  StoreManifest manifest_;
  std::vector<float> centroids_;
  std::vector<BatchInfo> batches_;
  std::vector<PreclusterEnd> ends_;
};

}  // namespace clustcr
