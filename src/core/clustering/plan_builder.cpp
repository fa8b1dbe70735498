#include "clustering/plan_builder.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include "base/file_io.hpp"
#include "base/parallel.hpp"
#include "base/text_fields.hpp"
#include "clustering/cluster_memory.hpp"
#include "clustering/plan_slices.hpp"
#include "clustering/smallest_receptors.hpp"
#include "graph/component_join.hpp"

namespace clustcr {
namespace {

// More preclusters at a time no longer help the threads, but make the caller
// wait longer for each data frame.
constexpr std::size_t kMostPreclusters = 16;

RunPlan plan_of_preclusters(const Snapshot& snapshot,
                            std::uint64_t memory_limit) {
  RunPlan plan;
  std::size_t end = 0;
  while (end < snapshot.ends.size()) {
    PlanUnit unit;
    unit.first = end;
    std::uint64_t rows = 0;
    while (end < snapshot.ends.size() && end - unit.first < kMostPreclusters) {
      rows += snapshot.ends[end].rows;
      if (end > unit.first && rows * kClusterBytesPerRow > memory_limit) break;
      ++end;
    }
    unit.end = end;
    plan.units.push_back(unit);
  }
  return plan;
}

// Where a receptor without neighbours goes: units end at every so-many-th of
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

class JoinPlanner {
 public:
  JoinPlanner(const PreclusterStore& store, const Snapshot& snapshot,
              const RunSettings& settings, const std::string& folder,
              const Execution& execution)
      : store_(store),
        snapshot_(snapshot),
        settings_(settings),
        folder_(folder),
        execution_(execution),
        parts_(join_parts(store, snapshot, settings)) {}

  RunPlan build() {
    remove_units(folder_);
    make_folders_below(folder_, units_folder(folder_));
    const std::vector<std::string> slices = complete_slices(folder_);
    join_ =
        slices.empty()
            ? join_components(
                  &parts_, join_options(store_, snapshot_, settings_, folder_),
                  execution_)
            : combine_slices(slices);
    plan_.join = true;
    plan_.receptors = join_.component.size();
    plan_.occurrences = join_.occurrences;
    plan_.edges = join_.edges;
    find_smallest();
    assign_units();
    write_units();
    return std::move(plan_);
  }

 private:
  bool is_too_large(std::uint32_t component) const {
    return settings_.divide &&
           unit_bytes(join_.component_size[component]) > settings_.memory_limit;
  }

  // visit(part, receptors, i, component) for all receptors.
  template <class Visit>
  void for_each_receptor(Visit&& visit) {
    parts_.for_each(execution_, [&](std::size_t p, const ReceptorSet& set) {
      for (std::size_t i = 0; i < set.size(); ++i)
        visit(p, set, i, join_.component[join_.first[p] + i]);
    });
  }

  // The smallest receptor of each component; what singletons there are; and
  // how many receptors of a component too large lie in which precluster.
  void find_smallest() {
    smallest_ = SmallestReceptors(join_.component_size.size());
    for_each_receptor([&](std::size_t p, const ReceptorSet& set, std::size_t i,
                          std::uint32_t c) {
      if (c == ComponentJoin::kAlone) {
        if (settings_.singletons) singletons_.count(set.sequences[i]);
        return;
      }
      if (is_too_large(c)) ++rows_in_[c][parts_.precluster_of(p)];
      smallest_.offer(c, set, i);
    });
  }

  void begin_unit() {
    plan_.units.emplace_back();
    bytes_ = rows_ = 0;
  }

  // Runs of preclusters that fit the memory limit: a unit each.
  void divide(std::uint32_t c) {
    std::uint64_t rows = 0;
    for (auto& [precluster, count] : rows_in_[c]) {
      if (rows == 0 || unit_bytes(rows + count) > settings_.memory_limit) {
        begin_unit();
        plan_.units.back().divided = true;
        rows = 0;
      }
      rows += count;
      count = plan_.units.size() - 1;  // from here on the unit
    }
    plan_.divided_receptors += join_.component_size[c];
  }

