// The core's ports as R fills them: interrupts, typed errors, strings.
#pragma once
#include <Rcpp.h>

#include <exception>
#include <string>
#include <string_view>

#include "core/base/errors.hpp"
#include "core/base/ports.hpp"

namespace clustcr_r {

// Polled by the core on R's thread only.
class RHost : public clustcr::Host {
 public:
  bool cancelled() override;
  void make_room() override;
};

// Raises the R condition clustcr_error_<kind>. Does not return: R unwinds.
[[noreturn]] void raise(const std::string& kind, const std::string& message);

// Runs a call of the core. Its errors become R conditions of their kind, a
// cancellation an R interrupt; a failed allocation says so.
template <class Call>
auto guarded(Call&& call) {
  std::string kind, message;
  try {
    return call();
  } catch (const clustcr::Cancelled&) {
    throw Rcpp::internal::InterruptedException();
  } catch (const clustcr::Error& e) {
    kind = e.kind();
    message = e.what();
  } catch (const std::bad_alloc&) {
    kind = "memory";
    message =
        "there is not enough memory; use a smaller `memory_limit`, or "
        "fewer sequences at a time";
  }
  raise(kind, message);
}

inline clustcr::Execution execution(int threads, clustcr::Host* host) {
  clustcr::Execution e;
  e.threads = threads;
  e.host = host;
  return e;
}

inline std::string_view view(SEXP string) {
  return {CHAR(string), static_cast<std::size_t>(LENGTH(string))};
}

inline SEXP utf8(std::string_view text) {
  return Rf_mkCharLenCE(text.data(), static_cast<int>(text.size()), CE_UTF8);
}

}  // namespace clustcr_r
