#include "core/base/file_io.hpp"
#include "core/base/file_lock.hpp"
#include "r_ports.hpp"

using clustcr_r::guarded;

// Locks a file, which then says who has it; NULL where another holder does not
// end within `wait` seconds. The lock ends with the process, however it ends.
// [[Rcpp::export(rng = false)]]
SEXP cpp_lock_take(std::string path, std::string holder, double wait) {
  clustcr_r::RHost host;
  return guarded([&]() -> SEXP {
    auto file = clustcr::take_exclusively(path, wait, &host);
    if (!file) return R_NilValue;
    file->truncate(0);
    file->write_at(0, holder);
    return Rcpp::XPtr<clustcr::File>(file.release());
  });
}

// The file goes first: who waits for it takes one of his own.
// [[Rcpp::export(rng = false)]]
void cpp_lock_release(SEXP pointer, std::string path) {
  guarded([&] {
    Rcpp::XPtr<clustcr::File> file(pointer);
    clustcr::remove_if_there(path);
    file.release();
    return 0;
  });
}
