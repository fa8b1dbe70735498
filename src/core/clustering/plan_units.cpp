#include "clustering/plan_units.hpp"

#include <algorithm>
#include <numeric>

#include "base/checksum.hpp"
#include "base/errors.hpp"
#include "base/file_io.hpp"
#include "clustering/cluster_memory.hpp"
#include "graph/border_join.hpp"
#include "graph/hamming_graph.hpp"

namespace clustcr {
namespace {

// Rows of a unit of many components: a data frame's worth.
constexpr std::uint64_t kUnitRows = 1 << 18;

// Where a sequence without neighbours goes: units end at every so-many-th of
// them in alphabetical order, told from a sample.
class SingletonUnits {
 public:
  static constexpr std::size_t kEvery = 256;  // one in so many is sampled

  void count(std::string_view sequence) {
    if (seen_++ % kEvery == 0) sample_.emplace_back(sequence);
  }
  // Returns the number of units.
  std::size_t divide(std::uint64_t rows_per_unit) {
    std::sort(sample_.begin(), sample_.end());
    const std::size_t step = std::max<std::size_t>(1, rows_per_unit / kEvery);
    for (std::size_t i = step; i < sample_.size(); i += step)
      ends_.push_back(sample_[i]);
    return seen_ == 0 ? 0 : ends_.size() + 1;
  }
  std::size_t unit_of(std::string_view sequence) const {
    return static_cast<std::size_t>(
        std::upper_bound(ends_.begin(), ends_.end(), sequence) - ends_.begin());
  }

 private:
  std::size_t seen_ = 0;
  std::vector<std::string> sample_, ends_;
};

// Appends rows to unit files, one open at a time.
class UnitFiles {
 public:
  UnitFiles(const PreclusterStore& store, ClusterPlan* plan,
            std::uint64_t memory_limit)
      : store_(store),
        plan_(plan),
        memory_limit_(memory_limit),
        buffers_(plan->units.size()) {}

  void add(std::size_t unit, std::string_view sequence,
           std::uint32_t precluster) {
    const std::string row = unit_row(sequence, precluster);
    buffers_[unit] += row;
    ++plan_->units[unit].rows;
    buffered_ += row.size();
    if (buffered_ > memory_limit_) flush();
  }

  void flush() {
    if (free_space(store_.directory()) < buffered_)
      throw StoreError("the disk of '" + store_.directory() + "' is full: " +
                           std::to_string(buffered_) + " bytes are needed",
                       "disk_full");
    for (std::size_t u = 0; u < buffers_.size(); ++u) {
      PlanUnit& unit = plan_->units[u];
      if (buffers_[u].empty() && unit.bytes > 0) continue;
      File file(unit_path(store_, u), File::Mode::kWrite);
      if (unit.bytes == 0) file.truncate(0);
      file.write_at(unit.bytes, buffers_[u]);
      unit.bytes += buffers_[u].size();
      unit.check = crc32c(buffers_[u], unit.check);
      buffers_[u].clear();
    }
    buffered_ = 0;
  }

 private:
  const PreclusterStore& store_;
  ClusterPlan* plan_;
  std::uint64_t memory_limit_;
  std::vector<std::string> buffers_;
  std::uint64_t buffered_ = 0;
};

class PlanBuilder {
 public:
  PlanBuilder(const PreclusterStore& store, const PlanOptions& options,
              const Execution& execution)
      : store_(store),
        options_(options),
        execution_(execution),
        preclusters_(store, options.memory_limit / 4) {}

  ClusterPlan build() {
    remove_plan(store_);
    make_folders(plan_folder(store_));
    plan_.batches = static_cast<std::uint32_t>(store_.batches().size());
    plan_.singletons = options_.singletons;
    plan_.memory_limit = options_.memory_limit;
    std::uint64_t rows = 0;
    for (std::size_t p = 0; p < store_.manifest().preclusters; ++p)
      rows += store_.end_of(p).rows;
    join_ = join_borders(&preclusters_, plan_folder(store_), rows,
                         options_.memory_limit / 2, execution_);
    plan_.edges = join_.edges;
    plan_.edges_within = join_.edges_within;
    find_smallest();
    assign_units();
    write_units();
    count_divided();
    write_plan(store_, plan_);
    return std::move(plan_);
  }

