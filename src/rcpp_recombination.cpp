#include <cmath>

#include "core/recombination/crossover_null.hpp"
#include "core/recombination/generation_probability.hpp"
#include "core/recombination/model_reader.hpp"
#include "core/recombination/productive_lengths.hpp"
#include "core/recombination/receptor_sampler.hpp"
#include "r_ports.hpp"

namespace {

using clustcr::EndGene;
using clustcr::Insertion;
using clustcr::MiddleGene;
using clustcr::RecombinationModel;
using Rcpp::_;

// ---- The model is a list of plain vectors in R, so that it can be saved and
// sent to workers.

std::string text_of(const clustcr::Nucleotides& letters) {
  std::string text;
  for (const std::uint8_t letter : letters)
    text += clustcr::kNucleotides[letter];
  return text;
}

clustcr::Nucleotides letters_of(const std::string& text) {
  clustcr::Nucleotides letters;
  for (const char letter : text)
    letters.push_back(clustcr::nucleotide_index(letter));
  return letters;
}

Rcpp::List list_of(const std::vector<EndGene>& genes) {
  std::vector<std::string> name, letters;
  Rcpp::List remain;
  Rcpp::LogicalVector functional;
  for (const EndGene& gene : genes) {
    name.push_back(gene.name);
    letters.push_back(text_of(gene.letters));
    remain.push_back(Rcpp::wrap(gene.remain));
    functional.push_back(gene.functional);
  }
  return Rcpp::List::create(_["name"] = name, _["letters"] = letters,
                            _["remain"] = remain, _["functional"] = functional);
}

Rcpp::List list_of(const std::vector<MiddleGene>& genes) {
  std::vector<std::string> name, letters;
  std::vector<double> none;
  Rcpp::List remain;
  for (const MiddleGene& gene : genes) {
    name.push_back(gene.name);
    letters.push_back(text_of(gene.letters));
    remain.push_back(Rcpp::wrap(gene.remain));
    none.push_back(gene.none);
  }
  return Rcpp::List::create(_["name"] = name, _["letters"] = letters,
                            _["remain"] = remain, _["none"] = none);
}

Rcpp::List list_of(const Insertion& insertion) {
  return Rcpp::List::create(_["length"] = insertion.length,
                            _["first"] = std::vector<double>(
                                insertion.first.begin(), insertion.first.end()),
                            _["next"] = std::vector<double>(
                                insertion.next.begin(), insertion.next.end()));
}

std::vector<EndGene> end_genes(const Rcpp::List& list) {
  const std::vector<std::string> name = list["name"], letters = list["letters"];
  const Rcpp::List remain = list["remain"];
  const Rcpp::LogicalVector functional = list["functional"];
  std::vector<EndGene> genes(name.size());
  for (std::size_t i = 0; i < genes.size(); ++i) {
    const R_xlen_t at = static_cast<R_xlen_t>(i);
    genes[i].name = name[i];
    genes[i].letters = letters_of(letters[i]);
    genes[i].remain = Rcpp::as<std::vector<double>>(remain[at]);
    genes[i].functional = functional[at] == TRUE;
  }
  return genes;
}

std::vector<MiddleGene> middle_genes(const Rcpp::List& list) {
  const std::vector<std::string> name = list["name"], letters = list["letters"];
  const std::vector<double> none = list["none"];
  const Rcpp::List remain = list["remain"];
  std::vector<MiddleGene> genes(name.size());
  for (std::size_t i = 0; i < genes.size(); ++i) {
    genes[i].name = name[i];
    genes[i].letters = letters_of(letters[i]);
    genes[i].remain =
        Rcpp::as<std::vector<double>>(remain[static_cast<R_xlen_t>(i)]);
    genes[i].none = none[i];
  }
  return genes;
}

Insertion insertion_of(const Rcpp::List& list) {
  Insertion insertion;
  insertion.length = Rcpp::as<std::vector<double>>(list["length"]);
  const std::vector<double> first = list["first"], next = list["next"];
  std::copy(first.begin(), first.end(), insertion.first.begin());
  std::copy(next.begin(), next.end(), insertion.next.begin());
  return insertion;
}

RecombinationModel model_of(const Rcpp::List& list) {
  RecombinationModel model;
  model.v = end_genes(list["v"]);
  model.j = end_genes(list["j"]);
  model.d = middle_genes(list["d"]);
  model.v_j = Rcpp::as<std::vector<double>>(list["v_j"]);
  model.v_choice = Rcpp::as<std::vector<double>>(list["v_choice"]);
  model.j_choice = Rcpp::as<std::vector<double>>(list["j_choice"]);
  model.d_of_j = Rcpp::as<std::vector<double>>(list["d_of_j"]);
  model.behind_v = insertion_of(list["behind_v"]);
  model.before_j = insertion_of(list["before_j"]);
  return model;
}

// Sets of alleles, counted from 1 in R.
using Sets = std::vector<std::vector<std::uint32_t>>;
Sets sets_of(const Rcpp::List& list) {
  Sets sets;
  for (R_xlen_t i = 0; i < list.size(); ++i) {
    sets.emplace_back();
    for (const int allele : Rcpp::IntegerVector(list[i]))
      sets.back().push_back(static_cast<std::uint32_t>(allele - 1));
  }
  return sets;
}

std::vector<std::uint32_t> places_of(const Rcpp::IntegerVector& set) {
  std::vector<std::uint32_t> places;
  places.reserve(static_cast<std::size_t>(set.size()));
  for (const int place : set)
    places.push_back(static_cast<std::uint32_t>(place - 1));
  return places;
}

std::vector<std::string_view> views_of(const Rcpp::CharacterVector& texts) {
  std::vector<std::string_view> views;
  views.reserve(static_cast<std::size_t>(texts.size()));
  for (R_xlen_t i = 0; i < texts.size(); ++i)
    views.push_back(clustcr_r::view(STRING_ELT(texts, i)));
  return views;
}

}  // namespace

// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_read_recombination_model(std::string folder) {
  return clustcr_r::guarded([&] {
    const RecombinationModel model = clustcr::read_recombination_model(folder);
    return Rcpp::List::create(
        _["v"] = list_of(model.v), _["d"] = list_of(model.d),
        _["j"] = list_of(model.j), _["v_j"] = model.v_j,
        _["v_choice"] = model.v_choice, _["j_choice"] = model.j_choice,
        _["d_of_j"] = model.d_of_j, _["behind_v"] = list_of(model.behind_v),
        _["before_j"] = list_of(model.before_j));
  });
}

// All of `junction_aa` are valid; `v_set` and `j_set` are places in the lists
// of sets, from 1.
// [[Rcpp::export(rng = false)]]
Rcpp::NumericVector cpp_generation_probability(
    Rcpp::List model, Rcpp::CharacterVector junction_aa,
    Rcpp::IntegerVector v_set, Rcpp::IntegerVector j_set, Rcpp::List v_sets,
    Rcpp::List j_sets, bool ball, int threads) {
  clustcr_r::RHost host;
  return clustcr_r::guarded([&] {
    clustcr::GenerationQuery query;
    query.v_set = places_of(v_set);
    query.j_set = places_of(j_set);
    query.v_sets = sets_of(v_sets);
    query.j_sets = sets_of(j_sets);
    query.sequences = views_of(junction_aa);
    return Rcpp::NumericVector(Rcpp::wrap(clustcr::generation_probabilities(
        model_of(model), query, ball, clustcr_r::execution(threads, &host))));
  });
}

// All of `junction_aa` are valid, and all of a group (from 1) have one length.
// [[Rcpp::export(rng = false)]]
Rcpp::NumericVector cpp_crossover_shares(Rcpp::CharacterVector junction_aa,
                                         Rcpp::IntegerVector group,
                                         int threads) {
  clustcr_r::RHost host;
  return clustcr_r::guarded([&] {
    return Rcpp::NumericVector(Rcpp::wrap(
        clustcr::crossover_shares(views_of(junction_aa), places_of(group),
                                  clustcr_r::execution(threads, &host))));
  });
}

// A row of each pair of sets, a column of each length from 0.
// [[Rcpp::export(rng = false)]]
Rcpp::NumericMatrix cpp_productive_lengths(Rcpp::List model, Rcpp::List v_sets,
                                           Rcpp::List j_sets, int most,
                                           int threads) {
  clustcr_r::RHost host;
  return clustcr_r::guarded([&] {
    const std::vector<std::vector<double>> found = clustcr::productive_lengths(
        model_of(model), sets_of(v_sets), sets_of(j_sets),
        static_cast<std::size_t>(most), clustcr_r::execution(threads, &host));
    Rcpp::NumericMatrix table(static_cast<int>(found.size()), most + 1);
    for (std::size_t i = 0; i < found.size(); ++i)
      for (std::size_t n = 0; n < found[i].size(); ++n)
        table(static_cast<int>(i), static_cast<int>(n)) = found[i][n];
    return table;
  });
}

// The receptors from number `first` (from 0) on. `weights`: of the pairs of
// sets; none of all genes as in the model.
// [[Rcpp::export(rng = false)]]
Rcpp::List cpp_generate_receptors(Rcpp::List model, double first, double count,
                                  double seed, Rcpp::List v_sets,
                                  Rcpp::List j_sets,
                                  Rcpp::NumericVector weights, bool nucleotides,
                                  int threads) {
  clustcr_r::RHost host;
  return clustcr_r::guarded([&] {
    const RecombinationModel held = model_of(model);
    const Sets v = sets_of(v_sets), j = sets_of(j_sets);
    std::vector<clustcr::GeneUsage> usage;
    for (std::size_t i = 0; i < v.size(); ++i)
      usage.push_back({v[i], j[i], weights[static_cast<R_xlen_t>(i)]});
    const clustcr::ReceptorSampler sampler(held, usage,
                                           static_cast<std::uint64_t>(seed));
    const std::vector<clustcr::DrawnReceptor> drawn = sampler.draw(
        static_cast<std::uint64_t>(first), static_cast<std::size_t>(count),
        clustcr_r::execution(threads, &host));
    const R_xlen_t n = static_cast<R_xlen_t>(drawn.size());
    Rcpp::CharacterVector junction(nucleotides ? n : 0), junction_aa(n);
    Rcpp::IntegerVector v_call(n), j_call(n);
    double recombinations = 0;
    for (R_xlen_t i = 0; i < n; ++i) {
      const clustcr::DrawnReceptor& one = drawn[static_cast<std::size_t>(i)];
      if (nucleotides)
        SET_STRING_ELT(junction, i, clustcr_r::utf8(one.junction));
      SET_STRING_ELT(junction_aa, i, clustcr_r::utf8(one.junction_aa));
      v_call[i] = static_cast<int>(one.v + 1);
      j_call[i] = static_cast<int>(one.j + 1);
      recombinations += one.recombinations;
    }
    return Rcpp::List::create(_["junction"] = junction,
                              _["junction_aa"] = junction_aa,
                              _["v_call"] = v_call, _["j_call"] = j_call,
                              _["recombinations"] = recombinations);
  });
}
