// What the unit tests share. All randomness comes from std::mt19937_64 with
// fixed seeds and without the distributions of <random>, which differ between
// standard libraries: a failure is the same on every machine.
#pragma once
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.hpp"
#include "base/ports.hpp"
#include "base/text_fields.hpp"
#include "sequence/alphabet.hpp"
#include "sequence/sequence_set.hpp"
#include "store/batch_writer.hpp"
#include "store/precluster_store.hpp"

#ifdef CLUSTCR_ZLIB
#include <zlib.h>
#endif

namespace clustcr_test {

// A folder of its own, removed with all it holds when it leaves scope.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    // As mkdtemp(), which Windows lacks.
    std::random_device draw;
    do {
      path_ = (std::filesystem::temp_directory_path() /
               ("clustcr-" + std::to_string(draw())))
                  .string();
    } while (!std::filesystem::create_directory(path_));
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const {
    return path_ + "/" + name;
  }

 private:
  std::string path_;
};

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t next() { return engine_(); }
  std::size_t below(std::size_t n) { return engine_() % n; }
  // From `low` to `high`, both included.
  std::size_t between(std::size_t low, std::size_t high) {
    return low + below(high - low + 1);
  }
  bool chance(std::size_t percent) { return below(100) < percent; }
  template <class Container>
  void shuffle(Container* c) {
    for (std::size_t i = c->size(); i > 1; --i)
      std::swap((*c)[i - 1], (*c)[below(i)]);
  }

 private:
  std::mt19937_64 engine_;
};

inline std::string random_letters(Random* random, std::string_view letters,
                                  std::size_t length) {
  std::string text;
  for (std::size_t i = 0; i < length; ++i)
    text += letters[random->below(letters.size())];
  return text;
}

inline std::string random_bytes(Random* random, std::size_t length) {
  std::string bytes;
  for (std::size_t i = 0; i < length; ++i)
    bytes += static_cast<char>(random->below(256));
  return bytes;
}

// Looks like a human TRB CDR3: conserved ends, a varied middle; 10 to 20 long.
inline std::string random_cdr3(Random* random) {
  static const char* const ends[] = {"NTEAFF", "YEQYF",  "TDTQYF", "QPQHF",
                                     "NEKLFF", "TGELFF", "QETQYF", "YGYTF"};
  static const char* const starts[] = {"CASS", "CASR", "CAS", "CSAR"};
  return starts[random->below(4)] +
         random_letters(random, clustcr::kResidues, random->between(2, 10)) +
         ends[random->below(8)];
}

// `n` of them, not all distinct; most are one letter away from another one,
// so that there are neighbours and clusters.
inline std::vector<std::string> random_repertoire(Random* random,
                                                  std::size_t n) {
  std::vector<std::string> all;
  while (all.size() < n) {
    if (all.empty() || random->chance(40)) {
      all.push_back(random_cdr3(random));
      continue;
    }
    std::string variant = all[random->below(all.size())];
    variant[3 + random->below(variant.size() - 6)] =
        clustcr::kResidues[random->below(clustcr::kResidueCount)];
    all.push_back(variant);
  }
  return all;
}

inline clustcr::SequenceSet set_of(const std::vector<std::string>& sequences,
                                   std::size_t longest = 0) {
  clustcr::SequenceSet set(longest);
  for (const std::string& s : sequences) set.push_back(s);
  return set;
}

inline std::vector<std::string> strings_of(const clustcr::SequenceSet& set) {
  std::vector<std::string> sequences;
  for (std::size_t i = 0; i < set.size(); ++i) sequences.emplace_back(set[i]);
  return sequences;
}

inline clustcr::Execution threads(int n, clustcr::Host* host = nullptr) {
  clustcr::Execution execution;
  execution.threads = n;
  execution.host = host;
  return execution;
}

// A host that wants to stop after it was asked so many times.
class StoppingHost : public clustcr::Host {
 public:
  explicit StoppingHost(int after = 0) : left_(after) {}
  bool cancelled() override { return left_-- <= 0; }

 private:
  int left_;
};

// The kind of the typed error a call throws; "none" where it throws nothing.
// Anything else it may throw fails the test that asks.
template <class Call>
std::string kind_of_error(Call&& call, std::string* message = nullptr) {
  try {
    call();
  } catch (const clustcr::Error& e) {
    if (message) *message = e.what();
    return e.kind();
  }
  return "none";
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Files, without the code under test.
inline std::string read_bytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("can't read " + path);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline void write_bytes(const std::string& path, std::string_view bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) throw std::runtime_error("can't write " + path);
}

// Every file below a folder, relative to it, sorted.
inline std::vector<std::string> files_below(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(folder))
    if (!entry.is_directory())
      files.push_back(
          std::filesystem::relative(entry.path(), folder).generic_string());
  std::sort(files.begin(), files.end());
  return files;
}

inline std::vector<std::string> split(const std::string& line, char by) {
  std::vector<std::string> parts(1);
  for (char c : line)
    if (c == by)
      parts.emplace_back();
    else
      parts.back() += c;
  return parts;
}

