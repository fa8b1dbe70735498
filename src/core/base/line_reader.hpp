// The lines of a file up to a committed end, a block in memory at a time. The
// check of the whole is known only at the end: what was visited counts only
// when read_lines() has returned.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/partition_files.hpp"

namespace clustcr {

// visit(line) for each line, without its line break. Throws StoreError
// ("missing", "damaged") that names the file; what `visit` throws as
// std::invalid_argument is damage too.
void read_lines(const std::string& path, const PartitionFiles::End& end,
                const std::function<void(std::string_view)>& visit);

}  // namespace clustcr
