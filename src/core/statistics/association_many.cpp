#include "statistics/association_many.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <numeric>
#include <tuple>
#include <utility>

#include "base/parallel.hpp"
#include "statistics/association_fisher.hpp"
#include "statistics/association_shuffles.hpp"
#include "statistics/association_tables.hpp"

namespace clustcr {
namespace {

// As for other p-values: equal ones must not differ by the order of sums.
constexpr double kRounding = 1 + 1e-9;
constexpr std::size_t kGrain = 1024;

// So many tests with one p-value; `least`: the smallest that their margins
// allow.
struct Step {
  double p, least;
  std::uint64_t count;
  std::uint32_t phenotype;
};

// The tests of phenotypes with as many cases among as many typed samples: their
// tables have the same p-values.
class Margins {
 public:
  explicit Margins(const PhenotypeBytes& bytes) {
    std::map<std::pair<std::size_t, std::size_t>, std::size_t> known;
    for (std::size_t p = 0; p < bytes.phenotypes(); ++p) {
      const std::size_t cases = bytes.cases(p);
      const std::size_t controls = bytes.samples_typed(p) - cases;
      const auto [at, added] =
          known.emplace(std::pair(cases, controls), members_.size());
      if (added) {
        members_.emplace_back();
        sizes_.emplace_back(cases, controls);
      }
      members_[at->second].push_back(static_cast<std::uint32_t>(p));
      of_.push_back(at->second);
    }
  }

  std::size_t size() const { return members_.size(); }
  std::size_t of(std::size_t phenotype) const { return of_[phenotype]; }
  FisherExact test(std::size_t margin, double confidence) const {
    return FisherExact(sizes_[margin].first, sizes_[margin].second, confidence);
  }

 private:
  std::vector<std::vector<std::uint32_t>> members_;
  std::vector<std::pair<std::size_t, std::size_t>> sizes_;
  std::vector<std::size_t> of_;
};

// The p-values observed, ascending, each with the number of tests that have
// one as small, and its q-value.
class Ladder {
 public:
  Ladder(const std::vector<Step>& steps, double alpha) {
    for (const Step& step : steps) {
      if (p_.empty() || step.p > p_.back() * kRounding) {
        p_.push_back(step.p);
        tests_.push_back(tests_.empty() ? 0 : tests_.back());
      }
      tests_.back() += step.count;
    }
    const double all = static_cast<double>(tests());
    q_.resize(p_.size());
    double least = 1;
    for (std::size_t i = p_.size(); i > 0; --i) {
      least = std::min(least, p_[i - 1] * all / tests_[i - 1]);
      q_[i - 1] = least;
      if (passing_ == 0 && least <= alpha) {
        passing_ = tests_[i - 1];
        cutoff_ = p_[i - 1] * kRounding;
      }
    }
  }

  std::uint64_t tests() const { return tests_.empty() ? 0 : tests_.back(); }
  std::uint64_t passing() const { return passing_; }
  double cutoff() const { return cutoff_; }
  std::size_t size() const { return p_.size(); }
  // The first step that is as large as `p`, but for rounding.
  std::size_t place(double p) const {
    return std::lower_bound(p_.begin(), p_.end(), p / kRounding) - p_.begin();
  }
  double q(double p) const { return q_[place(p)]; }
  std::uint64_t tests(std::size_t place) const { return tests_[place]; }

 private:
  std::vector<double> p_, q_;
  std::vector<std::uint64_t> tests_;
  std::uint64_t passing_ = 0;
  double cutoff_ = -1;
};

}  // namespace

class ManyTests::Passes {
 public:
  Passes(const Phenotypes& phenotypes, const ManyOptions& options)
      : options_(options),
        bytes_(phenotypes),
        margins_(bytes_),
        samples_(phenotypes.samples),
        orders_(phenotypes.samples, options.seed, options.stratum) {
    cohort_.sample_of_column.resize(samples_);
    std::iota(cohort_.sample_of_column.begin(), cohort_.sample_of_column.end(),
              0);
    cohort_.is_case.resize(samples_);
    for (std::size_t m = 0; m < margins_.size(); ++m)
      tests_.push_back(margins_.test(m, options.confidence));
    tables_.emplace_back(bytes_);
    std::vector<std::uint32_t> place(samples_);
    std::iota(place.begin(), place.end(), 0u);
    places_.push_back(std::move(place));
  }

