// What a store says of itself: its kind, format version, identifier,
// parameters and how it divides sequences. `clustcr.dcf` is plain text
// ("Key: value", read by R's read.dcf); its last line checks the lines above.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace clustcr {

// K-means centroids and, where they are many, their groups (kmeans/), as
// numbers: the store keeps them, but knows nothing of their meaning.
struct StoredCentroids {
  std::vector<float> centroids;
  std::vector<float> middles;
  std::vector<std::uint32_t> group_of;

  bool empty() const { return centroids.empty(); }
};

struct StoreManifest {
  // 1 was that of 0.1.0: without identifier, genes, groups and snapshots.
  static constexpr int kFormat = 2;
  // Each takes memory wherever the store is open, and a file on disk.
  static constexpr std::size_t kMostPreclusters = std::size_t{1} << 24;

  // Of this store alone: one made anew in the same place is another.
  std::string id;
  int max_sequence_size = 0;
  std::size_t preclusters = 0;
  // By nearest centroid; else by a hash of the sequence.
  bool by_centroid = true;
  // Whether the V and the J gene are part of the receptor.
  bool v_gene = false, j_gene = false;
  bool made_folder = false;  // the store made its folder, and may remove it
  // The host's own parameters, kept as they are.
  std::vector<std::pair<std::string, std::string>> parameters;
};

// Writes centroids first and the manifest last: a folder with a manifest is a
// complete store.
void write_manifest(const std::string& directory, const StoreManifest& manifest,
                    const StoredCentroids& centroids, bool durable);

// Throws StoreError when there is no store, when it is of another format, or
// when the manifest is damaged.
StoreManifest read_manifest(const std::string& directory);
// Throws StoreError where the file is missing or does not fit the manifest.
StoredCentroids read_centroids(const std::string& directory,
                               const StoreManifest& manifest);

bool holds_store(const std::string& directory);

std::string manifest_path(const std::string& directory);
std::string centroids_path(const std::string& directory);

}  // namespace clustcr
