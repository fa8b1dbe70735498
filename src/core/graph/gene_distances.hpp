// How far V genes are apart, as a user says: what TCRdist adds for the loops
// that come with them.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace clustcr {

constexpr std::uint32_t kGenesApart = 0xffffffffu;

class GeneDistances {
 public:
  // Of each gene to each, row by row. Throws InvalidArgument where it is no
  // distance, or a name has what separates names.
  GeneDistances(std::vector<std::string> names,
                std::vector<std::uint32_t> distances);

  // One line; and back. Throws std::invalid_argument on anything else.
  std::string to_text() const;
  static GeneDistances from_text(std::string_view text);

  // For each name the first of those that it reaches by steps of `most`:
  // others can't be neighbours.
  std::vector<std::uint32_t> groups(std::uint32_t most) const;
  // kGenesApart where the table does not have it.
  std::uint32_t number_of(const std::string& name) const;
  // Of two by their numbers; kGenesApart where one has none.
  std::uint32_t between(std::uint32_t a, std::uint32_t b) const {
    return a == kGenesApart || b == kGenesApart
               ? kGenesApart
               : distances_[a * names_.size() + b];
  }

 private:
  std::vector<std::string> names_;
  std::vector<std::uint32_t> distances_;
  std::unordered_map<std::string, std::uint32_t> number_;
};

}  // namespace clustcr
