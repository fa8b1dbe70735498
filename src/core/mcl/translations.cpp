#include "mcl/translations.hpp"

#include <algorithm>
#include <cstring>

namespace clustcr {
namespace mcl {
namespace {

constexpr std::size_t kFewest = 256;  // columns: fewer take no time anyway

bool is_moved(const Place& now, const Place& before) {
  if (now.size != before.size || now.file || before.file) return false;
  const Column a = column_at(now.address, now.size);
  const Column b = column_at(before.address, before.size);
  for (std::uint32_t i = 0; i < a.size; ++i)
    if (a.rows[i] != b.rows[i] + 1) return false;
  return std::memcmp(a.values, b.values, a.size * sizeof(*a.values)) == 0;
}

}  // namespace

void Translations::begin(const std::vector<Place>& columns) {
  on_ = columns.size() >= kFewest;
  if (!on_) return;
  moved_.assign(columns.size(), 0);
  found_.assign(columns.size(), 0);
  update(columns);
  const auto many = std::count(moved_.begin(), moved_.end(), 1);
  on_ = 2 * static_cast<std::size_t>(many) > columns.size();
}

void Translations::find(const std::vector<Place>& columns,
                        const std::vector<std::uint8_t>& dirty, int expansion) {
  if (!on_) return;
  found_ = moved_;
  for (int power = 1; power < expansion; ++power) {
    last_ = found_;
    for (std::size_t j = 0; j < columns.size(); ++j) {
      if (!last_[j]) continue;
      const Column c = column_at(columns[j].address, columns[j].size);
      found_[j] = std::all_of(c.rows, c.rows + c.size, [&](std::uint32_t row) {
        return last_[row] != 0;
      });
    }
  }
  for (std::size_t j = columns.size(); j-- > 1;)
    found_[j] = found_[j] && dirty[j] && dirty[j - 1];
}

void Translations::update(const std::vector<Place>& columns) {
  if (!on_) return;
  for (std::size_t j = 1; j < columns.size(); ++j)
    moved_[j] = (found_[j] && !columns[j].file && !columns[j - 1].file) ||
                is_moved(columns[j], columns[j - 1]);
}

}  // namespace mcl
}  // namespace clustcr
