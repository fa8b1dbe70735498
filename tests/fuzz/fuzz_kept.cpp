// The kept clusters of a unit, and the record that says it is done. With an
// odd first byte checks fit, those of the rows in the record too.
#include "fuzz_store.hpp"

using namespace clustcr_fuzz;

namespace {

// The record of as many rows as there are line breaks.
std::string record_of(const std::string& rows) {
  const auto lines = std::count(rows.begin(), rows.end(), '\n');
  std::string text = "clustcr unit\t1\n" +
                     std::to_string(std::max<long>(0, lines - 1)) +
                     "\t3\t6\t6\t5\t4\t" + std::to_string(rows.size()) + "\t" +
                     clustcr::check_to_text(clustcr::crc32c(rows)) + "\n";
  clustcr::append_check(&text);
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0) return 0;
  FuzzStore& store = the_store();
  const std::string done = store.file_like("/done/00000001.tsv");
  if (data[0] & 2) {
    use_with_file("/done/00000001.tsv", data, size);
    return 0;
  }
  const std::string rows(reinterpret_cast<const char*>(data + 1), size - 1);
  store.write(store.file_like("/clusters/00000001.tsv"), rows);
  if (data[0] & 1) store.write(done, record_of(rows));
  use_everything(store.root());
  store.restore();
  return 0;
}
