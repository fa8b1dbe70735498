// Lines as sequences: which are valid, their profiles, and their neighbours
// as a comparison of all pairs finds them.
#include "fuzz_store.hpp"
#include "graph/neighbour_graph.hpp"
#include "sequence/sequence_check.hpp"
#include "sequence/sequence_encoder.hpp"
#include "sequence/sequence_set.hpp"

using namespace clustcr;
using clustcr_fuzz::require;

namespace {

constexpr std::size_t kLongest = 40;

std::vector<std::string> valid_lines(const std::string& text) {
  const SequenceEncoder encoder(kLongest);
  std::vector<float> profile(static_cast<std::size_t>(encoder.dimensions()));
  std::vector<std::string> valid;
  for (const std::string& line : clustcr_test::split(text, '\n')) {
    const bool is_valid =
        !line.empty() && line.size() <= kLongest &&
        line.find_first_not_of("ACDEFGHIKLMNPQRSTVWY") == std::string::npos;
    const SequenceProblem problem = check_sequence(line, kLongest);
    require((problem == SequenceProblem::kNone) == is_valid,
            "exactly the 20 residues are valid");
    if (!is_valid || valid.size() == 60) continue;
    encoder.encode(line, profile.data());
    valid.push_back(line);
  }
  return valid;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  std::vector<std::string> valid =
      valid_lines(std::string(reinterpret_cast<const char*>(data), size));
  const SequenceSet set = sorted_unique(clustcr_test::set_of(valid));
  std::sort(valid.begin(), valid.end());
  valid.erase(std::unique(valid.begin(), valid.end()), valid.end());
  require(clustcr_test::strings_of(set) == valid, "sorted and unique");
  ReceptorSet receptors;
  receptors.sequences = set;
  for (const NeighbourRule& rule :
       {NeighbourRule{Distance::kHamming, 1, true},
        NeighbourRule{Distance::kHamming, 2, true},
        NeighbourRule{Distance::kLevenshtein, 1, true}}) {
    clustcr_test::ReceptorCase all_pairs;
    all_pairs.rule = rule;
    require(neighbour_pairs(receptors, rule, clustcr_test::threads(1)) ==
                clustcr_test::naive_edges(clustcr_test::list_of(receptors),
                                          all_pairs),
            "all neighbours are found");
  }
  return 0;
}
