#include "base/pages.hpp"

#include <new>
#include <utility>

#include "base/system.hpp"

namespace clustcr {

Pages::Pages(std::size_t bytes) : data_(sys::map_memory(bytes)), size_(bytes) {
  if (!data_) throw std::bad_alloc();
}

Pages::~Pages() {
  if (data_) sys::unmap_memory(data_, size_);
}

Pages::Pages(Pages&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

Pages& Pages::operator=(Pages&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

}  // namespace clustcr
