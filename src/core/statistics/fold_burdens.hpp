// The burden of a sample: how many clusters it has that go with the cases.
// Which clusters do is decided without the samples whose burden is counted: in
// cross-validation, anew for each fold that is held out.
#pragma once
#include <cstdint>
#include <vector>

#include "base/ports.hpp"
#include "statistics/association_rows.hpp"

namespace clustcr {

struct BurdenOptions {
  // A cluster is chosen by Fisher's two-sided p-value, if cases have it more
  // often, and if so many of the samples that decide have it.
  double max_p = 1e-4;
  std::size_t min_samples = 2;
};

// One division of the samples, and their labels.
struct FoldPlan {
  std::vector<std::uint8_t> is_case;  // by sample
  std::vector<std::uint32_t> fold;    // by sample, from 0
  std::uint32_t folds = 0;            // two or more
};

struct FoldBurdens {
  // By fold, then sample, the burden as the model of this fold may see it. Of a
  // sample in the fold: by what was chosen without the fold. Of others, with
  // which the model is fitted: by what was chosen without the fold and without
  // the sample's own, so that theirs is not larger for having been looked at.
  // With two folds nothing would be left; there it is by the other fold's own
  // choice.
  std::vector<std::uint32_t> burden;
  std::vector<std::uint32_t> chosen;  // by fold: how many clusters
  // By what all samples choose together.
  std::vector<std::uint32_t> all_burden;
  std::vector<std::uint32_t> all_chosen;  // the clusters, ascending
};

struct FoldResults {
  std::vector<FoldBurdens> plans;
  // By cluster, in how many folds of the first `counted` plans it was chosen.
  std::vector<std::uint32_t> times_chosen;
};

// `sample_of_column` as Cohort has it.
FoldResults fold_burdens(const SparseColumns& matrix,
                         const std::vector<std::int32_t>& sample_of_column,
                         const std::vector<FoldPlan>& plans,
                         std::size_t counted, const BurdenOptions& options,
                         const Execution& execution);

}  // namespace clustcr
