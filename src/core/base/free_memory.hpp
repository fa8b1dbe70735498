// Memory that was freed, but that the C library keeps for later.
#pragma once

namespace clustcr {

// Gives it back to the system, where the library can (glibc): what a phase left
// behind counts against the memory limit of the next. Takes milliseconds.
void return_free_memory();

}  // namespace clustcr
