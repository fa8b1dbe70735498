#include "clustering/run_ownership.hpp"

#include <chrono>
#include <stdexcept>
#include <thread>
#include <utility>

#include "base/checked_text.hpp"
#include "base/errors.hpp"
#include "base/file_io.hpp"
#include "base/text_fields.hpp"
#include "clustering/run_plan.hpp"

namespace clustcr {
namespace {

constexpr char kTitle[] = "clustcr position\t1";

std::string lock_file(const std::string& folder) {
  return join_path(folder, "lock");
}
std::string busy_file(const std::string& folder) {
  return join_path(folder, "busy");
}
std::string position_file(const std::string& folder) {
  return join_path(folder, "position");
}

}  // namespace

std::shared_ptr<FileLock> RunOwnership::try_lock(const std::string& folder) {
  return FileLock::try_take(lock_file(folder));
}

void RunOwnership::remove_position(const std::string& folder) {
  remove_with_unfinished(position_file(folder));
}

void RunOwnership::remove_locks(const std::string& folder) {
  remove_if_empty(lock_file(folder));
  remove_if_empty(busy_file(folder));
}

RunOwnership::RunOwnership(std::string folder, std::size_t units,
                           std::shared_ptr<FileLock> lock)
    : folder_(std::move(folder)), units_(units), lock_(std::move(lock)) {}

bool RunOwnership::claim() {
  if (is_ours()) return true;
  const std::string path = lock_file(folder_);
  const std::int64_t before = modification_time(path);
  for (int i = 0; i < 75; ++i) {
    if (!FileLock::try_take(busy_file(folder_))) return false;
    if (modification_time(path) != before) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return claimed_ = true;
}

void RunOwnership::show_life() const {
  if (is_ours()) touch_file(lock_file(folder_));
}

std::shared_ptr<FileLock> RunOwnership::busy() const {
  if (!is_ours()) return nullptr;
  show_life();
  return FileLock::try_take(busy_file(folder_));
}

RunPosition RunOwnership::position() const {
  RunPosition position;
  const std::string path = position_file(folder_);
  if (!path_exists(path)) return position;
  const std::string text = read_whole_file(path);
  std::string_view body = checked_part(path, text);
  try {
    if (take_field(&body, '\n') != kTitle)
      throw std::invalid_argument("it is no position of format 1");
    std::string_view line = take_field(&body, '\n');
    position.next_unit = number_from_text(take_field(&line, '\t'));
    position.next_cluster = number_from_text(line);
    if (position.next_unit > units_ || position.next_cluster == 0)
      throw std::invalid_argument("the plan has no such unit");
  } catch (const std::invalid_argument& e) {
    damaged(path, e.what());
  }
  return position;
}

void RunOwnership::write_position(const RunPosition& position,
                                  bool durable) const {
  if (!is_ours()) return;
  std::string text = std::string(kTitle) + "\n";
  text += std::to_string(position.next_unit) + "\t" +
          std::to_string(position.next_cluster) + "\n";
  append_check(&text);
  replace_file(position_file(folder_), text, durable);
  // All is kept: the rows that it was made from are not needed again.
  if (position.next_unit == units_) remove_units(folder_);
}

}  // namespace clustcr
