// The events of a model of recombination as its files have them: the format of
// IGoR (Marcou et al. 2018), which OLGA reads too. Each wrong line is an
// Error("format") that names file and line.
#pragma once
#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace clustcr {

// An event of model_params.txt, in the order in which model_marginals.txt
// counts its values.
struct ModelEvent {
  std::string kind;      // "GeneChoice", "Deletion", "Insertion", "DinucMarkov"
  std::size_t line = 0;  // of its head in model_params.txt
  std::vector<std::string> values;  // names of genes, numbers, nucleotides
  std::vector<std::string> bases;   // of genes

  // Of model_marginals.txt: what the probabilities are conditional on, the
  // slowest first, and how many values each event has, its own last.
  std::vector<std::string> given;
  std::vector<std::size_t> dimensions;
  std::vector<double> p;
  std::size_t marginals_line = 0;
};

struct ModelFiles {
  explicit ModelFiles(std::string in) : folder(std::move(in)) {}
  std::string params() const { return folder + "/model_params.txt"; }
  std::string marginals() const { return folder + "/model_marginals.txt"; }
  std::string v_anchors() const { return folder + "/V_gene_CDR3_anchors.csv"; }
  std::string j_anchors() const { return folder + "/J_gene_CDR3_anchors.csv"; }
  std::string folder;
};

[[noreturn]] void refuse_model(const std::string& file, std::size_t line,
                               const std::string& why);

std::map<std::string, ModelEvent> read_model_events(const ModelFiles& files);

struct GeneAnchor {
  std::size_t position;  // of the first letter of the conserved codon, from 0
  std::string function;  // "F", "(F)", "[F]", "ORF", "P", ...
  std::size_t line;
};

std::map<std::string, GeneAnchor> read_gene_anchors(const std::string& file);

}  // namespace clustcr
