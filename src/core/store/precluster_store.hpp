// Preclusters on disk: one growing text file for each, and a record for each
// committed batch. docs: vignette("out-of-core"), "The files of a store".
//
//   clustcr.dcf, centroids.bin                 what the store is
//   shards/1/preclusters/0001/00000001.tsv     rows, in order of arrival
//   shards/1/batches/00000001.tsv              what a batch added
//   shards/1/checkpoint                        the first batches in one file
//   shards/1/commits                           how many batches there must be
//   shards/1/lock                              held while a batch is written
//   shards/staged/                             batches that are not in it yet
//   lock                                       held while a store is made
//   runs/                                      clusterings of the store
//
// A batch is committed by its record, written last and in one step. Bytes of
// a precluster file behind the last committed end are the rest of a batch that
// was not committed: never read, and cut before the next one is written.
// Committed bytes never change, so a snapshot stays good while others write.
// Records that a checkpoint has taken up are removed.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ports.hpp"
#include "store/snapshot.hpp"
#include "store/store_manifest.hpp"

namespace clustcr {

struct StoredRow {
  std::string_view sequence;
  std::string_view v_call, j_call;  // escaped
  std::uint64_t duplicate_count = 1;
  std::uint32_t batch = 0;
};

class PreclusterStore {
 public:
  // Makes a new store; its manifest gets an identifier. Where `directory`
  // holds one of the same parameters and centroids that was made since the
  // caller looked, that one is opened. Throws StoreError ("exists") where it
  // holds another.
  static PreclusterStore create(const std::string& directory,
                                StoreManifest manifest,
                                const StoredCentroids& centroids, bool durable);
  // Opens what is there and checks everything but centroids and precluster
  // files, each of which is checked when it is read.
  PreclusterStore(const std::string& directory, bool durable);

  const std::string& directory() const { return directory_; }
  // Whether commits wait for the disk.
  bool durable() const { return durable_; }
  const StoreManifest& manifest() const { return manifest_; }
  StoredCentroids centroids() const;
  // As of the last refresh().
  const Snapshot& latest() const { return latest_; }
  const std::vector<BatchInfo>& batches() const { return latest_.batches; }
  const PreclusterEnd& end_of(std::size_t precluster) const {
    return latest_.ends[precluster];
  }
  std::string snapshot_id(const Snapshot& snapshot) const;

  // Reads batches another process or object has committed since.
  void refresh();
  // Throws StoreError ("gone") where the store was removed, or made anew,
  // since it was opened.
  void check_identity() const;

  // Visits the rows of a precluster in a snapshot, but those of replaced
  // batches. The views are good during the call only, and what was visited
  // counts only when it has returned.
  void read(const Snapshot& snapshot, std::size_t precluster,
            const std::function<void(const StoredRow&)>& visit) const;

  // Removes the files of the store, the folders that are empty then, and
  // nothing else. Waits `wait` seconds for a writer to end; throws StoreError
  // ("locked") where it does not, and ("gone") where the store was made anew.
  // `when_locked` removes what others keep there: runs, staged batches.
  void remove(double wait = 0, Host* host = nullptr,
              const std::function<void()>& when_locked = {});

  std::string precluster_path(std::size_t precluster) const;
  // Where workers leave batches for it (staged_batch.hpp).
  std::string staged_folder() const;
  // The first line of every precluster file: the names of its columns.
  static std::string_view file_header();

 private:
  friend class BatchWriter;
  PreclusterStore() = default;
  std::string shard() const;
  std::string record_path(std::uint32_t id) const;
  std::string commits_path() const;
  std::string checkpoint_path() const;
  std::uint64_t promised_batches() const;
  bool adopt_checkpoint();
  // Removes what a checkpoint has made superfluous.
  void prune_records() const;

  std::string directory_;
  bool durable_ = false;
  StoreManifest manifest_;
  Snapshot latest_;
  std::uint64_t record_bytes_ = 0;  // since the checkpoint
};

}  // namespace clustcr
