#include "core/graph/hamming_graph.hpp"
#include "r_ports.hpp"
#include "r_sequences.hpp"

// Pairs of places (from 1) in the sorted unique sequences, in ascending order.
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_hamming_pairs(Rcpp::CharacterVector junction_aa,
                             double max_sequence_size, int threads) {
  clustcr_r::RHost host;
  return clustcr_r::guarded([&] {
    Rcpp::IntegerVector problems;
    std::vector<std::uint32_t> index_of;
    const clustcr::SequenceSet set = clustcr::sorted_unique(
        clustcr_r::valid_sequences(junction_aa,
                                   static_cast<std::size_t>(max_sequence_size),
                                   &problems),
        &index_of);
    const clustcr::Graph graph =
        clustcr::hamming_graph(set, clustcr_r::execution(threads, &host));
    const R_xlen_t pairs = static_cast<R_xlen_t>(graph.neighbours.size() / 2);
    Rcpp::IntegerVector from(pairs), to(pairs);
    R_xlen_t at = 0;
    for (std::size_t i = 0; i < graph.size(); ++i)
      for (const std::uint32_t* j = graph.begin(i); j != graph.end(i); ++j)
        if (*j > i) {
          from[at] = static_cast<int>(i + 1);
          to[at++] = static_cast<int>(*j + 1);
        }
    // The strings that are there: R takes longer to make a million than it
    // takes to find their pairs.
    Rcpp::CharacterVector sequences(static_cast<R_xlen_t>(set.size()));
    std::size_t valid = 0;
    for (R_xlen_t i = 0; i < junction_aa.size(); ++i)
      if (problems[i] == 0)
        SET_STRING_ELT(sequences, index_of[valid++],
                       STRING_ELT(junction_aa, i));
    return Rcpp::List::create(Rcpp::_["junction_aa"] = sequences,
                              Rcpp::_["from"] = from, Rcpp::_["to"] = to);
  });
}
