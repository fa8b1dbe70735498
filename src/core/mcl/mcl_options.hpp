// The parameters of Markov clustering.
#pragma once

namespace clustcr {

// The defaults of the method; R's formals are compared with them in a test.
struct MclOptions {
  double inflation = 1.2;  // > 1; larger gives finer clusters
  int expansion = 2;       // >= 2; the matrix power
  double prune = 0.001;    // entries below are dropped, but a column's largest
  int max_iterations = 100;
  double tolerance = 1e-8;           // stop when max(|a-b| - relative * |b|)
  double relative_tolerance = 1e-5;  // is at most `tolerance`
};

}  // namespace clustcr
