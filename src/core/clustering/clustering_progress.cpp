#include "clustering/clustering_progress.hpp"

#include <stdexcept>

#include "base/checked_text.hpp"
#include "base/file_io.hpp"
#include "base/text_fields.hpp"

namespace clustcr {
namespace {

constexpr char kTitle[] = "clustcr progress\t1";

std::string progress_path(const PreclusterStore& store) {
  return join_path(store.directory(), "progress");
}

}  // namespace

bool read_progress(const PreclusterStore& store, ClusteringProgress* progress) {
  const std::string path = progress_path(store);
  if (!path_exists(path)) return false;
  const std::string text = read_whole_file(path);
  std::string_view body = checked_part(path, text);
  if (take_field(&body, '\n') != kTitle)
    damaged(path, "it is no progress of format 1");
  try {
    std::string_view line = take_field(&body, '\n');
    progress->batches =
        static_cast<std::uint32_t>(number_from_text(take_field(&line, '\t')));
    progress->next_unit = number_from_text(take_field(&line, '\t'));
    progress->next_cluster = number_from_text(take_field(&line, '\t'));
    progress->mode = unescaped(line);
  } catch (const std::invalid_argument& e) {
    damaged(path, e.what());
  }
  return progress->batches == store.batches().size();
}

void write_progress(const PreclusterStore& store,
                    const ClusteringProgress& progress) {
  std::string text = std::string(kTitle) + "\n";
  text += std::to_string(progress.batches) + "\t" +
          std::to_string(progress.next_unit) + "\t" +
          std::to_string(progress.next_cluster) + "\t" +
          escaped(progress.mode) + "\n";
  append_check(&text);
  replace_file(progress_path(store), text, store.durable());
}

void remove_progress(const PreclusterStore& store) {
  remove_if_there(progress_path(store));
  remove_if_there(progress_path(store) + ".part");
}

}  // namespace clustcr
