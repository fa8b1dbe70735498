// Writes the seeds of the fuzz targets from a valid store: write_seeds FOLDER.
// To be run again when the store's format changes.
#include <cstdio>

#include "fuzz_store.hpp"

namespace {

void seed(const std::string& folder, const std::string& target,
          const std::string& name, const std::string& bytes) {
  std::filesystem::create_directories(folder + "/" + target);
  clustcr_test::write_bytes(folder + "/" + target + "/" + name, bytes);
}

// An edit as fuzz_store.cpp reads it: file, what and how many bytes, where.
std::string edit(int file, int what, std::size_t at, const std::string& with) {
  std::string bytes;
  bytes += static_cast<char>(file);
  bytes += static_cast<char>(what | static_cast<int>(with.size()) << 2);
  bytes += static_cast<char>(at >> 8);
  bytes += static_cast<char>(at & 255);
  return bytes + with;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 1;
  const std::string folder = argv[1];
  const auto& files = clustcr_fuzz::the_store().files();
  const clustcr_fuzz::FuzzStore& store = clustcr_fuzz::the_store();
  const std::pair<const char*, const char*> of[] = {
      {"manifest", "clustcr.dcf"},        {"plan", "/plan.tsv"},
      {"position", "/position"},          {"run", "/run.dcf"},
      {"snapshot", "/checkpoint"},        {"kept", "/clusters/00000001.tsv"},
      {"record", "/batches/00000003.tsv"}};
  for (const auto& [target, file] : of) {
    const std::string bytes = files.at(store.file_like(file));
    seed(folder, target, "fitting", '\1' + bytes);
    seed(folder, target, "as-it-is", std::string(1, '\0') + bytes);
  }
  seed(folder, "position", "current",
       '\2' + files.at(store.file_like("runs/current")));
  seed(folder, "kept", "done",
       '\3' + files.at(store.file_like("/done/00000001.tsv")));
  for (const auto& [file, bytes] : files)
    if (bytes.size() < 2000)
      seed(folder, "text", std::filesystem::path(file).filename(), bytes);
  int number = 0;
  for (const auto& [file, bytes] : files) {
    for (int fit = 0; fit < 2; ++fit) {
      std::string all(1, static_cast<char>(fit));
      all += edit(number, 0, bytes.size() / 2, "CAS\t1\n");
      all += edit(number, 1, bytes.size() / 3, "\t4294967296");
      all += edit(number, 2, bytes.size() / 4, "---");
      seed(folder, "store",
           std::to_string(number) + (fit ? "-fitting" : "-as-it-is"), all);
    }
    ++number;
  }
  clustcr_test::Random random(2);
  std::string lines = "CASS*F\nCAS_SF\ncassf\n\nC\nCA\nCC\nCASSBF\n";
  for (const std::string& s : clustcr_test::random_repertoire(&random, 30))
    lines += s + "\n";
  seed(folder, "sequences", "repertoire", lines);
  return 0;
}
