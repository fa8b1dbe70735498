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

void fill_options(const Rcpp::List& options, clustcr::AssociationOptions* o) {
  o->min_samples =
      static_cast<std::size_t>(Rcpp::as<double>(options["min_samples"]));
  o->confidence = Rcpp::as<double>(options["confidence"]);
  o->quantile = Rcpp::as<double>(options["quantile"]);
  o->permutations =
      static_cast<std::size_t>(Rcpp::as<double>(options["permutations"]));
  o->seed = static_cast<std::uint64_t>(Rcpp::as<double>(options["seed"]));
  o->alpha = Rcpp::as<double>(options["alpha"]);
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
      _["fdr"] = Rcpp::wrap(found.fdr),
      _["passing_by_chance"] = integers(found.passing_by_chance),
      _["smallest_by_chance"] = Rcpp::wrap(found.smallest_by_chance),
      _["passing"] = static_cast<double>(found.passing),
      _["at_place"] =
          Rcpp::NumericVector(found.at_place.begin(), found.at_place.end()));
}

}  // namespace

// `base`: for logistic regression, the intercept and the covariates of the
// samples that take part, orthogonal and of mean square 1. `options` may have
// `all_p_values`: `x` is then a block of several.
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
    clustcr::AssociationOptions o;
    fill_options(options, &o);
    std::vector<double> all;
    if (options.containsElementNamed("all_p_values")) {
      all = Rcpp::as<std::vector<double>>(options["all_p_values"]);
      o.all_p_values = &all;
    }
    if (test == "fisher")
      return wrapped(clustcr::associate_fisher(matrix, cohort, o, execution));
    if (test == "stratified")
      return wrapped(
          clustcr::associate_stratified(matrix, cohort, o, execution));
    if (test == "signed_rank")
      return wrapped(
          clustcr::associate_signed_rank(matrix, cohort, o, execution));
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
    clustcr::ManyOptions o;
    fill_options(options, &o);
    o.max_rows =
        static_cast<std::size_t>(Rcpp::as<double>(options["max_rows"]));
    o.stratum = strata_of(options);
    return wrapped(
        clustcr::associate_many(clustcr_r::columns_of(x), phenotypes_of(labels),
                                o, clustcr_r::execution(threads, &host)));
  });
}

// Of each p-value of all blocks its fdr, by the sums of their `at_place`.
// [[Rcpp::export(rng = false)]]
std::vector<double> cpp_block_fdr(std::vector<double> all_p_values,
                                  Rcpp::NumericVector at_place,
                                  Rcpp::List options) {
  return clustcr_r::guarded([&] {
    clustcr::AssociationOptions o;
    fill_options(options, &o);
    return clustcr::block_fdr(
        all_p_values,
        std::vector<std::uint64_t>(at_place.begin(), at_place.end()), o);
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
    clustcr::AssociationOptions o;
    fill_options(options, &o);
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
    clustcr::AssociationOptions o;
    fill_options(options, &o);
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
    clustcr::AssociationOptions o;
    fill_options(options, &o);
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
