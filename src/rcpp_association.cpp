#include <RcppEigen.h>

#include "core/statistics/association.hpp"
#include "core/statistics/association_many.hpp"
#include "r_association.hpp"
#include "r_ports.hpp"

namespace {

// 1 of a case, 0 of a control, NA of a sample that is left out.
clustcr::Cohort cohort_of(const Rcpp::IntegerVector& is_case) {
  clustcr::Cohort cohort;
  for (const int label : is_case) {
    if (label == NA_INTEGER) {
      cohort.sample_of_column.push_back(clustcr::Cohort::kLeftOut);
      continue;
    }
    cohort.sample_of_column.push_back(static_cast<int>(cohort.samples()));
    cohort.is_case.push_back(label == 1);
  }
  return cohort;
}

// Strata are counted from 1 in R.
std::vector<std::uint32_t> strata_of(const Rcpp::IntegerVector& stratum) {
  std::vector<std::uint32_t> found;
  for (const int s : stratum)
    found.push_back(static_cast<std::uint32_t>(s - 1));
  return found;
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
      _["penalised"] =
          Rcpp::LogicalVector(found.penalised.begin(), found.penalised.end()),
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
    const clustcr::Cohort cohort = cohort_of(is_case);
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
    if (test == "wilcoxon")
      return wrapped(clustcr::associate_wilcoxon(matrix, cohort, o, execution));
    return wrapped(
        clustcr::associate_logistic(matrix, cohort, base, o, execution));
  });
}

// `labels`: of samples (rows) and phenotypes 1 of a case, 0 of a control, NA of
// what is not known; `stratum`: of each sample its stratum, or nothing.
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_associate_many(Eigen::Map<Eigen::SparseMatrix<double>> x,
                              Rcpp::IntegerMatrix labels,
                              Rcpp::IntegerVector stratum, Rcpp::List options,
                              int threads) {
  clustcr_r::RHost host;
  return clustcr_r::guarded([&] {
    clustcr::ManyOptions o;
    fill_options(options, &o);
    o.max_rows =
        static_cast<std::size_t>(Rcpp::as<double>(options["max_rows"]));
    o.stratum = strata_of(stratum);
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
