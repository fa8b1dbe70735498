// What a run says of itself: its store, snapshot and settings.
#include "fuzz_store.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  clustcr_fuzz::use_with_file("/run.dcf", data, size);
  return 0;
}
