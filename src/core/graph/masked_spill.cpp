#include "graph/masked_spill.hpp"

#include "base/errors.hpp"
#include "base/file_io.hpp"

namespace clustcr {
namespace {

constexpr char kPrefix[] = "masked-";

std::string_view as_bytes(const std::vector<MaskedId>& entries) {
  return {reinterpret_cast<const char*>(entries.data()),
          entries.size() * sizeof(MaskedId)};
}

}  // namespace

MaskedSpill::MaskedSpill(std::string folder, int bits,
                         std::uint64_t memory_limit)
    : folder_(std::move(folder)),
      bits_(bits),
      memory_limit_(memory_limit),
      buffers_(std::size_t{1} << bits),
      on_disk_(buffers_.size(), 0) {}

MaskedSpill::~MaskedSpill() {
  for (std::size_t p = 0; p < parts(); ++p) {
    if (on_disk_[p] == 0) continue;
    try {
      remove_if_there(path(p));
    } catch (const StoreError&) {
      // A destructor can't tell; the next join removes what is left.
    }
  }
}

std::string MaskedSpill::path(std::size_t part) const {
  return join_path(folder_, kPrefix + std::to_string(part));
}

void MaskedSpill::remove_leftovers(const std::string& folder) {
  if (!folder_exists(folder)) return;
  for (const std::string& name : list_folder(folder))
    if (name.compare(0, sizeof(kPrefix) - 1, kPrefix) == 0)
      remove_if_there(join_path(folder, name));
}

void MaskedSpill::append(const Partitioned<MaskedId>& entries) {
  for (std::size_t p = 0; p < parts(); ++p)
    buffers_[p].insert(buffers_[p].end(), entries.begin(p),
                       entries.begin(p) + entries.count(p));
  buffered_ += entries.entries.size() * sizeof(MaskedId);
  if (buffered_ > memory_limit_) spill();
}

void MaskedSpill::spill() {
  const std::uint64_t space = free_space(folder_);
  if (space < buffered_)
    throw StoreError("the disk of '" + folder_ +
                         "' is full: " + std::to_string(buffered_) +
                         " bytes are needed to join preclusters, " +
                         std::to_string(space) + " are free",
                     "disk_full");
  for (std::size_t p = 0; p < parts(); ++p) {
    if (buffers_[p].empty()) continue;
    const std::string_view bytes = as_bytes(buffers_[p]);
    File file(path(p), File::Mode::kWrite);
    if (on_disk_[p] == 0) file.truncate(0);
    file.write_at(on_disk_[p], bytes);
    on_disk_[p] += bytes.size();
    buffers_[p].clear();
  }
  buffered_ = 0;
}

std::vector<MaskedId> MaskedSpill::take(std::size_t part) {
  std::vector<MaskedId> entries = std::move(buffers_[part]);
  buffers_[part] = {};
  if (on_disk_[part] == 0) return entries;
  const std::size_t in_memory = entries.size();
  entries.resize(in_memory + on_disk_[part] / sizeof(MaskedId));
  File(path(part), File::Mode::kRead)
      .read_at(0, on_disk_[part],
               reinterpret_cast<char*>(entries.data() + in_memory));
  return entries;
}

}  // namespace clustcr
