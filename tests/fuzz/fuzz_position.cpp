// Where the caller of a clustering stands, and which clustering that is.
#include "fuzz_store.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0) return 0;
  clustcr_fuzz::use_with_file(data[0] & 2 ? "runs/current" : "/position", data,
                              size);
  return 0;
}
