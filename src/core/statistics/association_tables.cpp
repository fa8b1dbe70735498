#include "statistics/association_tables.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "base/simd.hpp"

namespace clustcr {
namespace {

constexpr std::size_t kLine = 64;
// Bytes that may be added before one runs over.
constexpr std::size_t kMostBytes = 255;

// Lines of a fixed length are additions of vectors.
CLUSTCR_SIMD_CLONES
void add_bytes(std::uint8_t* sums, const std::uint8_t* more, std::size_t n) {
  for (std::size_t at = 0; at < n; at += kLine)
    for (std::size_t i = 0; i < kLine; ++i) sums[at + i] += more[at + i];
}

CLUSTCR_SIMD_CLONES
void add_sums(std::uint32_t* sums, const std::uint8_t* more, std::size_t n) {
  for (std::size_t at = 0; at < n; at += kLine)
    for (std::size_t i = 0; i < kLine; ++i) sums[at + i] += more[at + i];
}

}  // namespace

PhenotypeBytes::PhenotypeBytes(const Phenotypes& phenotypes) {
  const std::size_t n = phenotypes.samples;
  // Alleles of a locus share who is typed.
  std::map<std::vector<bool>, std::size_t> sets;
  std::vector<const std::vector<bool>*> members;
  for (std::size_t p = 0; p < phenotypes.phenotypes; ++p) {
    const std::uint8_t* labels = phenotypes.of(p);
    std::vector<bool> typed(n);
    std::size_t count = 0, cases = 0;
    for (std::size_t i = 0; i < n; ++i) {
      typed[i] = labels[i] != Phenotypes::kMissing;
      count += typed[i];
      cases += labels[i] == Phenotypes::kCase;
    }
    const auto [at, added] = sets.emplace(std::move(typed), sets.size());
    if (added) members.push_back(&at->first);
    typed_.push_back(phenotypes.phenotypes + at->second);
    samples_typed_.push_back(count);
    cases_.push_back(cases);
  }
  const std::size_t columns = phenotypes.phenotypes + sets.size();
  width_ = (columns + kLine - 1) / kLine * kLine;
  bytes_.assign(n * width_, 0);
  for (std::size_t i = 0; i < n; ++i) {
    std::uint8_t* own = bytes_.data() + i * width_;
    for (std::size_t p = 0; p < phenotypes.phenotypes; ++p)
      own[p] = phenotypes.of(p)[i] == Phenotypes::kCase;
    for (std::size_t s = 0; s < members.size(); ++s)
      own[phenotypes.phenotypes + s] = (*members[s])[i];
  }
}

PhenotypeCounts::PhenotypeCounts(const PhenotypeBytes& bytes)
    : bytes_(bytes), part_(bytes.width()), sums_(bytes.width()) {}

void PhenotypeCounts::count(const ClusterRow& row,
                            const std::vector<std::uint32_t>& place) {
  std::fill(sums_.begin(), sums_.end(), 0u);
  const SampleValue* next = row.begin();
  while (next != row.end()) {
    const std::size_t left = static_cast<std::size_t>(row.end() - next);
    const SampleValue* const stop = next + std::min(left, kMostBytes);
    std::fill(part_.begin(), part_.end(), std::uint8_t{0});
    for (; next != stop; ++next)
      add_bytes(part_.data(), bytes_.of(place[next->sample]), part_.size());
    add_sums(sums_.data(), part_.data(), part_.size());
  }
}

TableCounts::TableCounts(const PhenotypeBytes& bytes)
    : phenotypes_(bytes.phenotypes()) {
  std::size_t most = 0, cells = 0;
  for (std::size_t p = 0; p < phenotypes_; ++p) {
    most = std::max(most, bytes.samples_typed(p));
    cases_.push_back(bytes.cases(p));
  }
  while (dense_ < most && cells <= kCells) {
    ++dense_;
    for (const std::size_t cases : cases_) cells += std::min(dense_, cases) + 1;
  }
  cells_.resize((dense_ + 1) * phenotypes_);
  used_.resize(cells_.size());
}

void TableCounts::add(const TableCounts& other) {
  for (const std::size_t place : other.places_) {
    const std::vector<std::uint32_t>& more = other.cells_[place];
    std::vector<std::uint32_t>& cells = cells_of(place);
    for (std::size_t k = 0; k < more.size(); ++k) cells[k] += more[k];
  }
  others_.insert(others_.end(), other.others_.begin(), other.others_.end());
}

void TableCounts::clear() {
  for (const std::size_t place : places_) {
    std::fill(cells_[place].begin(), cells_[place].end(), 0u);
    used_[place] = 0;
  }
  places_.clear();
  others_.clear();
}

std::size_t TableCounts::bytes() const {
  std::size_t found = cells_.size() * sizeof(cells_[0]) + used_.size() +
                      others_.capacity() * sizeof(TableCount);
  for (const std::vector<std::uint32_t>& cells : cells_)
    found += cells.capacity() * sizeof(cells[0]);
  return found;
}

std::vector<TableCount> TableCounts::counted() const {
  const auto key = [](const TableCount& t) {
    return std::make_tuple(t.phenotype, t.carriers, t.case_carriers);
  };
  std::vector<TableCount> others = others_;
  std::sort(others.begin(), others.end(),
            [&](const auto& a, const auto& b) { return key(a) < key(b); });
  std::vector<std::size_t> places = places_;
  std::sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(a % phenotypes_, a) < std::pair(b % phenotypes_, b);
  });
  std::vector<TableCount> found;
  auto place = places.begin();
  auto other = others.begin();
  for (std::uint32_t p = 0; p < phenotypes_; ++p) {
    for (; place != places.end() && *place % phenotypes_ == p; ++place) {
      const std::vector<std::uint32_t>& cells = cells_[*place];
      const auto carriers = static_cast<std::uint32_t>(*place / phenotypes_);
      for (std::uint32_t a = 0; a < cells.size(); ++a)
        if (cells[a] > 0) found.push_back({p, carriers, a, cells[a]});
    }
    for (; other != others.end() && other->phenotype == p; ++other) {
      if (!found.empty() && key(found.back()) == key(*other))
        ++found.back().count;
      else
        found.push_back(*other);
    }
  }
  return found;
}

}  // namespace clustcr