  std::vector<std::uint32_t> block(const SparseColumns& matrix,
                                   const Execution& execution) {
    while (workers_.size() <
           static_cast<std::size_t>(usable_threads(execution.threads)))
      workers_.push_back(std::make_unique<Worker>(bytes_));
    std::vector<std::uint32_t> selected;
    if (pass_ == Pass::kRows)
      selected = select(matrix, execution);
    else
      for (std::size_t k = 0; k < places_.size(); ++k)
        count(matrix, places_[k], &tables_[k], execution);
    first_ += matrix.rows;
    return selected;
  }

  bool next(const Execution& execution) {
    first_ = 0;
    if (pass_ == Pass::kCount) {
      settle(execution);
      pass_ = Pass::kRows;
      return true;
    }
    if (pass_ == Pass::kRows) {
      estimate(execution);
      if (options_.permutations == 0) return false;
      at_place_.assign(ladder_->size() + 1, 0);
      pass_ = Pass::kShuffles;
    } else {
      for (TableCounts& tables : tables_)
        compare_with_chance(steps_of(tables.counted(), execution));
    }
    if (result_.passing_by_chance.size() < options_.permutations) {
      shuffle();
      return true;
    }
    write_fdr();
    return false;
  }

  ManyAssociation result() { return std::move(result_); }

 private:
  enum class Pass { kCount, kRows, kShuffles };
  struct Row {
    double p;
    std::uint32_t phenotype, cluster, carriers, cases;
  };
  struct Worker {
    explicit Worker(const PhenotypeBytes& bytes)
        : counts(bytes), tables(bytes) {}
    RowBlock rows;
    PhenotypeCounts counts;
    TableCounts tables;
    std::vector<Row> wanted;
  };

  // body(cluster, worker) with the counts of that worker those of the cluster.
  template <class Body>
  void for_each_row(const SparseColumns& matrix,
                    const std::vector<std::uint32_t>& place,
                    const Execution& execution, Body&& body) {
    parallel_for(matrix.rows, kGrain, execution,
                 [&](std::size_t begin, std::size_t end, int w) {
                   Worker& own = *workers_[w];
                   own.rows.fill(matrix, cohort_, begin, end);
                   for (std::size_t i = begin; i < end; ++i) {
                     const ClusterRow row = own.rows[i - begin];
                     if (row.size() < options_.min_samples) continue;
                     own.counts.count(row, place);
                     body(i, w);
                   }
                 });
  }

  // Adds the tests of a block. The first worker counts where all are wanted.
  void count(const SparseColumns& matrix,
             const std::vector<std::uint32_t>& place, TableCounts* tables,
             const Execution& execution) {
    for_each_row(matrix, place, execution, [&](std::size_t, int w) {
      const PhenotypeCounts& counts = workers_[w]->counts;
      TableCounts& into = w == 0 ? *tables : workers_[w]->tables;
      for (std::size_t p = 0; p < bytes_.phenotypes(); ++p) {
        const std::size_t carriers = counts.carriers(p);
        if (carriers >= options_.min_samples)
          into.add(p, carriers, counts.case_carriers(p));
      }
    });
    for (std::size_t w = 1; w < workers_.size(); ++w) {
      tables->add(workers_[w]->tables);
      workers_[w]->tables.clear();
    }
  }

  // What the counts of the first pass say of all tests.
  void settle(const Execution& execution) {
    const std::vector<Step> steps = steps_of(tables_[0].counted(), execution);
    ladder_ = std::make_unique<Ladder>(steps, options_.alpha);
    count_by_phenotype(steps, *ladder_, &result_);
    const double reach = ladder_->tests() == 0
                             ? 0
                             : options_.alpha * (ladder_->passing() + 1) /
                                   ladder_->tests() * kRounding;
    const double largest = largest_p(steps, reach, &result_.reachable);
    // All p-values that will be asked for are known by now, so that threads
    // only read.
    ranges_.resize(margins_.size());
    for (auto& range : ranges_) range.resize(samples_ + 1);
    parallel_for(
        margins_.size(), 1, execution, [&](std::size_t m, std::size_t, int) {
          for (std::size_t n = options_.min_samples; n <= samples_; ++n)
            if (tests_[m].knows(n))
              ranges_[m][n] = wanted(m, n, reach, largest);
        });
  }

