// The plan of a clustering.
#include "fuzz_store.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  clustcr_fuzz::use_with_file("/plan.tsv", data, size);
  return 0;
}
