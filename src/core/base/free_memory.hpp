// Memory that nobody needs, but that the C library or the host keeps for later.
#pragma once
#include "base/ports.hpp"

namespace clustcr {

// Gives it back to the system, where the library can (glibc): what a phase left
// behind counts against the memory limit of the next. Takes milliseconds.
void return_free_memory();

// The host's too, which takes longer. What R's strings of the last files, or of
// the last data frame, had taken was there all through a clustering: 130 MB
// after files of 250,000 sequences.
void make_room(Host* host);

}  // namespace clustcr