// Where the golden results are.
inline std::string shared_path(const std::string& name) {
  const char* folder = std::getenv("CLUSTCR_SHARED");
  return std::string(folder && *folder ? folder : "../shared") + "/" + name;
}

inline bool file_is_there(const std::string& path) {
  return ::access(path.c_str(), R_OK) == 0;
}

// Without the code under test.
inline std::string gunzipped(const std::string& path) {
  std::string text;
  char buffer[1 << 16];
#ifdef CLUSTCR_ZLIB
  const gzFile file = ::gzopen(path.c_str(), "rb");
  if (!file) throw std::runtime_error("can't read " + path);
  for (int n; (n = ::gzread(file, buffer, sizeof(buffer))) > 0;)
    text.append(buffer, static_cast<std::size_t>(n));
  if (::gzclose_r(file) != Z_OK)
    throw std::runtime_error("can't gunzip " + path);
#else
  FILE* pipe = ::popen(("gzip -dc '" + path + "'").c_str(), "r");
  if (!pipe) throw std::runtime_error("can't run gzip");
  for (std::size_t n; (n = std::fread(buffer, 1, sizeof(buffer), pipe)) > 0;)
    text.append(buffer, n);
  if (::pclose(pipe) != 0) throw std::runtime_error("can't gunzip " + path);
#endif
  return text;
}

// The lines of a file, gunzipped where its name ends in .gz.
inline std::vector<std::string> read_lines(const std::string& path) {
  const bool packed =
      path.size() > 3 && path.compare(path.size() - 3, 3, ".gz") == 0;
  const std::string text = packed ? gunzipped(path) : read_bytes(path);
  std::vector<std::string> lines = split(text, '\n');
  if (lines.back().empty()) lines.pop_back();
  return lines;
}

// A row of a store with strings of its own, genes as they were given.
struct Row {
  std::string sequence, v_call;
  std::uint64_t duplicate_count = 1;
  std::uint32_t batch = 0;
  std::string j_call = {};

  bool operator==(const Row& o) const {
    return sequence == o.sequence && v_call == o.v_call && j_call == o.j_call &&
           duplicate_count == o.duplicate_count && batch == o.batch;
  }
};

inline std::ostream& operator<<(std::ostream& out, const Row& row) {
  return out << row.sequence << '|' << clustcr::escaped(row.v_call) << '|'
             << clustcr::escaped(row.j_call) << '|' << row.duplicate_count
             << '|' << row.batch;
}

inline std::vector<Row> rows_of(const clustcr::PreclusterStore& store,
                                std::size_t precluster) {
  std::vector<Row> rows;
  store.read(store.latest(), precluster, [&](const clustcr::StoredRow& row) {
    rows.push_back({std::string(row.sequence), clustcr::unescaped(row.v_call),
                    row.duplicate_count, row.batch,
                    clustcr::unescaped(row.j_call)});
  });
  return rows;
}

// By precluster.
inline std::vector<std::vector<Row>> all_rows(
    const clustcr::PreclusterStore& store) {
  std::vector<std::vector<Row>> rows;
  for (std::size_t p = 0; p < store.manifest().preclusters; ++p)
    rows.push_back(rows_of(store, p));
  return rows;
}

inline void add_row(clustcr::BatchWriter* writer, std::size_t precluster,
                    const Row& row) {
  clustcr::StoredRow stored;
  stored.sequence = row.sequence;
  stored.v_call = row.v_call;
  stored.j_call = row.j_call;
  stored.duplicate_count = row.duplicate_count;
  writer->add(precluster, stored);
}

inline clustcr::WriterOptions writer_options(clustcr::OnDuplicate on_duplicate,
                                             std::size_t buffer_bytes = 64
                                                                        << 20,
                                             double wait = 0) {
  clustcr::WriterOptions options;
  options.on_duplicate = on_duplicate;
  options.buffer_bytes = buffer_bytes;
  options.wait = wait;
  return options;
}

inline clustcr::StoredCentroids made_up_centroids(std::size_t preclusters) {
  clustcr::StoredCentroids stored;
  stored.centroids.resize(preclusters * 4 * 32);
  for (std::size_t i = 0; i < stored.centroids.size(); ++i)
    stored.centroids[i] = 0.25f * static_cast<float>(i % 17) - 2.0f;
  return stored;
}

// A new store with made-up centroids, for sequences up to 32 long.
inline clustcr::PreclusterStore new_store(
    const std::string& directory, std::size_t preclusters, bool durable = false,
    std::vector<std::pair<std::string, std::string>> parameters = {}) {
  clustcr::StoreManifest manifest;
  manifest.max_sequence_size = 32;
  manifest.preclusters = preclusters;
  manifest.parameters = std::move(parameters);
  return clustcr::PreclusterStore::create(
      directory, manifest, made_up_centroids(preclusters), durable);
}

}  // namespace clustcr_test
