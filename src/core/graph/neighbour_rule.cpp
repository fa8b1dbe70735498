#include "graph/neighbour_rule.hpp"

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>

#include "base/errors.hpp"
#include "graph/tcrdist.hpp"
#include "sequence/receptors.hpp"

namespace clustcr {

namespace {

struct NamedDistance {
  const char* name;
  int most;
};
constexpr NamedDistance kDistances[] = {
    {"hamming", 2}, {"levenshtein", 1}, {"tcrdist", kTcrdistMost}};

const NamedDistance& named(Distance distance) {
  return kDistances[static_cast<int>(distance)];
}

}  // namespace

const char* distance_name(Distance distance) { return named(distance).name; }

Distance distance_of_name(std::string_view name) {
  for (int d = 0; d < 3; ++d)
    if (name == kDistances[d].name) return static_cast<Distance>(d);
  throw std::invalid_argument("there is no `distance` \"" + std::string(name) +
                              "\"");
}

int tcrdist_most_steps(const NeighbourRule& rule) {
  return rule.distance == Distance::kTcrdist ? rule.max_distance / kTcrdistStep
                                             : -1;
}

int tcrdist_steps_beside(const NeighbourRule& rule, std::uint32_t genes_apart) {
  const auto most = static_cast<std::uint32_t>(rule.max_distance);
  return genes_apart > most
             ? -1
             : static_cast<int>(most - genes_apart) / kTcrdistStep;
}

std::size_t most_longer(const NeighbourRule& rule) {
  if (rule.distance == Distance::kTcrdist)
    return static_cast<std::size_t>(tcrdist_most_steps(rule) /
                                    kTcrdistGapSteps);
  return rule.distance == Distance::kLevenshtein ? 1 : 0;
}

void check_rule(const NeighbourRule& rule) {
  const NamedDistance& distance = named(rule.distance);
  if (rule.max_distance < 1 || rule.max_distance > distance.most)
    throw InvalidArgument("`max_distance` must be 1 to " +
                          std::to_string(distance.most) +
                          " with `distance` \"" + distance.name + "\", not " +
                          std::to_string(rule.max_distance));
  if (rule.v_distance && rule.distance != Distance::kTcrdist)
    throw InvalidArgument("`v_distance` must come with `distance` \"tcrdist\"");
}

bool lacks_gene(std::string_view genes) {
  bool empty = true;  // since the last separator
  for (const char c : genes) {
    const bool separator = c == '\t' || c == kChainSeparator;
    if (separator && empty) return true;
    empty = separator;
  }
  return empty;
}

bool differ_at_one(const char* a, const char* b, std::size_t stride) {
  std::uint64_t difference = 0;
  std::size_t at = 0;
  for (std::size_t i = 0; i < stride; i += 8) {
    std::uint64_t x, y;
    std::memcpy(&x, a + i, 8);
    std::memcpy(&y, b + i, 8);
    if (x == y) continue;
    if (difference != 0) return false;
    difference = x ^ y;
    at = i;
  }
  if (difference == 0) return false;
  std::size_t byte = 0;
  while ((difference >> (8 * byte) & 255) == 0) ++byte;
  if (difference >> (8 * byte) > 255) return false;
  // A zero on one side is the end of a shorter sequence, not a letter. Byte
  // order does not matter above, but here it does: look at the rows.
  for (std::size_t i = at; i < at + 8; ++i)
    if (a[i] != b[i]) return a[i] != 0 && b[i] != 0;
  return false;
}

bool differ_at_two(const char* a, const char* b, std::size_t stride) {
  int found = 0;
  for (std::size_t i = 0; i < stride; i += 8) {
    std::uint64_t x, y;
    std::memcpy(&x, a + i, 8);
    std::memcpy(&y, b + i, 8);
    if (x == y) continue;
    for (std::size_t k = i; k < i + 8; ++k) {
      if (a[k] == b[k]) continue;
      if (++found > 2 || a[k] == 0 || b[k] == 0) return false;
    }
  }
  return found == 2;
}

bool is_deletion_of(const char* shorter, const char* longer,
                    std::size_t stride) {
  std::size_t i = 0;
  while (i < stride && shorter[i] == longer[i] && longer[i] != 0) ++i;
  // The rest of the shorter is that of the longer behind the letter left out.
  return i < stride && longer[i] != 0 && longer[i] != kChainSeparator &&
         std::strcmp(shorter + i, longer + i + 1) == 0;
}

}  // namespace clustcr
