#include "r_sequences.hpp"

#include <algorithm>
#include <functional>
#include <unordered_map>
#include <utility>

#include "core/base/hash.hpp"
#include "core/base/text_fields.hpp"
#include "r_ports.hpp"

namespace clustcr_r {

using clustcr::SequenceProblem;

namespace {

const char* text_of(SEXP string) {
  return string == NA_STRING ? "" : Rf_translateCharUTF8(string);
}

}  // namespace

clustcr::SequenceProblem problem_of(SEXP string, std::size_t longest,
                                    bool paired) {
  if (string == NA_STRING) return SequenceProblem::kMissing;
  return paired ? clustcr::check_pair(view(string), longest)
                : clustcr::check_sequence(view(string), longest);
}

clustcr::SequenceSet valid_sequences(const Rcpp::CharacterVector& junction_aa,
                                     std::size_t longest,
                                     Rcpp::IntegerVector* problems) {
  // Rows as wide as the longest sequence, not as the longest allowed.
  clustcr::SequenceSet set;
  const R_xlen_t n = junction_aa.size();
  if (problems) *problems = Rcpp::IntegerVector(n);
  for (R_xlen_t i = 0; i < n; ++i) {
    const SEXP string = STRING_ELT(junction_aa, i);
    const SequenceProblem problem = problem_of(string, longest);
    if (problems) (*problems)[i] = static_cast<int>(problem);
    if (problem == SequenceProblem::kNone)
      set.push_back({CHAR(string), static_cast<std::size_t>(LENGTH(string))});
  }
  return set;
}

Rcpp::CharacterVector to_character(const clustcr::SequenceSet& set) {
  Rcpp::CharacterVector strings(static_cast<R_xlen_t>(set.size()));
  for (std::size_t i = 0; i < set.size(); ++i)
    SET_STRING_ELT(strings, static_cast<R_xlen_t>(i), utf8(set[i]));
  return strings;
}

Rcpp::CharacterVector to_character(const std::vector<std::string>& texts) {
  Rcpp::CharacterVector strings(static_cast<R_xlen_t>(texts.size()));
  for (std::size_t i = 0; i < texts.size(); ++i)
    SET_STRING_ELT(strings, static_cast<R_xlen_t>(i), utf8(texts[i]));
  return strings;
}

const std::string& GeneText::operator()(R_xlen_t i) {
  const SEXP v = this->v(i), j = this->j(i);
  if (v == last_v_ && j == last_j_) return text_;
  last_v_ = v;
  last_j_ = j;
  text_.clear();
  if (v != R_NilValue) clustcr::append_escaped(Rf_translateCharUTF8(v), &text_);
  if (v != R_NilValue && j != R_NilValue) text_ += '\t';
  if (j != R_NilValue) clustcr::append_escaped(Rf_translateCharUTF8(j), &text_);
  return text_;
}

clustcr::ReceptorSet receptor_rows(const Rcpp::List& rows) {
  using Genes = std::pair<SEXP, SEXP>;
  struct Hash {
    std::size_t operator()(const Genes& x) const {
      const std::hash<SEXP> hash;
      return clustcr::mix64(hash(x.first)) ^ hash(x.second);
    }
  };
  const Rcpp::CharacterVector junction_aa = rows["junction_aa"];
  GeneText genes(rows["v_call"], rows["j_call"]);
  std::unordered_map<Genes, std::uint32_t, Hash> of_strings;
  // The same name may be two strings of R, in two encodings.
  std::unordered_map<std::string, std::uint32_t> of_text;
  clustcr::ReceptorSet set;
  for (R_xlen_t i = 0; i < junction_aa.size(); ++i) {
    set.sequences.push_back(view(STRING_ELT(junction_aa, i)));
    if (!genes.any()) continue;
    const auto [at, fresh] = of_strings.try_emplace({genes.v(i), genes.j(i)});
    if (fresh) {
      const auto next = static_cast<std::uint32_t>(set.genes.size());
      const auto [text, unseen] = of_text.try_emplace(genes(i), next);
      if (unseen) set.genes.push_back(genes(i));
      at->second = text->second;
    }
    set.gene.push_back(at->second);
  }
  return set;
}

clustcr::ReceptorSet receptors_in_samples(const Rcpp::List& rows,
                                          const Rcpp::List& occurrences) {
  clustcr::ReceptorSet set = receptor_rows(rows);
  const Rcpp::NumericVector offsets = occurrences["offsets"];
  const Rcpp::IntegerVector sample = occurrences["sample"];
  const Rcpp::NumericVector count = occurrences["count"];
  clustcr::Occurrences& in = set.occurrences;
  in.offsets.assign(offsets.begin(), offsets.end());
  for (R_xlen_t k = 0; k < sample.size(); ++k) {
    in.sample.push_back(static_cast<std::uint32_t>(sample[k] - 1));
    in.duplicate_count.push_back(static_cast<std::uint64_t>(count[k]));
  }
  return set;
}

bool RSequenceSource::next(clustcr::SequenceBlock* block) {
  if (at_ >= rows_) return false;
  const std::size_t end = std::min(rows_, at_ + clustcr::SequenceBlock::kRows);
  const Rcpp::List rows =
      fetch_(static_cast<double>(at_ + 1), static_cast<double>(end));
  const Rcpp::CharacterVector junction_aa = rows["junction_aa"];
  const SEXP v_call = rows["v_call"];
  const SEXP j_call = rows["j_call"];
  const SEXP duplicate_count = rows["duplicate_count"];
  for (R_xlen_t i = 0; i < junction_aa.size(); ++i) {
    const SEXP string = STRING_ELT(junction_aa, i);
    const SequenceProblem problem = problem_of(string, longest_, paired_);
    ++counts_[static_cast<int>(problem)];
    if (problem != SequenceProblem::kNone) continue;
    block->sequences.push_back(
        {CHAR(string), static_cast<std::size_t>(LENGTH(string))});
    if (v_call != R_NilValue)
      block->v_calls.push_back(text_of(STRING_ELT(v_call, i)));
    if (j_call != R_NilValue)
      block->j_calls.push_back(text_of(STRING_ELT(j_call, i)));
    if (duplicate_count != R_NilValue) {
      const double count = REAL(duplicate_count)[i];
      block->duplicate_counts.push_back(
          ISNAN(count) ? 1 : static_cast<std::uint64_t>(count));
    }
  }
  at_ = end;
  return true;
}

}  // namespace clustcr_r
