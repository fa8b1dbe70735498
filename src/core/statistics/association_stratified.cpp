#include "statistics/association_stratified.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "statistics/association_run.hpp"

namespace clustcr {
namespace {

// Probabilities that are kept, of all distributions together.
constexpr std::size_t kMostCells = std::size_t{1} << 22;
// Products of probabilities below the exponential of this are no numbers of
// double precision any more.
constexpr double kTiny = -600;

}  // namespace

StratifiedExact::StratifiedExact(const Cohort& cohort, double confidence)
    : cohort_(cohort), tail_((1 - confidence) / 2), of_(cohort.samples()) {
  std::vector<Kind> strata;
  for (std::size_t i = 0; i < cohort.samples(); ++i) {
    const std::size_t s = cohort.stratum.empty() ? 0 : cohort.stratum[i];
    if (strata.size() <= s) strata.resize(s + 1);
    ++(cohort.is_case[i] ? strata[s].cases : strata[s].controls);
  }
  std::map<std::pair<std::size_t, std::size_t>, std::uint32_t> kinds;
  for (const Kind& stratum : strata) {
    const auto [at, added] =
        kinds.emplace(std::pair(stratum.cases, stratum.controls),
                      static_cast<std::uint32_t>(kinds_.size()));
    if (added) kinds_.push_back(stratum);
    kind_of_.push_back(at->second);
  }
  carriers_.resize(strata.size());
}

// What a row's distribution depends on, in an order of its own.
void StratifiedExact::describe(const ClusterRow& row) {
  touched_.clear();
  for (const SampleValue& entry : row) {
    const std::uint32_t s =
        cohort_.stratum.empty() ? 0 : cohort_.stratum[entry.sample];
    if (carriers_[s]++ == 0) touched_.push_back(s);
  }
  margins_.clear();
  forced_ = 0;
  for (const std::uint32_t s : touched_) {
    const std::uint32_t carriers = carriers_[s];
    carriers_[s] = 0;
    const Kind& kind = kinds_[kind_of_[s]];
    if (kind.controls == 0)
      forced_ += carriers;
    else if (carriers == kind.cases + kind.controls)
      forced_ += kind.cases;
    else if (kind.cases > 0)
      margins_.push_back({kind_of_[s], carriers, 1});
  }
  std::sort(
      margins_.begin(), margins_.end(), [](const Margin& a, const Margin& b) {
        return std::tie(a.kind, a.carriers) < std::tie(b.kind, b.carriers);
      });
  std::size_t last = 0;
  for (std::size_t i = 1; i < margins_.size(); ++i) {
    if (margins_[i].kind == margins_[last].kind &&
        margins_[i].carriers == margins_[last].carriers)
      ++margins_[last].strata;
    else
      margins_[++last] = margins_[i];
  }
  if (!margins_.empty()) margins_.resize(last + 1);
}

StratifiedExact::Tables& StratifiedExact::tables(const ClusterRow& row) {
  describe(row);
  std::string key;
  const auto append = [&](std::uint32_t x) {
    key.append(reinterpret_cast<const char*>(&x), sizeof(x));
  };
  append(static_cast<std::uint32_t>(forced_));
  for (const Margin& margin : margins_) {
    append(margin.kind);
    append(margin.carriers);
    append(margin.strata);
  }
  const auto at = known_.find(key);
  if (at != known_.end()) return *at->second;
  if (cells_ > kMostCells) {
    known_.clear();
    cells_ = 0;
  }
  auto made = std::make_unique<Tables>();
  double least = 0;
  for (const Margin& m : margins_) {
    const Kind& kind = kinds_[m.kind];
    least -= m.strata * of_.choose(kind.cases + kind.controls, m.carriers);
  }
  if (least < kTiny)
    compute<long double>(made.get());
  else
    compute<double>(made.get());
  cells_ += made->p_value.size() + 16;
  return *known_.emplace(std::move(key), std::move(made)).first->second;
}

template <class Real>
void StratifiedExact::compute(Tables* tables) const {
  std::vector<Real> all{1}, one, sum;
  tables->fewest = forced_;
  for (const Margin& m : margins_) {
    const Kind& kind = kinds_[m.kind];
    const std::size_t n = m.carriers;
    const std::size_t low = n > kind.controls ? n - kind.controls : 0;
    one.clear();
    for (std::size_t x = low; x <= std::min(n, kind.cases); ++x)
      one.push_back(std::exp(static_cast<Real>(
          of_.choose(kind.cases, x) + of_.choose(kind.controls, n - x) -
          of_.choose(kind.cases + kind.controls, n))));
    for (std::uint32_t s = 0; s < m.strata; ++s) {
      tables->fewest += low;
      sum.assign(all.size() + one.size() - 1, 0);
      for (std::size_t i = 0; i < all.size(); ++i)
        for (std::size_t j = 0; j < one.size(); ++j)
          sum[i + j] += all[i] * one[j];
      all.swap(sum);
    }
  }
  std::vector<double> probability;
  for (const Real p : all) {
    probability.push_back(static_cast<double>(p));
    tables->log_probability.push_back(static_cast<double>(std::log(p)));
  }
  tables->p_value = two_sided_p(probability);
}

Estimate StratifiedExact::odds_ratio(Tables* tables,
                                     std::size_t case_carriers) const {
  const std::size_t at = case_carriers - tables->fewest;
  const auto known = tables->odds_ratio.find(at);
  if (known != tables->odds_ratio.end()) return known->second;
  double mean = 0, square = 0;
  for (std::size_t x = 0; x < tables->log_probability.size(); ++x) {
    const double p = std::exp(tables->log_probability[x]);
    mean += p * x;
    square += p * x * x;
  }
  const double variance = std::max(square - mean * mean, 1e-3);
  const Estimate found =
      exact_odds_ratio(tables->log_probability, at, tail_,
                       std::clamp((at - mean) / variance, -3.0, 3.0));
  tables->odds_ratio.emplace(at, found);
  return found;
}

namespace {

class StratifiedTest {
 public:
  static constexpr bool kSlow = false, kAfter = false, kKeys = false;
  static std::size_t grain(std::size_t samples, std::size_t shuffles) {
    return at_most(1024, 2000000, samples + shuffles);
  }

