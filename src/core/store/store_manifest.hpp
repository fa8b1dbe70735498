// What a store says of itself: its kind, format version, parameters and
// centroids. `clustcr.dcf` is plain text ("Key: value", read by R's read.dcf);
// its last line checks the lines above.
#pragma once
#include <string>
#include <utility>
#include <vector>

namespace clustcr {

struct StoreManifest {
  static constexpr int kFormat = 1;

  int max_sequence_size = 0;
  std::size_t preclusters = 0;
  bool made_folder = false;  // the store made its folder, and may remove it
  // The host's own parameters, kept as they are.
  std::vector<std::pair<std::string, std::string>> parameters;
};

// Writes centroids first and the manifest last: a folder with a manifest is a
// complete store.
void write_manifest(const std::string& directory, const StoreManifest& manifest,
                    const std::vector<float>& centroids, bool durable);

// Throws StoreError when there is no store, when it is of a newer format, or
// when a file is damaged.
StoreManifest read_manifest(const std::string& directory,
                            std::vector<float>* centroids);

bool holds_store(const std::string& directory);

std::string manifest_path(const std::string& directory);
std::string centroids_path(const std::string& directory);

}  // namespace clustcr
