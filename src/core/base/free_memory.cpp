#include "base/free_memory.hpp"

#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace clustcr {

void return_free_memory() {
#ifdef __GLIBC__
  ::malloc_trim(0);
#endif
}

void make_room(Host* host) {
  if (host) host->make_room();
  return_free_memory();
}

}  // namespace clustcr