  StratifiedTest(const Cohort& cohort, const AssociationOptions& options,
                 const LabelShuffles& shuffles)
      : cohort_(cohort),
        shuffles_(shuffles),
        exact_(cohort, options.confidence) {}

  Outcome observe(const ClusterRow& row) {
    StratifiedExact::Tables& tables = exact_.tables(row);
    const std::size_t at = case_carriers(row, cohort_);
    return {exact_.odds_ratio(&tables, at), tables.p_value[at - tables.fewest],
            false};
  }

  template <class See, class Pool>
  void by_chance(const ClusterRow& row, See&& see, Pool&& pool) {
    const StratifiedExact::Tables& tables = exact_.tables(row);
    times_.assign(tables.p_value.size(), 0);
    shuffles_.for_each_count(row, [&](std::size_t k, std::uint32_t carriers) {
      const std::size_t table = carriers - tables.fewest;
      see(k, tables.p_value[table]);
      ++times_[table];
    });
    for (std::size_t table = 0; table < times_.size(); ++table)
      if (times_[table] > 0) pool(tables.p_value[table], times_[table]);
  }

 private:
  const Cohort& cohort_;
  const LabelShuffles& shuffles_;
  StratifiedExact exact_;
  std::vector<std::uint32_t> times_;
};

}  // namespace

Association associate_stratified(const SparseColumns& matrix,
                                 const Cohort& cohort,
                                 const AssociationOptions& options,
                                 const Execution& execution) {
  const LabelShuffles shuffles(cohort, options.permutations, options.seed);
  return run<StratifiedTest>(matrix, cohort, options, execution, [&] {
    return std::make_unique<StratifiedTest>(cohort, options, shuffles);
  });
}

}  // namespace clustcr
