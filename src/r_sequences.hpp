// R's character vectors as sequences of the core, and back.
#pragma once
#include <Rcpp.h>

#include <array>
#include <string>
#include <vector>

#include "core/sequence/receptors.hpp"
#include "core/sequence/sequence_check.hpp"
#include "core/sequence/sequence_set.hpp"
#include "core/store/precluster_batch.hpp"

namespace clustcr_r {

using ProblemCounts = std::array<std::uint64_t, clustcr::kSequenceProblems>;

clustcr::SequenceProblem problem_of(SEXP string, std::size_t longest,
                                    bool paired = false);

// The valid sequences of `junction_aa`; `problems` receives the problem of
// each element where it is given.
clustcr::SequenceSet valid_sequences(const Rcpp::CharacterVector& junction_aa,
                                     std::size_t longest,
                                     Rcpp::IntegerVector* problems = nullptr);

Rcpp::CharacterVector to_character(const clustcr::SequenceSet& set);
Rcpp::CharacterVector to_character(const std::vector<std::string>& texts);

// The genes of rows as text, escaped as in the store; made once for equal ones
// in a row. Empty columns do not count.
class GeneText {
 public:
  GeneText(const Rcpp::CharacterVector& v_call,
           const Rcpp::CharacterVector& j_call)
      : v_(v_call), j_(j_call) {}

  bool any() const { return v_.size() > 0 || j_.size() > 0; }
  // R keeps equal strings once: those of equal genes are the same two.
  SEXP v(R_xlen_t i) const { return of(v_, i); }
  SEXP j(R_xlen_t i) const { return of(j_, i); }
  const std::string& operator()(R_xlen_t i);

 private:
  static SEXP of(const Rcpp::CharacterVector& x, R_xlen_t i) {
    return x.size() > 0 ? STRING_ELT(x, i) : R_NilValue;
  }

  Rcpp::CharacterVector v_, j_;
  SEXP last_v_ = R_NilValue, last_j_ = R_NilValue;
  std::string text_;
};

// list(junction_aa, v_call, j_call) as they come, neither sorted nor made
// distinct. All rows must be valid.
clustcr::ReceptorSet receptor_rows(const Rcpp::List& rows);

// The same with `occurrences`, list(offsets, sample, count): receptor i is in
// the samples sample[k] (from 1, ascending), k = offsets[i] .. offsets[i+1]
// - 1.
clustcr::ReceptorSet receptors_in_samples(const Rcpp::List& rows,
                                          const Rcpp::List& occurrences);

// Feeds a batch to the core a block at a time. `fetch(from, to)` gives R's
// rows as a list of junction_aa, v_call, j_call and duplicate_count (the
// latter three may be NULL), so that what is not a character vector need not
// become one in whole.
class RSequenceSource : public clustcr::SequenceSource {
 public:
  RSequenceSource(double rows, Rcpp::Function fetch, std::size_t longest,
                  bool paired)
      : rows_(static_cast<std::size_t>(rows)),
        fetch_(fetch),
        longest_(longest),
        paired_(paired) {}

  bool next(clustcr::SequenceBlock* block) override;
  const ProblemCounts& counts() const { return counts_; }

 private:
  std::size_t rows_, at_ = 0;
  Rcpp::Function fetch_;
  std::size_t longest_;
  bool paired_;
  ProblemCounts counts_{};
};

}  // namespace clustcr_r
