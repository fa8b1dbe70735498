// Which CDR3s can be clustered, and why the others can't.
#pragma once
#include <string_view>

#include "sequence/alphabet.hpp"

namespace clustcr {

enum class SequenceProblem {
  kNone,
  kMissing,  // NA
  kEmpty,
  kStopCodon,   // '*'
  kOutOfFrame,  // '_', as IMGT and MiXCR write a broken codon
  kLowerCase,
  kNotAminoAcid,  // any other letter or sign
  kTooLong,       // for max_sequence_size
  kMissingChain,  // of a pair without any letter
};
constexpr int kSequenceProblems = 9;

// The name a problem has in audits and messages.
inline const char* problem_name(SequenceProblem problem) {
  static const char* const names[kSequenceProblems] = {
      "none",           "missing",      "empty",
      "stop_codon",     "out_of_frame", "lower_case",
      "not_amino_acid", "too_long",     "missing_chain"};
  return names[static_cast<int>(problem)];
}

// The first problem in the order above. A missing value is the host's to see.
inline SequenceProblem check_sequence(std::string_view sequence,
                                      std::size_t longest) {
  if (sequence.empty()) return SequenceProblem::kEmpty;
  bool frame = false, lower = false, other = false;
  for (char c : sequence) {
    if (residue_index(c) != kNoResidue) continue;
    if (c == '*') return SequenceProblem::kStopCodon;
    frame |= c == '_';
    lower |= c >= 'a' && c <= 'z';
    other = true;
  }
  if (frame) return SequenceProblem::kOutOfFrame;
  if (lower) return SequenceProblem::kLowerCase;
  if (other) return SequenceProblem::kNotAminoAcid;
  if (sequence.size() > longest) return SequenceProblem::kTooLong;
  return SequenceProblem::kNone;
}

// The same of a pair of chains, with kChainSeparator between them and one of
// them perhaps empty; `longest` is that of both with the separator.
inline SequenceProblem check_pair(std::string_view pair, std::size_t longest) {
  const std::size_t at = pair.find(kChainSeparator);
  if (at == std::string_view::npos) return check_sequence(pair, longest / 2);
  const std::string_view first = pair.substr(0, at),
                         second = pair.substr(at + 1);
  if (first.empty() && second.empty()) return SequenceProblem::kMissingChain;
  for (const std::string_view chain : {first, second}) {
    if (chain.empty()) continue;
    const SequenceProblem problem = check_sequence(chain, longest / 2);
    if (problem != SequenceProblem::kNone) return problem;
  }
  return SequenceProblem::kNone;
}

}  // namespace clustcr
