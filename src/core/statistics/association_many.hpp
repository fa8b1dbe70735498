// Fisher's exact test of every cluster against many phenotypes at once, such
// as the HLA alleles of donors. A test is told by three counts only: samples
// typed, carriers of the cluster among them, and how many of these are cases.
// So the tests are counted by table first, all p-values and what passes follow
// from the counts, and only the rows that are wanted are ever written down.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/ports.hpp"
#include "statistics/association.hpp"
#include "statistics/association_rows.hpp"

namespace clustcr {

// Of each phenotype its samples, one phenotype after the other.
struct Phenotypes {
  static constexpr std::uint8_t kControl = 0, kCase = 1, kMissing = 2;

  std::size_t samples = 0, phenotypes = 0;
  std::vector<std::uint8_t> labels;

  const std::uint8_t* of(std::size_t phenotype) const {
    return labels.data() + phenotype * samples;
  }
};

struct ManyOptions : AssociationOptions {
  // Rows at most, those of the smallest p-values; never some of equal ones.
  std::size_t max_rows = 100000;
  // Samples are shuffled within these; empty: all are one.
  std::vector<std::uint32_t> stratum;
  // Shuffles are counted together, in one pass over the clusters, while their
  // tables take less than this; at least one.
  std::size_t shuffle_bytes = 0;
};

struct ManyAssociation {
  // By row, in the order of the p-values, then of phenotypes, then of clusters.
  std::vector<std::uint32_t> cluster, phenotype;
  std::vector<std::uint32_t> carriers, case_carriers;
  std::vector<Estimate> estimate;
  std::vector<double> p_value, q_value, fdr;

  // By phenotype.
  std::vector<std::uint64_t> tested, passing;
  std::vector<double> smallest;

  // A test can reach significance if its smallest possible p-value would pass
  // beside those that pass.
  std::uint64_t reachable = 0;

  std::vector<std::uint64_t> passing_by_chance;
  std::vector<double> smallest_by_chance;
};

// The same of clusters that come in blocks and are forgotten: as many passes
// over all blocks as next() asks for, always in the same order. All samples of
// the blocks have labels. With permutations the samples are shuffled as wholes,
// so that phenotypes go together as they did.
class ManyTests {
 public:
  ManyTests(const Phenotypes& phenotypes, const ManyOptions& options);
  ~ManyTests();

  // The next block of a pass: its clusters that have a row in the result, which
  // the second pass tells.
  std::vector<std::uint32_t> block(const SparseColumns& matrix,
                                   const Execution& execution);
  // After the last block of a pass: whether there is to be another.
  bool next(const Execution& execution);
  // After the last pass.
  ManyAssociation result();

 private:
  class Passes;
  std::unique_ptr<Passes> passes_;
};

// Of a matrix that is there as a whole.
ManyAssociation associate_many(const SparseColumns& matrix,
                               const Phenotypes& phenotypes,
                               const ManyOptions& options,
                               const Execution& execution);

}  // namespace clustcr
