// The typed errors of the core. `kind()` becomes an R condition class
// (clustcr_error_<kind>), so a caller can tell a full disk from a bad argument.
#pragma once
#include <stdexcept>
#include <string>

namespace clustcr {

class Error : public std::runtime_error {
 public:
  Error(std::string kind, const std::string& message)
      : std::runtime_error(message), kind_(std::move(kind)) {}
  const std::string& kind() const { return kind_; }

 private:
  std::string kind_;
};

struct InvalidArgument : Error {
  explicit InvalidArgument(const std::string& m)
      : Error("invalid_argument", m) {}
};

// Input sequences the caller asked us to refuse.
struct InvalidSequence : Error {
  explicit InvalidSequence(const std::string& m)
      : Error("invalid_sequence", m) {}
};

// A file or folder of a store that can't be read, written or trusted.
// The message names the file.
struct StoreError : Error {
  explicit StoreError(const std::string& m, std::string kind = "store")
      : Error(std::move(kind), m) {}
};

// The host asked to stop; the glue turns it into an R interrupt.
struct Cancelled : Error {
  Cancelled() : Error("cancelled", "interrupted") {}
};

}  // namespace clustcr
