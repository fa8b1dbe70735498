// An estimate and the limits of its confidence interval.
#pragma once

namespace clustcr {

struct Estimate {
  double value, low, high;
};

}  // namespace clustcr
