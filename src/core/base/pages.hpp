// Memory straight from the system.
#pragma once
#include <cstddef>

namespace clustcr {

// Zeros. malloc() keeps much of what is given back, and what it keeps counts
// against a limit; these bytes are gone with the object.
class Pages {
 public:
  Pages() = default;
  explicit Pages(std::size_t bytes);  // throws std::bad_alloc
  ~Pages();
  Pages(Pages&& other) noexcept;
  Pages& operator=(Pages&& other) noexcept;

  char* data() const { return data_; }
  std::size_t size() const { return size_; }

 private:
  char* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace clustcr
