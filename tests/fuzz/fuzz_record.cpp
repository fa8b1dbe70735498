// The record of a committed batch.
#include "fuzz_store.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  clustcr_fuzz::use_with_file("/batches/00000003.tsv", data, size);
  return 0;
}
