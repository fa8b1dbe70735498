#include "base/free_memory.hpp"

#include "base/system.hpp"

namespace clustcr {

void return_free_memory() { sys::trim_heap(); }

void make_room(Host* host) {
  if (host) host->make_room();
  return_free_memory();
}

}  // namespace clustcr