  void assign_units() {
    std::vector<std::uint32_t> order(join_.component_size.size());
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(),
              [&](std::uint32_t a, std::uint32_t b) {
                const std::uint32_t m = join_.component_size[a];
                const std::uint32_t n = join_.component_size[b];
                return m != n ? m > n : smallest_.less(a, b);
              });
    smallest_ = SmallestReceptors(0);
    unit_of_.resize(order.size());
    for (const std::uint32_t c : order) {
      // What lies in one precluster can't be divided along preclusters.
      const auto rows_in = rows_in_.find(c);
      if (rows_in != rows_in_.end() && rows_in->second.size() > 1) {
        divide(c);
        continue;
      }
      if (rows_in != rows_in_.end()) rows_in_.erase(rows_in);
      const std::uint64_t size = join_.component_size[c];
      if (plan_.units.empty() || plan_.units.back().divided ||
          bytes_ + unit_bytes(size) > settings_.memory_limit ||
          rows_ + size > kUnitRows)
        begin_unit();
      unit_of_[c] = static_cast<std::uint32_t>(plan_.units.size() - 1);
      bytes_ += unit_bytes(size);
      rows_ += size;
    }
    first_singleton_unit_ = plan_.units.size();
    PlanUnit singletons;
    singletons.alone = true;
    plan_.units.resize(first_singleton_unit_ + singletons_.divide(kUnitRows),
                       singletons);
  }

  std::size_t unit_of(std::uint32_t component, std::uint32_t precluster,
                      std::string_view sequence) const {
    if (component == ComponentJoin::kAlone)
      return settings_.singletons
                 ? first_singleton_unit_ + singletons_.unit_of(sequence)
                 : PartitionFiles::kNoPart;
    const auto rows_in = rows_in_.find(component);
    return rows_in == rows_in_.end() ? unit_of_[component]
                                     : rows_in->second.at(precluster);
  }

  void write_units() {
    PartitionFiles files(
        folder_, std::vector<PartitionFiles::End>(plan_.units.size()),
        [this](std::size_t u) { return unit_path(folder_, u); },
        settings_.memory_limit / 8, "units can't be written");
    std::vector<std::size_t> unit;
    parts_.for_each(execution_, [&](std::size_t p, const ReceptorSet& set) {
      const std::uint32_t precluster = parts_.precluster_of(p);
      const std::uint32_t* const component =
          join_.component.data() + join_.first[p];
      unit.resize(set.size());
      parallel_for(set.size(), 1 << 12, execution_,
                   [&](std::size_t begin, std::size_t end, int) {
                     for (std::size_t i = begin; i < end; ++i)
                       unit[i] =
                           unit_of(component[i], precluster, set.sequences[i]);
                   });
      files.append_rows(
          set.size(), execution_, [&](std::size_t i) { return unit[i]; },
          [&](std::size_t i, std::string* row) {
            *row += set.sequences[i];
            *row += '\t';
            append_gene_columns(set.genes_of(i), store_.manifest(), row);
            *row += '\t';
            append_number(precluster + std::uint64_t{1}, row);
            *row += '\t';
            append_samples(set.occurrences, i, row);
            *row += '\n';
            ++plan_.units[unit[i]].rows;
          });
    });
    files.flush(execution_);
    for (std::size_t u = 0; u < plan_.units.size(); ++u)
      plan_.units[u].file = files.end_of(u);
  }

  const PreclusterStore& store_;
  const Snapshot& snapshot_;
  RunSettings settings_;
  std::string folder_;
  Execution execution_;
  ReceptorParts parts_;
  RunPlan plan_;
  ComponentJoin join_;
  SmallestReceptors smallest_{0};
  std::vector<std::uint32_t> unit_of_;
  // Of components too large: receptors by precluster; once they are divided,
  // the unit of each precluster.
  std::map<std::uint32_t, std::map<std::uint32_t, std::uint64_t>> rows_in_;
  std::uint64_t bytes_ = 0, rows_ = 0;  // of the unit being filled
  SingletonUnits singletons_;
  std::size_t first_singleton_unit_ = 0;
};

}  // namespace

RunPlan build_plan(const PreclusterStore& store, const Snapshot& snapshot,
                   const RunSettings& settings, const std::string& folder,
                   const Execution& execution) {
  if (!settings.join)
    return plan_of_preclusters(snapshot, settings.memory_limit);
  return JoinPlanner(store, snapshot, settings, folder, execution).build();
}

}  // namespace clustcr
