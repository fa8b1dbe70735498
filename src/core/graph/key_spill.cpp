#include "graph/key_spill.hpp"

#include <cstring>

#include "base/errors.hpp"
#include "base/file_io.hpp"

namespace clustcr {
namespace {

constexpr char kPrefix[] = "keys-";

std::string spill_path(const std::string& folder, std::size_t part) {
  return join_path(folder, kPrefix + std::to_string(part));
}

}  // namespace

KeySpill::KeySpill(std::string folder, std::size_t parts, std::uint64_t bytes,
                   std::uint64_t memory_limit)
    : folder_(std::move(folder)),
      files_(
          folder_, std::vector<PartitionFiles::End>(parts),
          [folder = folder_](std::size_t p) { return spill_path(folder, p); },
          memory_limit, "receptors can't be joined") {
  // Partitions differ little.
  files_.reserve(bytes / parts * 9 / 8);
}

KeySpill::~KeySpill() {
  for (std::size_t p = 0; p < parts(); ++p) {
    if (!files_.written_to(p)) continue;
    try {
      remove_if_there(spill_path(folder_, p));
    } catch (const StoreError&) {
      // A destructor can't tell; the next join removes what is left.
    }
  }
}

void KeySpill::remove_leftovers(const std::string& folder) {
  if (!folder_exists(folder)) return;
  for (const std::string& name : list_folder(folder))
    if (name.compare(0, sizeof(kPrefix) - 1, kPrefix) == 0)
      remove_if_there(join_path(folder, name));
}

std::vector<SpilledKey> KeySpill::take(std::size_t part) {
  const std::string bytes = files_.take(part);
  std::vector<SpilledKey> keys(bytes.size() / sizeof(SpilledKey));
  if (!keys.empty()) std::memcpy(keys.data(), bytes.data(), bytes.size());
  return keys;
}

}  // namespace clustcr
