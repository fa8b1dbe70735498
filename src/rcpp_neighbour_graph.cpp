#include "core/graph/neighbour_graph.hpp"
#include "r_ports.hpp"
#include "r_sequences.hpp"
#include "r_settings.hpp"

// Pairs of neighbours as rows (from 1) of `junction_aa`: of receptors that come
// several times the first row; by TCRdist with their distances. In the order of
// the receptors.
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_neighbour_pairs(Rcpp::CharacterVector junction_aa,
                               Rcpp::CharacterVector genes, Rcpp::List rule,
                               int threads) {
  clustcr_r::RHost host;
  return clustcr_r::guarded([&] {
    const R_xlen_t n = junction_aa.size();
    clustcr::ReceptorCollector collector(genes.size() > 0);
    for (R_xlen_t i = 0; i < n; ++i)
      collector.add(clustcr_r::view(STRING_ELT(junction_aa, i)),
                    genes.size() == 0 ? std::string_view()
                                      : clustcr_r::view(STRING_ELT(genes, i)),
                    0, 1);
    std::vector<std::uint32_t> index_of;
    const clustcr::ReceptorSet set = collector.finish(&index_of);
    std::vector<int> row_of(set.size(), 0);
    for (R_xlen_t i = n; i > 0; --i)
      row_of[index_of[static_cast<std::size_t>(i - 1)]] = static_cast<int>(i);
    const clustcr::NeighbourRule by = clustcr_r::neighbour_rule(rule);
    const clustcr::Execution execution = clustcr_r::execution(threads, &host);
    const std::vector<clustcr::Edge> pairs =
        clustcr::neighbour_pairs(set, by, execution);
    Rcpp::IntegerVector from(static_cast<R_xlen_t>(pairs.size())),
        to(static_cast<R_xlen_t>(pairs.size()));
    for (std::size_t k = 0; k < pairs.size(); ++k) {
      from[static_cast<R_xlen_t>(k)] = row_of[pairs[k].first];
      to[static_cast<R_xlen_t>(k)] = row_of[pairs[k].second];
    }
    Rcpp::IntegerVector distance;
    if (by.distance == clustcr::Distance::kTcrdist) {
      const auto found = clustcr::tcr_distances(set, pairs, by, execution);
      distance = Rcpp::IntegerVector(found.begin(), found.end());
    }
    return Rcpp::List::create(Rcpp::_["from"] = from, Rcpp::_["to"] = to,
                              Rcpp::_["distance"] = distance);
  });
}
