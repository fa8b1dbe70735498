#include "base/identifier.hpp"

#include <chrono>
#include <cstdint>
#include <random>

#include "base/hash.hpp"
#include "base/system.hpp"

namespace clustcr {

// The system's randomness may be poor, so time and process are mixed in.
std::string new_identifier() {
  std::random_device device;
  const auto now = std::chrono::system_clock::now().time_since_epoch().count();
  const std::uint64_t random = std::uint64_t{device()} << 32 | device();
  return hash_to_text(mix64(random ^ mix64(static_cast<std::uint64_t>(now)) ^
                            sys::process_id()));
}

}  // namespace clustcr
