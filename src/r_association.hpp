// R's matrices as the tests of association read them.
#pragma once
#include <RcppEigen.h>

#include "core/statistics/association_rows.hpp"

namespace clustcr_r {

// The slots of a dgCMatrix, where they are.
inline clustcr::SparseColumns columns_of(
    const Eigen::Map<Eigen::SparseMatrix<double>>& x) {
  clustcr::SparseColumns matrix;
  matrix.rows = static_cast<std::size_t>(x.rows());
  matrix.columns = static_cast<std::size_t>(x.cols());
  matrix.starts = x.outerIndexPtr();
  matrix.row_of = x.innerIndexPtr();
  matrix.values = x.valuePtr();
  return matrix;
}

}  // namespace clustcr_r
