#include "r_ports.hpp"

namespace clustcr_r {
namespace {

void check_interrupt(void*) { R_CheckUserInterrupt(); }

}  // namespace

// R_CheckUserInterrupt leaves by a long jump, past our destructors; at top
// level it is caught and told as FALSE instead.
bool RHost::cancelled() {
  return R_ToplevelExec(check_interrupt, nullptr) == FALSE;
}

// R returns memory at every other collection only.
void RHost::make_room() {
  for (int i = 0; i < 2; ++i) R_ToplevelExec([](void*) { R_gc(); }, nullptr);
}

void raise(const std::string& kind, const std::string& message) {
  Rcpp::Environment ns = Rcpp::Environment::namespace_env("clustcr");
  Rcpp::Function raise_error = ns["raise_error"];
  raise_error(kind, message);
  throw Rcpp::exception(message.c_str());  // not reached
}

}  // namespace clustcr_r
