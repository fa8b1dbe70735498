#include <RcppEigen.h>

#include "core/statistics/association.hpp"
#include "core/statistics/association_levels.hpp"
#include "core/statistics/association_many.hpp"
#include "core/statistics/association_numbers.hpp"
#include "core/statistics/association_paired.hpp"
#include "core/statistics/association_stratified.hpp"
#include "core/statistics/association_survival.hpp"
#include "r_association.hpp"
#include "r_ports.hpp"

namespace {

// `stratum` of the options, counted from 1 in R; nothing where there are none.
std::vector<std::uint32_t> strata_of(const Rcpp::List& options) {
  std::vector<std::uint32_t> found;
  if (!options.containsElementNamed("stratum")) return found;
  for (const int s : Rcpp::as<Rcpp::IntegerVector>(options["stratum"]))
    found.push_back(static_cast<std::uint32_t>(s - 1));
  return found;
}

// 1 of a case, 0 of a control, NA of a sample that is left out; of groups from
// 0 on.
clustcr::Cohort cohort_of(const Rcpp::IntegerVector& is_case,
                          const Rcpp::List& options) {
  clustcr::Cohort cohort;
  for (const int label : is_case) {
    if (label == NA_INTEGER) {
      cohort.sample_of_column.push_back(clustcr::Cohort::kLeftOut);
      continue;
    }
    cohort.sample_of_column.push_back(static_cast<int>(cohort.samples()));
    cohort.is_case.push_back(static_cast<std::uint8_t>(label));
  }
  cohort.stratum = strata_of(options);
  return cohort;
}

// A row for each sample; NA where it is not known.
clustcr::Phenotypes phenotypes_of(const Rcpp::IntegerMatrix& labels) {
  clustcr::Phenotypes found;
  found.samples = static_cast<std::size_t>(labels.nrow());
  found.phenotypes = static_cast<std::size_t>(labels.ncol());
  for (const int label : labels)
    found.labels.push_back(label == NA_INTEGER ? clustcr::Phenotypes::kMissing
                           : label == 1        ? clustcr::Phenotypes::kCase
                                               : clustcr::Phenotypes::kControl);
  return found;
}

struct Limits {
  explicit Limits(const std::vector<clustcr::Estimate>& estimates)
      : estimate(estimates.size()),
        low(estimates.size()),
        high(estimates.size()) {
    for (std::size_t i = 0; i < estimates.size(); ++i) {
      estimate[i] = estimates[i].value;
      low[i] = estimates[i].low;
      high[i] = estimates[i].high;
    }
  }
  Rcpp::NumericVector estimate, low, high;
};

// What was found of all blocks where the matrix is one of several.
struct AllBlocks {
  explicit AllBlocks(const Rcpp::List& options)
      : p_values(numbers(options, "all_p_values")),
        keys(numbers(options, "all_keys")) {}
  std::vector<double> p_values, keys;

 private:
  static std::vector<double> numbers(const Rcpp::List& options,
                                     const char* name) {
    if (!options.containsElementNamed(name)) return {};
    return Rcpp::as<std::vector<double>>(options[name]);
  }
};

void fill_options(const Rcpp::List& options, clustcr::AssociationOptions* o,
                  const AllBlocks* all = nullptr) {
  o->min_samples =
      static_cast<std::size_t>(Rcpp::as<double>(options["min_samples"]));
  o->confidence = Rcpp::as<double>(options["confidence"]);
  o->quantile = Rcpp::as<double>(options["quantile"]);
  o->permutations =
      static_cast<std::size_t>(Rcpp::as<double>(options["permutations"]));
  o->seed = static_cast<std::uint64_t>(Rcpp::as<double>(options["seed"]));
  o->alpha = Rcpp::as<double>(options["alpha"]);
  if (!all || all->p_values.empty()) return;
  o->all_p_values = &all->p_values;
  o->all_keys = all->keys.empty() ? &all->p_values : &all->keys;
}

clustcr::ManyOptions many_options(const Rcpp::List& options) {
  clustcr::ManyOptions o;
  fill_options(options, &o);
  o.max_rows = static_cast<std::size_t>(Rcpp::as<double>(options["max_rows"]));
  o.stratum = strata_of(options);
  if (options.containsElementNamed("shuffle_bytes"))
    o.shuffle_bytes =
        static_cast<std::size_t>(Rcpp::as<double>(options["shuffle_bytes"]));
  return o;
}

Rcpp::List wrapped(const clustcr::ManyAssociation& found) {
  const Limits limits(found.estimate);
  const auto integers = [](const auto& x) {
    return Rcpp::IntegerVector(x.begin(), x.end());
  };
  const auto numbers = [](const auto& x) {
    return Rcpp::NumericVector(x.begin(), x.end());
  };
  using Rcpp::_;
  return Rcpp::List::create(
      _["cluster"] = integers(found.cluster),
      _["phenotype"] = integers(found.phenotype),
      _["estimate"] = limits.estimate, _["conf_low"] = limits.low,
      _["conf_high"] = limits.high, _["p_value"] = numbers(found.p_value),
      _["q_value"] = numbers(found.q_value),
      _["n_samples"] = integers(found.carriers),
      _["n_case"] = integers(found.case_carriers), _["fdr"] = found.fdr,
      _["tested"] = numbers(found.tested),
      _["passing"] = numbers(found.passing), _["smallest"] = found.smallest,
      _["reachable"] = static_cast<double>(found.reachable),
      _["passing_by_chance"] = numbers(found.passing_by_chance),
      _["smallest_by_chance"] = numbers(found.smallest_by_chance));
}

Rcpp::List wrapped(const clustcr::Association& found) {
  const Limits limits(found.estimate);
  using Rcpp::_;
  const auto integers = [](const auto& x) {
    return Rcpp::IntegerVector(x.begin(), x.end());
  };
  return Rcpp::List::create(
      _["estimate"] = limits.estimate, _["conf_low"] = limits.low,
      _["conf_high"] = limits.high, _["p_value"] = Rcpp::wrap(found.p_value),
      _["n_case"] = integers(found.case_samples),
      _["n_control"] = integers(found.control_samples),
      _["marked"] =
          Rcpp::LogicalVector(found.marked.begin(), found.marked.end()),
      _["key"] = Rcpp::wrap(found.key), _["fdr"] = Rcpp::wrap(found.fdr),
      _["passing_by_chance"] = integers(found.passing_by_chance),
      _["smallest_by_chance"] = Rcpp::wrap(found.smallest_by_chance),
      _["passing"] = static_cast<double>(found.passing),
      _["at_place"] =
          Rcpp::NumericVector(found.at_place.begin(), found.at_place.end()));
}

}  // namespace

