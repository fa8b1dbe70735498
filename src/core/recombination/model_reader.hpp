// Reads a model of recombination from its four files.
#pragma once
#include <string>

#include "recombination/recombination_model.hpp"

namespace clustcr {

// `folder` holds model_params.txt, model_marginals.txt,
// V_gene_CDR3_anchors.csv and J_gene_CDR3_anchors.csv. Throws Error("format")
// that names file and line where they do not go together, and what File throws
// where one can't be read.
RecombinationModel read_recombination_model(const std::string& folder);

}  // namespace clustcr
