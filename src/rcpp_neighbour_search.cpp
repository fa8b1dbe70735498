#include "core/graph/neighbour_search.hpp"
#include "r_ports.hpp"
#include "r_sequences.hpp"

namespace {

// All sequences must be valid; classes count from 1.
clustcr::ClassedSequences classed(const Rcpp::CharacterVector& junction_aa,
                                  const Rcpp::IntegerVector& classes,
                                  std::size_t longest) {
  clustcr::ClassedSequences x;
  x.sequences = clustcr_r::valid_sequences(junction_aa, longest);
  x.classes.assign(classes.begin(), classes.end());
  return x;
}

}  // namespace

// Of each of `held` the number of `others` of its class at Hamming distance 0
// or 1.
// [[Rcpp::export(rng = false)]]
Rcpp::NumericVector cpp_count_neighbours(Rcpp::CharacterVector held,
                                         Rcpp::IntegerVector held_class,
                                         Rcpp::CharacterVector others,
                                         Rcpp::IntegerVector others_class,
                                         double longest, int threads) {
  clustcr_r::RHost host;
  return clustcr_r::guarded([&] {
    const std::size_t most = static_cast<std::size_t>(longest);
    const clustcr::ClassedSequences x = classed(held, held_class, most);
    std::vector<std::uint64_t> counts;
    clustcr::NeighbourSearch(x).count(classed(others, others_class, most),
                                      clustcr_r::execution(threads, &host),
                                      &counts);
    return Rcpp::NumericVector(counts.begin(), counts.end());
  });
}

// The same as pairs of places, from 1.
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_search_pairs(Rcpp::CharacterVector held,
                            Rcpp::IntegerVector held_class,
                            Rcpp::CharacterVector others,
                            Rcpp::IntegerVector others_class, double longest,
                            int threads) {
  clustcr_r::RHost host;
  return clustcr_r::guarded([&] {
    const std::size_t most = static_cast<std::size_t>(longest);
    const clustcr::ClassedSequences x = classed(held, held_class, most);
    const std::vector<clustcr::NeighbourPair> pairs =
        clustcr::NeighbourSearch(x).pairs(classed(others, others_class, most),
                                          clustcr_r::execution(threads, &host));
    const R_xlen_t n = static_cast<R_xlen_t>(pairs.size());
    Rcpp::IntegerVector from(n), to(n), distance(n);
    for (R_xlen_t i = 0; i < n; ++i) {
      from[i] = static_cast<int>(pairs[i].held + 1);
      to[i] = static_cast<int>(pairs[i].streamed + 1);
      distance[i] = static_cast<int>(pairs[i].distance);
    }
    return Rcpp::List::create(Rcpp::_["held"] = from, Rcpp::_["other"] = to,
                              Rcpp::_["distance"] = distance);
  });
}
