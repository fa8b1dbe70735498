#include <Rcpp.h>

#ifndef _WIN32
#include <sys/wait.h>

#include <cerrno>
#endif

// Whether each of these children of this process has ended. It is left to be
// collected: R's parallel collects its own, and would wait for one that is
// gone when R ends; where a package has taken R's place at SIGCHLD (processx
// does), nobody collects it, and kill() would find it without end.
// [[Rcpp::export(rng = false)]]
Rcpp::LogicalVector cpp_children_ended(Rcpp::IntegerVector pids) {
  Rcpp::LogicalVector ended(pids.size(), true);
#ifndef _WIN32
  for (R_xlen_t i = 0; i < pids.size(); ++i) {
    siginfo_t child = {};
    const int answer = waitid(P_PID, static_cast<id_t>(pids[i]), &child,
                              WEXITED | WNOHANG | WNOWAIT);
    ended[i] = answer == 0 ? child.si_pid == pids[i] : errno == ECHILD;
  }
#endif
  return ended;
}