// `base`: for logistic regression, the intercept and the covariates of the
// samples that take part, orthogonal and of mean square 1; of pairs their
// differences. `options` of this and of the other tests may have `all_p_values`
// (and `all_keys`, where tests have keys): `x` is then a block of several.
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_associate(Eigen::Map<Eigen::SparseMatrix<double>> x,
                         Rcpp::IntegerVector is_case, std::string test,
                         Eigen::MatrixXd base, Rcpp::List options,
                         int threads) {
  clustcr_r::RHost host;
  return clustcr_r::guarded([&] {
    const clustcr::SparseColumns matrix = clustcr_r::columns_of(x);
    const clustcr::Cohort cohort = cohort_of(is_case, options);
    const clustcr::Execution execution = clustcr_r::execution(threads, &host);
    const AllBlocks all(options);
    clustcr::AssociationOptions o;
    fill_options(options, &o, &all);
    if (test == "fisher")
      return wrapped(clustcr::associate_fisher(matrix, cohort, o, execution));
    if (test == "stratified")
      return wrapped(
          clustcr::associate_stratified(matrix, cohort, o, execution));
    if (test == "signed_rank")
      return wrapped(
          clustcr::associate_signed_rank(matrix, cohort, o, execution));
    if (test == "paired_logistic")
      return wrapped(clustcr::associate_paired_logistic(matrix, cohort, base, o,
                                                        execution));
    if (test == "wilcoxon")
      return wrapped(clustcr::associate_wilcoxon(matrix, cohort, o, execution));
    return wrapped(
        clustcr::associate_logistic(matrix, cohort, base, o, execution));
  });
}

// `labels`: of samples (rows) and phenotypes 1 of a case, 0 of a control, NA of
// what is not known.
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_associate_many(Eigen::Map<Eigen::SparseMatrix<double>> x,
                              Rcpp::IntegerMatrix labels, Rcpp::List options,
                              int threads) {
  clustcr_r::RHost host;
  return clustcr_r::guarded([&] {
    return wrapped(clustcr::associate_many(
        clustcr_r::columns_of(x), phenotypes_of(labels), many_options(options),
        clustcr_r::execution(threads, &host)));
  });
}

// The same of blocks, see ManyTests: cpp_many_block() of each, cpp_many_next()
// after them, until that is false; then cpp_many_result().
// [[Rcpp::export(rng = false)]]
SEXP cpp_many_tests(Rcpp::IntegerMatrix labels, Rcpp::List options) {
  return clustcr_r::guarded([&]() -> SEXP {
    return Rcpp::XPtr<clustcr::ManyTests>(
        new clustcr::ManyTests(phenotypes_of(labels), many_options(options)));
  });
}

// The rows of the block, from 1, that the result will have.
// [[Rcpp::export(rng = false)]]
Rcpp::IntegerVector cpp_many_block(SEXP tests,
                                   Eigen::Map<Eigen::SparseMatrix<double>> x,
                                   int threads) {
  clustcr_r::RHost host;
  return clustcr_r::guarded([&] {
    const std::vector<std::uint32_t> rows =
        Rcpp::XPtr<clustcr::ManyTests>(tests)->block(
            clustcr_r::columns_of(x), clustcr_r::execution(threads, &host));
    Rcpp::IntegerVector found(rows.begin(), rows.end());
    for (int& row : found) ++row;
    return found;
  });
}

