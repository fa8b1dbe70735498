#include <RcppEigen.h>

#include "core/statistics/fisher_limits.hpp"
#include "core/statistics/fold_burdens.hpp"
#include "r_association.hpp"
#include "r_ports.hpp"

namespace {

Rcpp::IntegerVector integers(const std::vector<std::uint32_t>& x) {
  return Rcpp::IntegerVector(x.begin(), x.end());
}

// `label` and `fold`: a column for each plan; folds count from 1.
std::vector<clustcr::FoldPlan> plans_of(const Rcpp::IntegerMatrix& label,
                                        const Rcpp::IntegerMatrix& fold) {
  std::vector<clustcr::FoldPlan> plans(label.ncol());
  for (int p = 0; p < label.ncol(); ++p)
    for (int s = 0; s < label.nrow(); ++s) {
      const auto own = static_cast<std::uint32_t>(fold(s, p));
      plans[p].is_case.push_back(label(s, p) == 1);
      plans[p].fold.push_back(own - 1);
      plans[p].folds = std::max(plans[p].folds, own);
    }
  return plans;
}

Rcpp::List wrapped(const clustcr::FoldBurdens& found, int samples) {
  const int folds = static_cast<int>(found.chosen.size());
  Rcpp::IntegerMatrix burden(samples, folds);
  std::copy(found.burden.begin(), found.burden.end(), burden.begin());
  Rcpp::IntegerVector all = integers(found.all_chosen);
  for (int& cluster : all) ++cluster;
  return Rcpp::List::create(Rcpp::_["burden"] = burden,
                            Rcpp::_["chosen"] = integers(found.chosen),
                            Rcpp::_["all_burden"] = integers(found.all_burden),
                            Rcpp::_["all_chosen"] = all);
}

}  // namespace

// `sample`: of each column of `x` its row of `label` and `fold`, NA where it is
// left out. list(plans, times_chosen), the latter over the first `counted`
// plans.
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_fold_burdens(Eigen::Map<Eigen::SparseMatrix<double>> x,
                            Rcpp::IntegerVector sample,
                            Rcpp::IntegerMatrix label, Rcpp::IntegerMatrix fold,
                            double counted, double max_p, double min_samples,
                            int threads) {
  clustcr_r::RHost host;
  return clustcr_r::guarded([&] {
    std::vector<std::int32_t> sample_of_column;
    for (const int s : sample)
      sample_of_column.push_back(s == NA_INTEGER ? clustcr::Cohort::kLeftOut
                                                 : s - 1);
    clustcr::BurdenOptions options;
    options.max_p = max_p;
    options.min_samples = static_cast<std::size_t>(min_samples);
    const clustcr::FoldResults found = clustcr::fold_burdens(
        clustcr_r::columns_of(x), sample_of_column, plans_of(label, fold),
        static_cast<std::size_t>(counted), options,
        clustcr_r::execution(threads, &host));
    Rcpp::List plans(static_cast<R_xlen_t>(found.plans.size()));
    for (std::size_t p = 0; p < found.plans.size(); ++p)
      plans[static_cast<R_xlen_t>(p)] = wrapped(found.plans[p], label.nrow());
    return Rcpp::List::create(
        Rcpp::_["plans"] = plans,
        Rcpp::_["times_chosen"] = integers(found.times_chosen));
  });
}

// list(few, many), by carriers from 0: see fisher_limits.hpp.
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_fisher_limits(double cases, double controls, double max_p) {
  return clustcr_r::guarded([&] {
    const clustcr::FisherLimits limits =
        clustcr::fisher_limits(static_cast<std::size_t>(cases),
                               static_cast<std::size_t>(controls), max_p);
    return Rcpp::List::create(Rcpp::_["few"] = Rcpp::IntegerVector(
                                  limits.few.begin(), limits.few.end()),
                              Rcpp::_["many"] = Rcpp::IntegerVector(
                                  limits.many.begin(), limits.many.end()));
  });
}