  // `counted` lies by phenotype: those of one margin by one thread.
  std::vector<Step> steps_of(const std::vector<TableCount>& counted,
                             const Execution& execution) {
    std::vector<std::vector<std::size_t>> parts(margins_.size());
    for (std::size_t i = 0; i < counted.size(); ++i)
      if (i == 0 || counted[i].phenotype != counted[i - 1].phenotype)
        parts[margins_.of(counted[i].phenotype)].push_back(i);
    std::vector<Step> steps(counted.size());
    parallel_for(parts.size(), 1, execution,
                 [&](std::size_t m, std::size_t, int) {
                   for (const std::size_t first : parts[m])
                     for (std::size_t i = first;
                          i < counted.size() &&
                          counted[i].phenotype == counted[first].phenotype;
                          ++i)
                       steps[i] = step_of(counted[i], &tests_[m]);
                 });
    std::sort(steps.begin(), steps.end(),
              [](const Step& a, const Step& b) { return a.p < b.p; });
    return steps;
  }

  static Step step_of(const TableCount& table, FisherExact* test) {
    const std::vector<double>& p = test->p_values(table.carriers);
    return {p[table.case_carriers - test->fewest(table.carriers)],
            std::min(p.front(), p.back()), table.count, table.phenotype};
  }

  void count_by_phenotype(const std::vector<Step>& steps, const Ladder& ladder,
                          ManyAssociation* result) const {
    result->tested.assign(bytes_.phenotypes(), 0);
    result->passing.assign(bytes_.phenotypes(), 0);
    result->smallest.assign(bytes_.phenotypes(),
                            std::numeric_limits<double>::quiet_NaN());
    for (const Step& step : steps) {
      if (result->tested[step.phenotype] == 0)
        result->smallest[step.phenotype] = step.p;
      result->tested[step.phenotype] += step.count;
      if (step.p <= ladder.cutoff())
        result->passing[step.phenotype] += step.count;
    }
  }

  // The largest p-value of a row: of those in reach not more than max_rows have
  // one as small.
  double largest_p(const std::vector<Step>& steps, double reach,
                   std::uint64_t* reachable) const {
    for (const Step& step : steps)
      if (step.least <= reach) *reachable += step.count;
    double largest = -1;
    std::uint64_t rows = 0;
    for (std::size_t i = 0, j = 0; i < steps.size(); i = j) {
      for (; j < steps.size() && steps[j].p <= steps[i].p * kRounding; ++j)
        if (steps[j].least <= reach) rows += steps[j].count;
      if (rows > options_.max_rows) break;
      largest = steps[j - 1].p;
    }
    return largest;
  }

  // A test is wanted by its carriers: so many cases or fewer, or so many or
  // more.
  struct Wanted {
    std::uint32_t most = 0, least = std::numeric_limits<std::uint32_t>::max();
    bool known = false, low = false;
  };

  Wanted wanted(std::size_t margin, std::size_t carriers, double reach,
                double largest) {
    Wanted found;
    found.known = true;
    const std::vector<double>& p = tests_[margin].p_values(carriers);
    if (std::min(p.front(), p.back()) > reach) return found;
    const std::size_t fewest = tests_[margin].fewest(carriers);
    std::size_t low = 0, high = p.size();
    while (low < p.size() && p[low] <= largest) ++low;
    while (high > low && p[high - 1] <= largest) --high;
    found.low = low > 0;
    if (low > 0) found.most = static_cast<std::uint32_t>(fewest + low - 1);
    if (high < p.size())
      found.least = static_cast<std::uint32_t>(fewest + high);
    return found;
  }

  // The clusters of a block that have a wanted row, ascending.
  std::vector<std::uint32_t> select(const SparseColumns& matrix,
                                    const Execution& execution) {
    for_each_row(matrix, places_[0], execution, [&](std::size_t i, int w) {
      Worker& own = *workers_[w];
      for (std::size_t p = 0; p < bytes_.phenotypes(); ++p) {
        const std::size_t carriers = own.counts.carriers(p);
        if (carriers < options_.min_samples) continue;
        const Wanted& range = ranges_[margins_.of(p)][carriers];
        const std::size_t cases = own.counts.case_carriers(p);
        if ((range.low && cases <= range.most) || cases >= range.least)
          own.wanted.push_back({0, static_cast<std::uint32_t>(p),
                                static_cast<std::uint32_t>(i),
                                static_cast<std::uint32_t>(carriers),
                                static_cast<std::uint32_t>(cases)});
      }
    });
    std::vector<std::uint32_t> selected;
    for (const auto& own : workers_) {
      for (Row& row : own->wanted) {
        if (selected.empty() || selected.back() != row.cluster)
          selected.push_back(row.cluster);
        row.cluster += static_cast<std::uint32_t>(first_);
        rows_.push_back(row);
      }
      own->wanted.clear();
    }
    std::sort(selected.begin(), selected.end());
    return selected;
  }

