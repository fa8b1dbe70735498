// The checkpoint of the first batches.
#include "fuzz_store.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  clustcr_fuzz::use_with_file("/checkpoint", data, size);
  return 0;
}
