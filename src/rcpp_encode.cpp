#include "core/sequence/sequence_encoder.hpp"
#include "r_ports.hpp"
#include "r_sequences.hpp"

// [[Rcpp::export(rng = false)]]
Rcpp::IntegerVector cpp_sequence_problems(Rcpp::CharacterVector junction_aa,
                                          double max_sequence_size,
                                          bool paired = false) {
  Rcpp::IntegerVector problems(junction_aa.size());
  for (R_xlen_t i = 0; i < junction_aa.size(); ++i)
    problems[i] = static_cast<int>(clustcr_r::problem_of(
        STRING_ELT(junction_aa, i), static_cast<std::size_t>(max_sequence_size),
        paired));
  return problems;
}

// [[Rcpp::export(rng = false)]]
Rcpp::CharacterVector cpp_problem_names() {
  Rcpp::CharacterVector names(clustcr::kSequenceProblems);
  for (int i = 0; i < clustcr::kSequenceProblems; ++i)
    names[i] = clustcr::problem_name(static_cast<clustcr::SequenceProblem>(i));
  return names;
}

// [[Rcpp::export(rng = false)]]
Rcpp::NumericMatrix cpp_encode(Rcpp::CharacterVector junction_aa,
                               int max_sequence_size) {
  return clustcr_r::guarded([&] {
    const clustcr::SequenceEncoder encoder(max_sequence_size);
    const clustcr::SequenceSet set = clustcr_r::valid_sequences(
        junction_aa, static_cast<std::size_t>(max_sequence_size));
    const int n = static_cast<int>(set.size());
    Rcpp::NumericMatrix profiles(n, encoder.dimensions());
    std::vector<float> profile(encoder.dimensions());
    for (int i = 0; i < n; ++i) {
      encoder.encode(set[i], profile.data());
      std::copy(profile.begin(), profile.end(), profiles.row(i).begin());
    }
    return profiles;
  });
}
