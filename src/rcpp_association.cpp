#include <RcppEigen.h>

#include "core/statistics/association.hpp"
#include "r_ports.hpp"

namespace {

// The slots of a dgCMatrix, where they are.
clustcr::SparseColumns columns_of(
    const Eigen::Map<Eigen::SparseMatrix<double>>& x) {
  clustcr::SparseColumns matrix;
  matrix.rows = static_cast<std::size_t>(x.rows());
  matrix.columns = static_cast<std::size_t>(x.cols());
  matrix.starts = x.outerIndexPtr();
  matrix.row_of = x.innerIndexPtr();
  matrix.values = x.valuePtr();
  return matrix;
}

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

Rcpp::List wrapped(const clustcr::Association& found) {
  const R_xlen_t n = static_cast<R_xlen_t>(found.p_value.size());
  Rcpp::NumericVector estimate(n), low(n), high(n);
  for (R_xlen_t i = 0; i < n; ++i) {
    estimate[i] = found.estimate[i].value;
    low[i] = found.estimate[i].low;
    high[i] = found.estimate[i].high;
  }
  using Rcpp::_;
  const auto integers = [](const auto& x) {
    return Rcpp::IntegerVector(x.begin(), x.end());
  };
  return Rcpp::List::create(
      _["estimate"] = estimate, _["conf_low"] = low, _["conf_high"] = high,
      _["p_value"] = Rcpp::wrap(found.p_value),
      _["n_case"] = integers(found.case_samples),
      _["n_control"] = integers(found.control_samples),
      _["penalised"] =
          Rcpp::LogicalVector(found.penalised.begin(), found.penalised.end()),
      _["fdr"] = Rcpp::wrap(found.fdr),
      _["passing_by_chance"] = integers(found.passing_by_chance),
      _["smallest_by_chance"] = Rcpp::wrap(found.smallest_by_chance),
      _["passing"] = static_cast<double>(found.passing));
}

}  // namespace

// `base`: for logistic regression, the intercept and the covariates of the
// samples that take part, orthogonal and of mean square 1.
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_associate(Eigen::Map<Eigen::SparseMatrix<double>> x,
                         Rcpp::IntegerVector is_case, std::string test,
                         Eigen::MatrixXd base, Rcpp::List options,
                         int threads) {
  clustcr_r::RHost host;
  return clustcr_r::guarded([&] {
    const clustcr::SparseColumns matrix = columns_of(x);
    const clustcr::Cohort cohort = cohort_of(is_case);
    const clustcr::Execution execution = clustcr_r::execution(threads, &host);
    clustcr::AssociationOptions o;
    o.min_samples =
        static_cast<std::size_t>(Rcpp::as<double>(options["min_samples"]));
    o.confidence = Rcpp::as<double>(options["confidence"]);
    o.quantile = Rcpp::as<double>(options["quantile"]);
    o.permutations =
        static_cast<std::size_t>(Rcpp::as<double>(options["permutations"]));
    o.seed = static_cast<std::uint64_t>(Rcpp::as<double>(options["seed"]));
    o.alpha = Rcpp::as<double>(options["alpha"]);
    if (test == "fisher")
      return wrapped(clustcr::associate_fisher(matrix, cohort, o, execution));
    if (test == "wilcoxon")
      return wrapped(clustcr::associate_wilcoxon(matrix, cohort, o, execution));
    return wrapped(
        clustcr::associate_logistic(matrix, cohort, base, o, execution));
  });
}
