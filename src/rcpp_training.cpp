#include "core/kmeans/coarse_quantizer.hpp"
#include "r_ports.hpp"
#include "r_sequences.hpp"

// A matrix with a column for each centroid.
// [[Rcpp::export(rng = false)]]
Rcpp::NumericMatrix cpp_train(Rcpp::CharacterVector junction_aa,
                              int max_sequence_size, double centroids, int seed,
                              int threads) {
  clustcr_r::RHost host;
  return clustcr_r::guarded([&] {
    const clustcr::SequenceEncoder encoder(max_sequence_size);
    clustcr::TrainingOptions options;
    options.centroids = static_cast<std::size_t>(centroids);
    options.seed = seed;
    const auto quantizer = clustcr::CoarseQuantizer::train(
        encoder,
        clustcr_r::valid_sequences(junction_aa,
                                   static_cast<std::size_t>(max_sequence_size)),
        options, clustcr_r::execution(threads, &host));
    Rcpp::NumericMatrix result(encoder.dimensions(),
                               static_cast<int>(quantizer.size()));
    std::copy(quantizer.centroids().begin(), quantizer.centroids().end(),
              result.begin());
    return result;
  });
}

// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_training_defaults() {
  const clustcr::TrainingOptions options;
  return Rcpp::List::create(
      Rcpp::_["seed"] = options.seed,
      Rcpp::_["max_points_per_centroid"] = options.max_points_per_centroid);
}

// The nearest centroid (from 1) of each valid sequence.
// [[Rcpp::export(rng = false)]]
Rcpp::IntegerVector cpp_assign(Rcpp::CharacterVector junction_aa,
                               int max_sequence_size,
                               Rcpp::NumericMatrix centroids, int threads) {
  clustcr_r::RHost host;
  return clustcr_r::guarded([&] {
    const clustcr::SequenceEncoder encoder(max_sequence_size);
    const clustcr::CoarseQuantizer quantizer(
        encoder, std::vector<float>(centroids.begin(), centroids.end()));
    const std::vector<std::uint32_t> nearest = quantizer.assign(
        clustcr_r::valid_sequences(junction_aa,
                                   static_cast<std::size_t>(max_sequence_size)),
        clustcr_r::execution(threads, &host));
    Rcpp::IntegerVector result(nearest.begin(), nearest.end());
    for (int& centroid : result) ++centroid;
    return result;
  });
}
