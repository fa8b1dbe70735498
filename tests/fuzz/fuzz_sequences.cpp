// Lines as sequences: which are valid, their profiles, and their neighbours
// as a comparison of all pairs finds them.
#include "fuzz_store.hpp"
#include "graph/hamming_graph.hpp"
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
    if (!is_valid || valid.size() == 200) continue;
    encoder.encode(line, profile.data());
    valid.push_back(line);
  }
  return valid;
}

bool are_neighbours(const std::string& a, const std::string& b) {
  if (a.size() != b.size()) return false;
  int different = 0;
  for (std::size_t i = 0; i < a.size(); ++i) different += a[i] != b[i];
  return different == 1;
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
  std::vector<Edge> expected;
  for (std::uint32_t i = 0; i < valid.size(); ++i)
    for (std::uint32_t j = i + 1; j < valid.size(); ++j)
      if (are_neighbours(valid[i], valid[j])) expected.emplace_back(i, j);
  require(hamming_pairs(set, clustcr_test::threads(1)) == expected,
          "all neighbours are found");
  return 0;
}
