#include "store/receptor_parts.hpp"

#include <algorithm>

#include "base/hash.hpp"
#include "base/parallel.hpp"
#include "base/text_fields.hpp"

namespace clustcr {
namespace {

// Rows taken at a time: enough for all threads, little beside any budget.
constexpr std::uint64_t kGroupRows = 1 << 18;

ReceptorSet collect(const PreclusterStore& store, const Snapshot& snapshot,
                    const std::vector<std::uint32_t>& sample_of_batch,
                    std::size_t precluster, std::uint32_t slice,
                    std::uint32_t slices) {
  const StoreManifest& manifest = store.manifest();
  ReceptorCollector collector(manifest.v_gene || manifest.j_gene);
  std::string buffer;
  store.read(snapshot, precluster, [&](const StoredRow& row) {
    if (slices > 1 && hash64(row.sequence) % slices != slice) return;
    // Not before: by now the file is known to be as large as its record says.
    if (collector.rows() == 0)
      collector.reserve(snapshot.ends[precluster].rows / slices + 1);
    collector.add(row.sequence, genes_of_row(manifest, row, &buffer),
                  sample_of_batch[row.batch - 1], row.duplicate_count);
  });
  return collector.finish();
}

}  // namespace

std::string_view genes_of_row(const StoreManifest& manifest,
                              const StoredRow& row, std::string* buffer) {
  if (manifest.v_gene && manifest.j_gene) {
    buffer->assign(row.v_call);
    *buffer += '\t';
    *buffer += row.j_call;
    return *buffer;
  }
  if (manifest.v_gene) return row.v_call;
  if (manifest.j_gene) return row.j_call;
  return {};
}

ReceptorParts::ReceptorParts(const PreclusterStore& store,
                             const Snapshot& snapshot,
                             std::uint64_t memory_limit)
    : store_(store),
      snapshot_(snapshot),
      memory_limit_(memory_limit),
      sample_of_batch_(snapshot.samples(nullptr)) {
  const std::uint64_t most_rows =
      std::max<std::uint64_t>(1024, memory_limit / 2 / kPartBytesPerRow);
  for (std::size_t p = 0; p < snapshot.ends.size(); ++p) {
    const std::uint64_t rows = snapshot.ends[p].rows;
    const std::uint64_t slices =
        std::max<std::uint64_t>(1, (rows + most_rows - 1) / most_rows);
    for (std::uint64_t s = 0; s < slices; ++s)
      parts_.push_back({static_cast<std::uint32_t>(p),
                        static_cast<std::uint32_t>(s),
                        static_cast<std::uint32_t>(slices), rows / slices});
  }
  kept_.resize(parts_.size());
  is_kept_.resize(parts_.size(), 0);
}

std::size_t ReceptorParts::end_of_group(std::size_t first) const {
  const std::uint64_t most_rows =
      std::min(kGroupRows, memory_limit_ / 2 / kPartBytesPerRow);
  std::uint64_t rows = 0;
  std::size_t end = first;
  while (end < size() && (end == first || rows + parts_[end].rows <= most_rows))
    rows += parts_[end++].rows;
  return end;
}

void ReceptorParts::load(std::size_t first, std::size_t end,
                         const Execution& execution) {
  parallel_for(end - first, 1, execution, [&](std::size_t i, std::size_t, int) {
    const std::size_t p = first + i;
    if (!is_kept_[p]) kept_[p] = load_part(parts_[p]);
  });
}

ReceptorSet ReceptorParts::load_part(const Part& part) const {
  return collect(store_, snapshot_, sample_of_batch_, part.precluster,
                 part.slice, part.slices);
}

// Keeps what the budget allows. A part that was kept once stays.
void ReceptorParts::release(std::size_t first, std::size_t end) {
  for (std::size_t p = first; p < end; ++p) {
    if (is_kept_[p]) continue;
    const ReceptorSet& set = kept_[p];
    const std::uint64_t bytes = set.size() * (set.sequences.stride() + 12) +
                                12 * set.occurrences.sample.size();
    if (kept_bytes_ + bytes <= memory_limit_ / 2) {
      kept_bytes_ += bytes;
      is_kept_[p] = 1;
    } else {
      kept_[p] = ReceptorSet();
    }
  }
}

ReceptorSet load_receptors(const PreclusterStore& store,
                           const Snapshot& snapshot, std::size_t precluster) {
  return collect(store, snapshot, snapshot.samples(nullptr), precluster, 0, 1);
}

}  // namespace clustcr
