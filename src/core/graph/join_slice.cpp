#include "graph/join_slice.hpp"

#include <cstring>

#include "base/checked_text.hpp"
#include "base/checksum.hpp"
#include "base/errors.hpp"
#include "base/file_io.hpp"

namespace clustcr {
namespace {

constexpr char kTitle[] = "clustcr join slice 1\n";
constexpr std::size_t kTitleBytes = sizeof(kTitle) - 1;

// Numbers as the machine has them: slices live as long as a plan is made.
struct Header {
  std::uint64_t firsts = 0, occurrences = 0, edges = 0, links = 0;
};

template <class T>
void append_bytes(const T* values, std::size_t count, std::string* text) {
  text->append(reinterpret_cast<const char*>(values), count * sizeof(T));
}

// Fills `values`. memcpy() may not have the null of an empty vector.
template <class T>
const char* take_bytes(const char* at, std::vector<T>* values) {
  const std::size_t bytes = values->size() * sizeof(T);
  if (bytes > 0) std::memcpy(values->data(), at, bytes);
  return at + bytes;
}

}  // namespace

void write_join_slice(const std::string& path, const JoinSlice& slice,
                      bool durable) {
  static_assert(sizeof(ReceptorLink) == 8, "no padding");
  const Header header = {slice.first.size(), slice.occurrences, slice.edges,
                         slice.links.size()};
  std::string text = kTitle;
  text.reserve(kTitleBytes + sizeof(header) + 4 * slice.first.size() +
               8 * slice.links.size() + sizeof(std::uint32_t));
  append_bytes(&header, 1, &text);
  append_bytes(slice.first.data(), slice.first.size(), &text);
  append_bytes(slice.links.data(), slice.links.size(), &text);
  const std::uint32_t check = crc32c(text);
  append_bytes(&check, 1, &text);
  replace_file(path, text, durable);
}

JoinSlice read_join_slice(const std::string& path) {
  if (!path_exists(path))
    throw StoreError("'" + path + "' is missing", "missing");
  const std::string text = read_whole_file(path);
  std::uint32_t check = 0;
  Header header;
  if (text.size() < kTitleBytes + sizeof(header) + sizeof(check) ||
      text.compare(0, kTitleBytes, kTitle) != 0)
    damaged(path, "it is no slice of a join");
  const std::size_t end = text.size() - sizeof(check);
  std::memcpy(&check, text.data() + end, sizeof(check));
  if (crc32c(std::string_view(text).substr(0, end)) != check)
    damaged(path, "its check does not fit");
  const char* at = text.data() + kTitleBytes;
  std::memcpy(&header, at, sizeof(header));
  at += sizeof(header);
  const std::size_t left = end - kTitleBytes - sizeof(header);
  if (header.firsts == 0 || header.firsts > left / 4 ||
      header.links != (left - 4 * header.firsts) / 8)
    damaged(path, "its sizes do not fit");
  JoinSlice slice;
  slice.occurrences = header.occurrences;
  slice.edges = header.edges;
  slice.first.resize(header.firsts);
  slice.links.resize(header.links);
  take_bytes(take_bytes(at, &slice.first), &slice.links);
  for (const auto& [a, b] : slice.links)
    if (b >= a || a >= slice.first.back())
      damaged(path, "it links receptors that are not there");
  return slice;
}

}  // namespace clustcr
