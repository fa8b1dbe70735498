// Copies of what is read: of pipes, which can be read once and not sought in,
// and of files one behind the other.
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

// Appends `before` and what a file has from byte `from` on to the file `to`.
// Throws Error("io", "disk_full") and Cancelled.
void append_file(const std::string& path, std::uint64_t from,
                 const std::string& before, const std::string& to, Host* host);

}  // namespace clustcr