// [[Rcpp::export(rng = false)]]
bool cpp_many_next(SEXP tests, int threads) {
  clustcr_r::RHost host;
  return clustcr_r::guarded([&] {
    return Rcpp::XPtr<clustcr::ManyTests>(tests)->next(
        clustcr_r::execution(threads, &host));
  });
}

// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_many_result(SEXP tests) {
  return clustcr_r::guarded(
      [&] { return wrapped(Rcpp::XPtr<clustcr::ManyTests>(tests)->result()); });
}

// Of each p-value of all blocks its fdr, by the sums of their `at_place`.
// [[Rcpp::export(rng = false)]]
std::vector<double> cpp_block_fdr(Rcpp::NumericVector at_place,
                                  Rcpp::List options) {
  return clustcr_r::guarded([&] {
    const AllBlocks all(options);
    clustcr::AssociationOptions o;
    fill_options(options, &o, &all);
    return clustcr::block_fdr(
        std::vector<std::uint64_t>(at_place.begin(), at_place.end()), o);
  });
}

// list(q_value, cutoff): see step_up(). `all`: vectors, of which what is
// missing does not count.
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_step_up(Rcpp::NumericVector p_values, Rcpp::List all,
                       double alpha) {
  return clustcr_r::guarded([&] {
    std::size_t n = 0;
    for (const Rcpp::NumericVector part : all)
      n += static_cast<std::size_t>(part.size());
    std::vector<double> joined;
    joined.reserve(n);
    for (const Rcpp::NumericVector part : all)
      for (const double p : part)
        if (p == p) joined.push_back(p);
    const clustcr::StepUp found = clustcr::step_up(
        Rcpp::as<std::vector<double>>(p_values), &joined, alpha);
    return Rcpp::List::create(Rcpp::_["q_value"] = Rcpp::wrap(found.q_value),
                              Rcpp::_["cutoff"] = found.cutoff);
  });
}

// `group`: from 0 on, NA of a sample that is left out.
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_associate_levels(Eigen::Map<Eigen::SparseMatrix<double>> x,
                                Rcpp::IntegerVector group, int levels,
                                std::string test, Rcpp::List options,
                                int threads) {
  clustcr_r::RHost host;
  return clustcr_r::guarded([&] {
    const clustcr::Cohort cohort = cohort_of(group, options);
    const AllBlocks all(options);
    clustcr::AssociationOptions o;
    fill_options(options, &o, &all);
    const auto associate =
        test == "chisq" ? clustcr::associate_chisq : clustcr::associate_kruskal;
    return wrapped(associate(clustcr_r::columns_of(x), cohort,
                             static_cast<std::size_t>(levels), o,
                             clustcr_r::execution(threads, &host)));
  });
}

// `used`: 0 of a sample that takes part, NA of another; `residual` and `base`
// are of those that do.
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_associate_numbers(Eigen::Map<Eigen::SparseMatrix<double>> x,
                                 Rcpp::IntegerVector used,
                                 Rcpp::NumericVector residual, bool ranks,
                                 double quantile, Eigen::MatrixXd base,
                                 Rcpp::List options, int threads) {
  clustcr_r::RHost host;
  return clustcr_r::guarded([&] {
    const clustcr::Cohort cohort = cohort_of(used, options);
    const AllBlocks all(options);
    clustcr::AssociationOptions o;
    fill_options(options, &o, &all);
    clustcr::Numbers numbers;
    numbers.residual.assign(residual.begin(), residual.end());
    numbers.ranks = ranks;
    numbers.quantile = quantile;
    return wrapped(clustcr::associate_numbers(
        clustcr_r::columns_of(x), cohort, numbers, base, o,
        clustcr_r::execution(threads, &host)));
  });
}

// `parts`: of the samples that take part, as in association_survival.hpp.
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_associate_survival(Eigen::Map<Eigen::SparseMatrix<double>> x,
                                  Rcpp::IntegerVector used, Rcpp::List parts,
                                  Rcpp::List options, int threads) {
  clustcr_r::RHost host;
  return clustcr_r::guarded([&] {
    const clustcr::Cohort cohort = cohort_of(used, options);
    const AllBlocks all(options);
    clustcr::AssociationOptions o;
    fill_options(options, &o, &all);
    clustcr::Survival survival;
    survival.residual = Rcpp::as<std::vector<double>>(parts["residual"]);
    survival.hazard = Rcpp::as<std::vector<double>>(parts["hazard"]);
    survival.risk = Rcpp::as<std::vector<double>>(parts["risk"]);
    survival.squared = Rcpp::as<std::vector<double>>(parts["squared"]);
    survival.shared = Rcpp::as<Eigen::MatrixXd>(parts["shared"]);
    return wrapped(
        clustcr::associate_survival(clustcr_r::columns_of(x), cohort, survival,
                                    o, clustcr_r::execution(threads, &host)));
  });
}
