// The 2 x 2 tables of many tests, counted: of each phenotype how many clusters
// have so many carriers, of which so many are cases.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "statistics/association_many.hpp"

namespace clustcr {

// Of each sample a byte for each phenotype (1: a case) and for each set of
// typed samples (1: in it), side by side: a cluster's counts are sums of them.
class PhenotypeBytes {
 public:
  explicit PhenotypeBytes(const Phenotypes& phenotypes);

  std::size_t phenotypes() const { return typed_.size(); }
  std::size_t width() const { return width_; }
  const std::uint8_t* of(std::size_t sample) const {
    return bytes_.data() + sample * width_;
  }
  // Where the carriers that are typed for a phenotype are counted.
  std::size_t typed(std::size_t phenotype) const { return typed_[phenotype]; }
  std::size_t samples_typed(std::size_t phenotype) const {
    return samples_typed_[phenotype];
  }
  std::size_t cases(std::size_t phenotype) const { return cases_[phenotype]; }

 private:
  std::size_t width_ = 0;
  std::vector<std::size_t> typed_, samples_typed_, cases_;
  std::vector<std::uint8_t> bytes_;
};

// The counts of one row at a time. A worker has one of its own.
class PhenotypeCounts {
 public:
  explicit PhenotypeCounts(const PhenotypeBytes& bytes);

  // `place`: of each sample where its bytes are.
  void count(const ClusterRow& row, const std::vector<std::uint32_t>& place);
  std::size_t carriers(std::size_t phenotype) const {
    return sums_[bytes_.typed(phenotype)];
  }
  std::size_t case_carriers(std::size_t phenotype) const {
    return sums_[phenotype];
  }

 private:
  const PhenotypeBytes& bytes_;
  std::vector<std::uint8_t> part_;
  std::vector<std::uint32_t> sums_;
};

// So many tests have this table.
struct TableCount {
  std::uint32_t phenotype, carriers, case_carriers, count;
};

// Tables of few carriers, which nearly all clusters have, are cells; the
// others are kept one by one, so that memory is bounded.
class TableCounts {
 public:
  // Cells that the tables of up to so many carriers take, at most.
  static constexpr std::size_t kCells = std::size_t{1} << 24;

  explicit TableCounts(const PhenotypeBytes& bytes);

  void add(std::size_t phenotype, std::size_t carriers, std::size_t cases) {
    if (carriers > dense_) {
      others_.push_back({static_cast<std::uint32_t>(phenotype),
                         static_cast<std::uint32_t>(carriers),
                         static_cast<std::uint32_t>(cases), 1});
      return;
    }
    const std::size_t place = carriers * phenotypes_ + phenotype;
    cells_of(place)[cases] += 1;
  }
  void add(const TableCounts& other);
  void clear();
  std::size_t bytes() const;
  // Of all that were counted, by phenotype, then carriers, then cases.
  std::vector<TableCount> counted() const;

 private:
  // All zero where nothing has been counted.
  std::vector<std::uint32_t>& cells_of(std::size_t place) {
    std::vector<std::uint32_t>& cells = cells_[place];
    if (!used_[place]) {
      used_[place] = 1;
      places_.push_back(place);
      if (cells.empty())
        cells.resize(
            std::min(place / phenotypes_, cases_[place % phenotypes_]) + 1);
    }
    return cells;
  }

  std::size_t phenotypes_, dense_ = 0;
  std::vector<std::size_t> cases_;
  // By carriers, then phenotype; those that are used, so that the others need
  // not be looked at.
  std::vector<std::vector<std::uint32_t>> cells_;
  std::vector<std::uint8_t> used_;
  std::vector<std::size_t> places_;
  std::vector<TableCount> others_;
};

}  // namespace clustcr
