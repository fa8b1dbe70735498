// A small valid store for the fuzz targets: made once, its files kept in
// memory, put back before every input. It lies in memory where it can.
#pragma once
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

#include "../cpp/test_helpers.hpp"
#include "clustering/batch_pipeline.hpp"
#include "base/checked_text.hpp"
#include "base/checksum.hpp"
#include "clustering/cluster_groups.hpp"
#include "clustering/cluster_plan.hpp"
#include "clustering/clustering_progress.hpp"
#include "clustering/plan_units.hpp"

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
    changed_[file] = true;
  }
  void remove(const std::string& file) {
    std::filesystem::remove(root_ + "/" + file);
    changed_[file] = true;
  }
  void restore() {
    for (const auto& [file, yes] : changed_)
      clustcr_test::write_bytes(root_ + "/" + file, original_.at(file));
    changed_.clear();
  }

 private:
  void fill() {
    clustcr_test::Random random(1);
    auto store = clustcr_test::new_store(root_, kPreclusters, false,
                                         {{"Method", "two-step"}});
    add(&store, &random, "one", clustcr::OnDuplicate::kRefuse);
    add(&store, &random, "two", clustcr::OnDuplicate::kRefuse);
    add(&store, &random, "one", clustcr::OnDuplicate::kReplace);
    clustcr::PlanOptions options;
    options.singletons = true;
    // So small that there are several units, some of them divided.
    options.memory_limit = kMemoryLimit;
    clustcr::plan_units(store, options, clustcr_test::threads(1));
    clustcr::ClusteringProgress progress;
    progress.batches = 3;
    progress.mode = "two-step join";
    progress.next_unit = 1;
    progress.next_cluster = 2;
    clustcr::write_progress(store, progress);
  }

  static void add(clustcr::PreclusterStore* store, clustcr_test::Random* random,
                  const char* name, clustcr::OnDuplicate on_duplicate) {
    clustcr::BatchWriter writer(store, name, on_duplicate);
    for (const std::string& s : clustcr_test::random_repertoire(random, 20))
      clustcr_test::add_row(&writer, random->below(kPreclusters),
                            {s, "TRBV1", 1, 0});
    writer.commit({{"none", 20}});
  }

  std::unique_ptr<clustcr_test::TemporaryFolder> folder_;
  std::string root_;
  std::map<std::string, std::string> original_;
  std::map<std::string, bool> changed_;
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
    const auto execution = clustcr_test::threads(1);
    clustcr::ClusteringProgress progress;
    clustcr::read_progress(store, &progress);
    clustcr::ClusterPlan plan;
    if (clustcr::read_plan(store, true, kMemoryLimit, &plan))
      for (std::size_t u = 0; u < plan.units.size(); ++u)
        clustcr::cluster_unit(clustcr::read_unit(store, plan, u),
                              plan.units[u].divided, clustcr::MclOptions(),
                              true, execution);
    const std::size_t preclusters = store.manifest().preclusters;
    for (std::size_t first = 0, end; first < preclusters; first = end) {
      end = clustcr::end_of_cluster_batch(store, first, 1 << 20);
      clustcr::cluster_groups(
          clustcr::load_preclusters(store, first, end, execution),
          clustcr::MclOptions(), true, execution);
    }
  } catch (const clustcr::Error&) {
  }
}

// One file holds the input: as it is, or (an odd first byte) with a check that
// fits it, so that the parser behind the check sees it.
inline void use_with_file(const std::string& file, const std::uint8_t* data,
                          std::size_t size) {
  FuzzStore& store = the_store();
  if (size == 0) return;
  std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
  store.write(file, data[0] & 1 ? with_check(std::move(text)) : text);
  use_everything(store.root());
  store.restore();
}

}  // namespace clustcr_fuzz
