#include <algorithm>

#include "core/base/errors.hpp"
#include "core/base/file_io.hpp"
#include "core/base/file_lock.hpp"
#include "core/base/identifier.hpp"
#include "core/base/md5.hpp"
#include "r_ports.hpp"

using clustcr_r::guarded;

namespace {

// What a lock says: who has it. A file that says something else is none.
constexpr char kHolder[] = "process ";

void check_lock(const clustcr::File& file, const std::string& path) {
  std::string begins(std::min<std::uint64_t>(file.size(), 8), '\0');
  file.read_at(0, begins.size(), begins.data());
  if (!begins.empty() && begins != kHolder)
    throw clustcr::StoreError("'" + path +
                                  "' is none of clustcr's locks; move it away, "
                                  "or choose another `directory`",
                              "foreign");
}

}  // namespace

// Locks a file, which then says who has it; NULL where another holder does not
// end within `wait` seconds. The lock ends with the process, however it ends.
// [[Rcpp::export(rng = false)]]
SEXP cpp_lock_take(std::string path, std::string holder, double wait) {
  clustcr_r::RHost host;
  return guarded([&]() -> SEXP {
    auto file = clustcr::take_exclusively(path, wait, &host);
    if (!file) return R_NilValue;
    // A file that is written, and locked meanwhile, says nothing of its holder.
    if (!holder.empty()) check_lock(*file, path);
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

// Makes an empty file, which must not be there, not even as a link to nowhere.
// [[Rcpp::export(rng = false)]]
void cpp_file_create(std::string path) {
  guarded([&] { clustcr::File(path, clustcr::File::Mode::kNew); });
}

// [[Rcpp::export(rng = false)]]
std::string cpp_md5(Rcpp::RawVector bytes) {
  return clustcr::md5({reinterpret_cast<const char*>(RAW(bytes)),
                       static_cast<std::size_t>(bytes.size())});
}

// A name that nobody can guess.
// [[Rcpp::export(rng = false)]]
std::string cpp_new_identifier() { return clustcr::new_identifier(); }

// The bytes of a file of ours.
// [[Rcpp::export(rng = false)]]
Rcpp::RawVector cpp_read_file(std::string path) {
  return guarded([&] {
    const std::string bytes = clustcr::read_whole_file(path);
    return Rcpp::RawVector(bytes.begin(), bytes.end());
  });
}

// Writes a file in one step.
// [[Rcpp::export(rng = false)]]
void cpp_replace_file(std::string path, Rcpp::RawVector bytes, bool durable) {
  guarded([&] {
    clustcr::replace_file(path,
                          {reinterpret_cast<const char*>(RAW(bytes)),
                           static_cast<std::size_t>(bytes.size())},
                          durable);
  });
}