  void estimate(const Execution& execution) {
    for (Row& row : rows_)
      row.p =
          tests_[margins_.of(row.phenotype)].p_value(row.carriers, row.cases);
    std::sort(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) {
      return std::tie(a.p, a.phenotype, a.cluster) <
             std::tie(b.p, b.phenotype, b.cluster);
    });
    std::vector<std::vector<std::size_t>> parts(margins_.size());
    result_.estimate.resize(rows_.size());
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const Row& row = rows_[i];
      parts[margins_.of(row.phenotype)].push_back(i);
      result_.cluster.push_back(row.cluster);
      result_.phenotype.push_back(row.phenotype);
      result_.carriers.push_back(row.carriers);
      result_.case_carriers.push_back(row.cases);
      result_.p_value.push_back(row.p);
      result_.q_value.push_back(ladder_->q(row.p));
    }
    parallel_for(
        parts.size(), 1, execution, [&](std::size_t m, std::size_t, int) {
          for (const std::size_t i : parts[m])
            result_.estimate[i] =
                tests_[m].odds_ratio(rows_[i].carriers, rows_[i].cases);
        });
  }

  // Makes ready for as many shuffles as fit.
  void shuffle() {
    const std::size_t left =
        options_.permutations - result_.passing_by_chance.size();
    const std::size_t fit =
        options_.shuffle_bytes / std::max<std::size_t>(1, tables_[0].bytes());
    const std::size_t n = std::clamp<std::size_t>(fit, 1, left);
    places_.clear();
    while (places_.size() < n) places_.push_back(orders_.next());
    for (TableCounts& tables : tables_) tables.clear();
    while (tables_.size() < n) tables_.emplace_back(bytes_);
    while (tables_.size() > n) tables_.pop_back();
  }

  void compare_with_chance(const std::vector<Step>& steps) {
    std::uint64_t passing = 0;
    double smallest = 1;
    for (const Step& step : steps) {
      if (step.p <= ladder_->cutoff()) passing += step.count;
      smallest = std::min(smallest, step.p);
      at_place_[ladder_->place(step.p)] += step.count;
    }
    result_.passing_by_chance.push_back(passing);
    result_.smallest_by_chance.push_back(smallest);
  }

  void write_fdr() {
    std::vector<double> fdr(ladder_->size());
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < fdr.size(); ++i) {
      seen += at_place_[i];
      fdr[i] = std::min(1.0, static_cast<double>(seen) / options_.permutations /
                                 ladder_->tests(i));
    }
    for (std::size_t i = fdr.size(); i > 1; --i)
      fdr[i - 2] = std::min(fdr[i - 2], fdr[i - 1]);
    for (const double p : result_.p_value)
      result_.fdr.push_back(fdr[ladder_->place(p)]);
  }

  const ManyOptions options_;
  PhenotypeBytes bytes_;
  Margins margins_;
  std::size_t samples_;
  Cohort cohort_;
  std::vector<FisherExact> tests_;
  std::vector<std::unique_ptr<Worker>> workers_;

  Pass pass_ = Pass::kCount;
  std::size_t first_ = 0;  // the number of the block's first cluster
  // Of each shuffle of a pass (of the data in the first two): who is where, and
  // what was counted.
  std::vector<std::vector<std::uint32_t>> places_;
  std::vector<TableCounts> tables_;
  SampleOrders orders_;

  std::unique_ptr<Ladder> ladder_;
  std::vector<std::vector<Wanted>> ranges_;  // by margin, then carriers
  std::vector<Row> rows_;
  std::vector<std::uint64_t> at_place_;
  ManyAssociation result_;
};

ManyTests::ManyTests(const Phenotypes& phenotypes, const ManyOptions& options)
    : passes_(std::make_unique<Passes>(phenotypes, options)) {}
ManyTests::~ManyTests() = default;
std::vector<std::uint32_t> ManyTests::block(const SparseColumns& matrix,
                                            const Execution& execution) {
  check_sparse_columns(matrix);
  return passes_->block(matrix, execution);
}
bool ManyTests::next(const Execution& execution) {
  return passes_->next(execution);
}
ManyAssociation ManyTests::result() { return passes_->result(); }

ManyAssociation associate_many(const SparseColumns& matrix,
                               const Phenotypes& phenotypes,
                               const ManyOptions& options,
                               const Execution& execution) {
  ManyTests tests(phenotypes, options);
  do tests.block(matrix, execution);
  while (tests.next(execution));
  return tests.result();
}

}  // namespace clustcr
