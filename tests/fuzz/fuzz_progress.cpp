// Where clustering stood.
#include "fuzz_store.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  clustcr_fuzz::use_with_file("progress", data, size);
  return 0;
}
