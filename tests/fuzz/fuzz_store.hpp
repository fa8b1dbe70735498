// A small valid store for the fuzz targets: made once, its files kept in
// memory, put back before every input. It lies in memory where it can.
#pragma once
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

#include "../cpp/receptor_helpers.hpp"
#include "base/checked_text.hpp"
#include "base/checksum.hpp"
#include "base/file_io.hpp"
#include "clustering/clustering_run.hpp"
#include "store/receptor_parts.hpp"

namespace clustcr_fuzz {

// Of the plan: six nodes, so that there are several units.
constexpr std::uint64_t kMemoryLimit = 6 * 2200;

// The first failure ends the process, so that libFuzzer keeps the input.
inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "not so: %s\n", what);
  std::abort();
}

class FuzzStore {
 public:
  static constexpr std::size_t kPreclusters = 3;

  FuzzStore() {
    if (std::filesystem::is_directory("/dev/shm"))
      ::setenv("TMPDIR", "/dev/shm", 0);
    folder_ = std::make_unique<clustcr_test::TemporaryFolder>();
    root_ = folder_->path() + "/store";
    fill();
    for (const std::string& file : clustcr_test::files_below(root_))
      original_[file] = clustcr_test::read_bytes(root_ + "/" + file);
  }

  const std::string& root() const { return root_; }
  const std::map<std::string, std::string>& files() const { return original_; }

  void write(const std::string& file, std::string_view bytes) {
    clustcr_test::write_bytes(root_ + "/" + file, bytes);
  }
  void remove(const std::string& file) {
    std::filesystem::remove(root_ + "/" + file);
  }
  // Whatever was written since: a damaged plan is made again.
  void restore() {
    for (const std::string& file : clustcr_test::files_below(root_))
      if (original_.count(file) == 0)
        std::filesystem::remove(root_ + "/" + file);
    for (const auto& [file, bytes] : original_) {
      const std::string path = root_ + "/" + file;
      if (std::filesystem::exists(path) &&
          clustcr_test::read_bytes(path) == bytes)
        continue;
      std::filesystem::create_directories(
          std::filesystem::path(path).parent_path());
      clustcr_test::write_bytes(path, bytes);
    }
  }
  // The file whose name ends so: the run's folder has a name of its own.
  std::string file_like(const std::string& end) const {
    for (const auto& [file, bytes] : original_)
      if (file.size() >= end.size() &&
          file.compare(file.size() - end.size(), end.size(), end) == 0)
        return file;
    std::abort();
  }

 private:
  // Two batches in a checkpoint, one in a record, a run of them with two of
  // its units kept.
  void fill() {
    clustcr::StoreManifest manifest;
    manifest.max_sequence_size = 32;
    manifest.preclusters = kPreclusters;
    manifest.v_gene = true;
    manifest.parameters = {{"Method", "two-step"}};
    const auto centroids = clustcr_test::made_up_centroids(kPreclusters);
    clustcr::PreclusterStore::create(root_, manifest, centroids, false);
    // The same in every process, or seeds would not fit.
    manifest.id = "0123456789abcdef";
    manifest.made_folder = true;
    clustcr::write_manifest(root_, manifest, centroids, false);
    clustcr::PreclusterStore store(root_, false);
    clustcr_test::Random random(1);
    add(&store, &random, "one", clustcr::OnDuplicate::kRefuse);
    add(&store, &random, "two", clustcr::OnDuplicate::kRefuse);
    clustcr_test::write_bytes(root_ + "/shards/1/checkpoint",
                              clustcr::snapshot_to_text(store.latest()));
    add(&store, &random, "one", clustcr::OnDuplicate::kReplace);
    std::filesystem::remove(root_ + "/shards/1/batches/00000001.tsv");
    clustcr::RunSettings settings;
    settings.join = true;
    settings.singletons = true;
    // So small that there are several units, some of them divided.
    settings.memory_limit = kMemoryLimit;
    const auto run = clustcr::ClusteringRun::open(
        store, clustcr::RunFolder::make(store, settings, root_ + "/runs"), {});
    for (std::size_t u = 0; u < 2; ++u) run.unit(store, u, {});
    run.ownership().write_position({1, 2}, false);
    run.set_current(false);
  }

  static void add(clustcr::PreclusterStore* store, clustcr_test::Random* random,
                  const char* name, clustcr::OnDuplicate on_duplicate) {
    std::vector<clustcr_test::Row> rows;
    for (const std::string& s : clustcr_test::random_repertoire(random, 20))
      rows.push_back({s, random->chance(80) ? "TRBV1" : "", 1, 0});
    clustcr_test::add_rows(store, name, rows, on_duplicate);
  }

  std::unique_ptr<clustcr_test::TemporaryFolder> folder_;
  std::string root_;
  std::map<std::string, std::string> original_;
};

// Lives for the process; its folder goes when that ends in good order.
inline FuzzStore& the_store() {
  static FuzzStore store;
  return store;
}

inline bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() &&
         text.compare(text.size() - end.size(), end.size(), end) == 0;
}

// Puts a right check under a text, in place of the one it has.
inline std::string with_check(std::string text) {
  const std::size_t at = text.rfind("check:\t");
  if (at != std::string::npos && (at == 0 || text[at - 1] == '\n'))
    text.resize(at);
  clustcr::append_check(&text);
  return text;
}

// Reads, plans and clusters all there is. Errors of the core are an answer.
inline void use_everything(const std::string& root) {
  try {
    const clustcr::PreclusterStore store(root, false);
    store.centroids();
    for (std::size_t p = 0; p < store.manifest().preclusters && p < 10; ++p)
      clustcr::load_receptors(store, store.latest(), p);
    const std::string runs = root + "/runs";
    const std::string id = clustcr::RunFolder::current_id(runs);
    if (id.empty()) return;
    const auto run = clustcr::ClusteringRun::open(
        store, clustcr::RunFolder::find(store, id, runs), {});
    run.ownership().position();
    // Such powers of a matrix take for ever, rightly.
    if (run.settings().mcl.expansion > 5) return;
    for (std::size_t u = 0; u < run.plan().units.size(); ++u)
      clustcr::cluster_ids(run.unit(store, u, {}));
    run.totals();
  } catch (const clustcr::Error&) {
  }
}

// One file holds the input: as it is, or (an odd first byte) with a check that
// fits it, so that the parser behind the check sees it.
inline void use_with_file(const std::string& end, const std::uint8_t* data,
                          std::size_t size) {
  FuzzStore& store = the_store();
  if (size == 0) return;
  std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
  store.write(store.file_like(end),
              data[0] & 1 ? with_check(std::move(text)) : text);
  use_everything(store.root());
  store.restore();
}

}  // namespace clustcr_fuzz
