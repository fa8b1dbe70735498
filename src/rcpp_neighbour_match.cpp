#include "core/graph/neighbour_match.hpp"
#include "core/graph/tcrdist.hpp"
#include "r_ports.hpp"
#include "r_sequences.hpp"
#include "r_settings.hpp"

namespace {

// found(pair) for each row of the one and each of the other that are the same
// receptor or neighbours.
template <class Found>
void match_rows(const clustcr::ReceptorSet& held, const Rcpp::List& others,
                const Rcpp::List& rule, int threads, Found&& found) {
  clustcr_r::RHost host;
  clustcr::NeighbourMatch match(held, clustcr_r::neighbour_rule(rule),
                                clustcr::NeighbourMatch::kBlockRows,
                                clustcr_r::execution(threads, &host));
  match.add(
      clustcr_r::receptor_rows(others),
      [](std::size_t i) { return static_cast<std::uint32_t>(i); }, found);
  match.flush(found);
}

}  // namespace

// Of each of `held` how many of `others` are the same or neighbours. Both are
// list(junction_aa, v_call, j_call) of valid rows, with empty columns for genes
// that do not count.
// [[Rcpp::export(rng = false)]]
Rcpp::NumericVector cpp_count_matches(Rcpp::List held, Rcpp::List others,
                                      Rcpp::List rule, int threads) {
  return clustcr_r::guarded([&] {
    const clustcr::ReceptorSet set = clustcr_r::receptor_rows(held);
    Rcpp::NumericVector counts(static_cast<R_xlen_t>(set.size()));
    match_rows(set, others, rule, threads,
               [&](const clustcr::NeighbourPair& p) { ++counts[p.held]; });
    return counts;
  });
}

// Of each of `held` (row) how many are at each TCRdist, in steps of 3 (column).
// [[Rcpp::export(rng = false)]]
Rcpp::NumericMatrix cpp_count_by_distance(Rcpp::List held, Rcpp::List others,
                                          Rcpp::List rule, int threads) {
  return clustcr_r::guarded([&] {
    const clustcr::ReceptorSet set = clustcr_r::receptor_rows(held);
    const int steps =
        clustcr::tcrdist_most_steps(clustcr_r::neighbour_rule(rule));
    Rcpp::NumericMatrix counts(static_cast<int>(set.size()), steps + 1);
    match_rows(set, others, rule, threads,
               [&](const clustcr::NeighbourPair& p) {
                 ++counts(static_cast<int>(p.held),
                          static_cast<int>(p.distance) / clustcr::kTcrdistStep);
               });
    return counts;
  });
}

// The same as pairs of rows, from 1.
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_match_pairs(Rcpp::List held, Rcpp::List others, Rcpp::List rule,
                           int threads) {
  return clustcr_r::guarded([&] {
    const clustcr::ReceptorSet set = clustcr_r::receptor_rows(held);
    std::vector<int> from, to, distance;
    match_rows(set, others, rule, threads,
               [&](const clustcr::NeighbourPair& p) {
                 from.push_back(static_cast<int>(p.held + 1));
                 to.push_back(static_cast<int>(p.other + 1));
                 distance.push_back(static_cast<int>(p.distance));
               });
    return Rcpp::List::create(Rcpp::_["held"] = from, Rcpp::_["other"] = to,
                              Rcpp::_["distance"] = distance);
  });
}
