// Files that are none: pipes, which can be read once and not sought in.
#pragma once
#include <cstdint>
#include <string>

#include "base/ports.hpp"

namespace clustcr {

// "file", "folder", "pipe", "absent", or "other" (devices, sockets).
std::string file_kind(const std::string& path);

// Copies all that comes out of a named pipe or a process substitution to the
// file `to`. Waits `seconds` for a writer, for one that is there as long as he
// takes, and can be cancelled meanwhile.
void spool_pipe(const std::string& path, const std::string& to, int seconds,
                Host* host);

}  // namespace clustcr