 private:
  // The smallest sequence of each component; and what singletons there are.
  void find_smallest() {
    smallest_.resize(join_.component_size.size());
    preclusters_.for_each(
        execution_, [&](std::size_t p, const SequenceSet& set) {
          for (std::size_t i = 0; i < set.size(); ++i) {
            const std::uint32_t c = join_.component[join_.first[p] + i];
            if (c != BorderJoin::kAlone) {
              if (smallest_[c].empty() || set[i] < smallest_[c])
                smallest_[c] = set[i];
            } else if (options_.singletons) {
              singletons_.count(set[i]);
            }
          }
        });
  }

  void assign_units() {
    std::vector<std::uint32_t> order(join_.component_size.size());
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(),
              [&](std::uint32_t a, std::uint32_t b) {
                const std::uint32_t m = join_.component_size[a];
                const std::uint32_t n = join_.component_size[b];
                return m != n ? m > n : smallest_[a] < smallest_[b];
              });
    unit_of_.resize(order.size());
    std::uint64_t bytes = 0, rows = 0;
    for (const std::uint32_t c : order) {
      const std::uint64_t size = join_.component_size[c];
      const std::uint64_t cost =
          size * (kClusterBytesPerRow + kClusterBytesPerNode);
      const bool full =
          bytes + cost > options_.memory_limit || rows + size > kUnitRows;
      if (plan_.units.empty() || plan_.units.back().divided || full) {
        plan_.units.emplace_back();
        bytes = rows = 0;
      }
      if (cost > options_.memory_limit) plan_.units.back().divided = true;
      unit_of_[c] = static_cast<std::uint32_t>(plan_.units.size() - 1);
      bytes += cost;
      rows += size;
    }
    first_singleton_unit_ = plan_.units.size();
    plan_.units.resize(first_singleton_unit_ + singletons_.divide(kUnitRows));
  }

  void write_units() {
    UnitFiles files(store_, &plan_, options_.memory_limit / 8);
    preclusters_.for_each(
        execution_, [&](std::size_t p, const SequenceSet& set) {
          for (std::size_t i = 0; i < set.size(); ++i) {
            const std::uint32_t c = join_.component[join_.first[p] + i];
            if (c != BorderJoin::kAlone)
              files.add(unit_of_[c], set[i], static_cast<std::uint32_t>(p));
            else if (options_.singletons)
              files.add(first_singleton_unit_ + singletons_.unit_of(set[i]),
                        set[i], static_cast<std::uint32_t>(p));
          }
        });
    files.flush();
  }

  // What dividing costs: the edges between the parts.
  void count_divided() {
    for (std::size_t u = 0; u < plan_.units.size(); ++u) {
      if (!plan_.units[u].divided) continue;
      const UnitRows rows = read_unit(store_, plan_, u);
      plan_.divided_sequences += rows.sequences.size();
      for (const Edge& e : hamming_pairs(rows.sequences, execution_))
        if (rows.precluster[e.first] != rows.precluster[e.second])
          ++plan_.divided_edges_lost;
    }
  }

  const PreclusterStore& store_;
  PlanOptions options_;
  Execution execution_;
  UniquePreclusters preclusters_;
  ClusterPlan plan_;
  BorderJoin join_;
  std::vector<std::string> smallest_;
  std::vector<std::uint32_t> unit_of_;
  SingletonUnits singletons_;
  std::size_t first_singleton_unit_ = 0;
};

}  // namespace

ClusterPlan plan_units(const PreclusterStore& store, const PlanOptions& options,
                       const Execution& execution) {
  ClusterPlan plan;
  if (read_plan(store, options.singletons, options.memory_limit, &plan))
    return plan;
  return PlanBuilder(store, options, execution).build();
}

}  // namespace clustcr
