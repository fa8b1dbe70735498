#include "statistics/fold_burdens.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "base/parallel.hpp"
#include "statistics/fisher_limits.hpp"

namespace clustcr {
namespace {

// The samples of each cluster that could be chosen at all.
struct Carriers {
  std::vector<std::uint32_t> cluster;
  std::vector<std::size_t> offsets{0};
  std::vector<std::uint32_t> sample;
};

Carriers carriers_of(const SparseColumns& matrix,
                     const std::vector<std::int32_t>& sample_of_column,
                     std::size_t fewest, const Execution& execution) {
  constexpr std::size_t kRows = 1 << 16;
  Cohort cohort;
  cohort.sample_of_column = sample_of_column;
  Carriers found;
  RowBlock rows;
  CancelPoll poll(execution.host);
  for (std::size_t begin = 0; begin < matrix.rows; begin += kRows) {
    poll.check();
    const std::size_t end = std::min(matrix.rows, begin + kRows);
    rows.fill(matrix, cohort, begin, end);
    for (std::size_t i = begin; i < end; ++i) {
      const ClusterRow row = rows[i - begin];
      if (row.size() < fewest) continue;
      found.cluster.push_back(static_cast<std::uint32_t>(i));
      for (const SampleValue& entry : row) found.sample.push_back(entry.sample);
      found.offsets.push_back(found.sample.size());
    }
  }
  return found;
}

// Cases and all samples, of a fold or of some.
struct Count {
  std::uint32_t cases = 0, all = 0;

  Count operator-(const Count& o) const {
    return {cases - o.cases, all - o.all};
  }
};

// The samples that decide: all but those of two folds, or of one (twice the
// same), or all (none).
struct Decision {
  std::uint32_t first, second;
  const FisherLimits* limits;
  bool is_outer() const { return first == second; }
};

class PlanBurdens {
 public:
  static constexpr std::uint32_t kNone = 0xffffffffu;
  using Limits =
      std::map<std::pair<std::uint32_t, std::uint32_t>, FisherLimits>;

  explicit PlanBurdens(const FoldPlan& plan)
      : plan_(plan), in_fold_(plan.folds) {
    for (std::size_t s = 0; s < plan.fold.size(); ++s) {
      Count& count = in_fold_[plan.fold[s]];
      count.cases += plan.is_case[s];
      ++count.all;
      all_.cases += plan.is_case[s];
      ++all_.all;
    }
    for (std::uint32_t f = 0; f < plan.folds; ++f) {
      decisions_.push_back({f, f, nullptr});
      for (std::uint32_t g = f + 1; plan.folds > 2 && g < plan.folds; ++g)
        decisions_.push_back({f, g, nullptr});
    }
    decisions_.push_back({kNone, kNone, nullptr});
  }

  // Adds the limits that the plan needs.
  void find_limits(double max_p, Limits* limits) {
    for (Decision& decision : decisions_) {
      const Count n = left(all_, in_fold_, decision);
      FisherLimits& of = (*limits)[{n.cases, n.all}];
      if (of.many.empty()) of = fisher_limits(n.cases, n.all - n.cases, max_p);
      decision.limits = &of;
    }
  }

  FoldBurdens operator()(const Carriers& carriers, std::size_t min_samples,
                         std::vector<std::uint32_t>* times_chosen) const {
    const std::size_t samples = plan_.fold.size();
    FoldBurdens found;
    found.burden.assign(plan_.folds * samples, 0);
    found.chosen.assign(plan_.folds, 0);
    found.all_burden.assign(samples, 0);
    std::vector<Count> have(plan_.folds);
    for (std::size_t i = 0; i < carriers.cluster.size(); ++i) {
      const std::uint32_t* const begin =
          carriers.sample.data() + carriers.offsets[i];
      const std::uint32_t* const end =
          carriers.sample.data() + carriers.offsets[i + 1];
      std::fill(have.begin(), have.end(), Count{});
      Count all;
      for (const std::uint32_t* s = begin; s < end; ++s) {
        Count& count = have[plan_.fold[*s]];
        count.cases += plan_.is_case[*s];
        ++count.all;
        all.cases += plan_.is_case[*s];
        ++all.all;
      }
      for (const Decision& decision : decisions_) {
        const Count n = left(all, have, decision);
        if (n.all < min_samples ||
            static_cast<std::int32_t>(n.cases) < decision.limits->many[n.all])
          continue;
        count_burden(decision, begin, end, &found);
        if (decision.first == kNone)
          found.all_chosen.push_back(carriers.cluster[i]);
        else if (decision.is_outer() && times_chosen)
          ++(*times_chosen)[carriers.cluster[i]];
      }
    }
    return found;
  }

 private:
  static Count left(const Count& all, const std::vector<Count>& in_fold,
                    const Decision& decision) {
    if (decision.first == kNone) return all;
    const Count n = all - in_fold[decision.first];
    return decision.is_outer() ? n : n - in_fold[decision.second];
  }

  // A cluster was chosen: those who did not decide have it or not.
  void count_burden(const Decision& decision, const std::uint32_t* begin,
                    const std::uint32_t* end, FoldBurdens* found) const {
    const std::size_t samples = plan_.fold.size();
    const std::uint32_t f = decision.first, g = decision.second;
    if (f == kNone) {
      for (const std::uint32_t* s = begin; s < end; ++s)
        ++found->all_burden[*s];
      return;
    }
    if (decision.is_outer()) ++found->chosen[f];
    for (const std::uint32_t* s = begin; s < end; ++s) {
      const std::uint32_t own = plan_.fold[*s];
      if (decision.is_outer()) {
        if (own == f || plan_.folds == 2) ++found->burden[f * samples + *s];
      } else if (own == g) {
        ++found->burden[f * samples + *s];
      } else if (own == f) {
        ++found->burden[g * samples + *s];
      }
    }
  }

  const FoldPlan& plan_;
  std::vector<Count> in_fold_;
  Count all_;
  std::vector<Decision> decisions_;
};

}  // namespace

FoldResults fold_burdens(const SparseColumns& matrix,
                         const std::vector<std::int32_t>& sample_of_column,
                         const std::vector<FoldPlan>& plans,
                         std::size_t counted, const BurdenOptions& options,
                         const Execution& execution) {
  check_sparse_columns(matrix);
  std::vector<PlanBurdens> work;
  PlanBurdens::Limits limits;
  CancelPoll poll(execution.host);
  for (const FoldPlan& plan : plans) {
    poll.check();
    work.emplace_back(plan);
    work.back().find_limits(options.max_p, &limits);
  }
  std::size_t fewest = matrix.columns + 1;
  for (const auto& entry : limits)
    fewest = std::min(fewest, entry.second.fewest_carriers());
  const Carriers carriers =
      carriers_of(matrix, sample_of_column,
                  std::max(fewest, options.min_samples), execution);

  FoldResults results;
  results.plans.resize(plans.size());
  const int workers = usable_threads(execution.threads);
  std::vector<std::vector<std::uint32_t>> times(workers);
  parallel_for(plans.size(), 1, execution,
               [&](std::size_t p, std::size_t, int w) {
                 if (p < counted) times[w].resize(matrix.rows);
                 results.plans[p] = work[p](carriers, options.min_samples,
                                            p < counted ? &times[w] : nullptr);
               });
  results.times_chosen.assign(matrix.rows, 0);
  for (const std::vector<std::uint32_t>& some : times)
    for (std::size_t i = 0; i < some.size(); ++i)
      results.times_chosen[i] += some[i];
  return results;
}

}  // namespace clustcr
