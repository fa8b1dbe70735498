#include "store/store_manifest.hpp"

#include <cstdint>
#include <cstring>
#include <stdexcept>

#include "base/checked_text.hpp"
#include "base/checksum.hpp"
#include "base/errors.hpp"
#include "base/file_io.hpp"
#include "base/text_fields.hpp"
#include "sequence/sequence_encoder.hpp"

namespace clustcr {
namespace {

constexpr char kKind[] = "clustcr precluster store";
constexpr char kParameterPrefix[] = "Parameter-";

std::string line(const std::string& key, const std::string& value) {
  return key + ": " + escaped(value) + "\n";
}

// Counts first, then centroids, middles and groups, and the check of all that.
std::string centroids_to_bytes(const StoredCentroids& stored) {
  std::string bytes;
  auto append = [&](const auto& numbers) {
    const std::uint64_t count = numbers.size();
    bytes.append(reinterpret_cast<const char*>(&count), sizeof(count));
    bytes.append(reinterpret_cast<const char*>(numbers.data()),
                 count * sizeof(numbers[0]));
  };
  append(stored.centroids);
  append(stored.middles);
  append(stored.group_of);
  const std::uint32_t check = crc32c(bytes);
  bytes.append(reinterpret_cast<const char*>(&check), sizeof(check));
  return bytes;
}

template <class Number>
std::vector<Number> take_numbers(const std::string& path,
                                 std::string_view* bytes) {
  std::uint64_t count = 0;
  if (bytes->size() >= sizeof(count))
    std::memcpy(&count, bytes->data(), sizeof(count));
  if (bytes->size() < sizeof(count) ||
      (bytes->size() - sizeof(count)) / sizeof(Number) < count)
    damaged(path, "it is too short");
  std::vector<Number> numbers(count);
  if (count > 0)
    std::memcpy(numbers.data(), bytes->data() + sizeof(count),
                count * sizeof(Number));
  bytes->remove_prefix(sizeof(count) + count * sizeof(Number));
  return numbers;
}

bool yes_or_no(const std::string& value) {
  if (value != "yes" && value != "no")
    throw std::invalid_argument("'" + value + "' is neither yes nor no");
  return value == "yes";
}

// Sets what `key` names; unknown keys of the same format are an error, for
// what we don't understand we can't honour.
void set_value(const std::string& key, const std::string& value,
               StoreManifest* manifest) {
  const std::size_t prefix = std::strlen(kParameterPrefix);
  if (key.compare(0, prefix, kParameterPrefix) == 0)
    manifest->parameters.emplace_back(key.substr(prefix), value);
  else if (key == "MaxSequenceSize")
    manifest->max_sequence_size = static_cast<int>(number_from_text(value));
  else if (key == "Preclusters")
    manifest->preclusters = number_from_text(value);
  else if (key == "StoreId")
    manifest->id = value;
  else if (key == "ByCentroid")
    manifest->by_centroid = yes_or_no(value);
  else if (key == "VGene")
    manifest->v_gene = yes_or_no(value);
  else if (key == "JGene")
    manifest->j_gene = yes_or_no(value);
  else if (key == "MadeFolder")
    manifest->made_folder = yes_or_no(value);
  else
    throw std::invalid_argument("unknown entry '" + key + "'");
}

void check_kind_and_format(const std::string& path, std::string_view* rest) {
  if (take_field(rest, '\n') != std::string("Kind: ") + kKind)
    throw StoreError("'" + path + "' is not the manifest of a clustcr store",
                     "foreign");
  std::string_view format = take_field(rest, '\n');
  const std::string_view key = take_field(&format, ' ');
  const std::uint64_t number = number_from_text(format);
  if (key != "Format:" || number == 0)
    throw std::invalid_argument("it has no format version");
  if (number == 1)
    throw StoreError("'" + path +
                         "' has format 1, written by clustcr 0.1.0, which this "
                         "version can't read: precluster the files again, in "
                         "another `directory`",
                     "older_format");
  if (number > StoreManifest::kFormat)
    throw StoreError("'" + path + "' has format " + std::to_string(number) +
                         ", written by a newer clustcr; this one reads "
                         "formats up to " +
                         std::to_string(StoreManifest::kFormat),
                     "newer_format");
}

}  // namespace

std::string manifest_path(const std::string& directory) {
  return join_path(directory, "clustcr.dcf");
}

std::string centroids_path(const std::string& directory) {
  return join_path(directory, "centroids.bin");
}

bool holds_store(const std::string& directory) {
  return path_exists(manifest_path(directory));
}

void write_manifest(const std::string& directory, const StoreManifest& manifest,
                    const StoredCentroids& centroids, bool durable) {
  if (manifest.by_centroid)
    replace_file(centroids_path(directory), centroids_to_bytes(centroids),
                 durable);
  auto yes = [](bool value) { return value ? "yes" : "no"; };
  std::string text = line("Kind", kKind);
  text += line("Format", std::to_string(StoreManifest::kFormat));
  text += line("StoreId", manifest.id);
  text += line("MaxSequenceSize", std::to_string(manifest.max_sequence_size));
  text += line("Preclusters", std::to_string(manifest.preclusters));
  text += line("ByCentroid", yes(manifest.by_centroid));
  text += line("VGene", yes(manifest.v_gene));
  text += line("JGene", yes(manifest.j_gene));
  text += line("MadeFolder", yes(manifest.made_folder));
  for (const auto& [key, value] : manifest.parameters)
    text += line(kParameterPrefix + key, value);
  append_check(&text);
  replace_file(manifest_path(directory), text, durable);
}

StoreManifest read_manifest(const std::string& directory) {
  const std::string path = manifest_path(directory);
  if (!path_exists(path))
    throw StoreError(
        "'" + directory + "' holds no clustcr store: '" + path + "' is missing",
        "missing");
  const std::string text = read_whole_file(path);
  StoreManifest manifest;
  try {
    std::string_view rest = text;
    check_kind_and_format(path, &rest);
    rest = checked_part(path, text).substr(text.size() - rest.size());
    while (!rest.empty()) {
      std::string_view value = take_field(&rest, '\n');
      const std::string key(take_field(&value, ':'));
      if (!value.empty()) value.remove_prefix(1);
      set_value(key, unescaped(value), &manifest);
    }
    SequenceEncoder(manifest.max_sequence_size);  // its range
    if (manifest.preclusters == 0 ||
        manifest.preclusters > StoreManifest::kMostPreclusters)
      throw std::invalid_argument("it has no number of preclusters");
    if (manifest.id.empty()) throw std::invalid_argument("it has no StoreId");
  } catch (const std::invalid_argument& e) {
    damaged(path, e.what());
  } catch (const InvalidArgument& e) {
    damaged(path, e.what());
  }
  return manifest;
}

StoredCentroids read_centroids(const std::string& directory,
                               const StoreManifest& manifest) {
  StoredCentroids stored;
  if (!manifest.by_centroid) return stored;
  const std::string path = centroids_path(directory);
  if (!path_exists(path))
    throw StoreError("'" + path + "' is missing", "missing");
  const std::string all = read_whole_file(path);
  std::uint32_t check = 0;
  if (all.size() < sizeof(check)) damaged(path, "it is too short");
  std::string_view bytes(all.data(), all.size() - sizeof(check));
  std::memcpy(&check, all.data() + bytes.size(), sizeof(check));
  if (crc32c(bytes) != check) damaged(path, "its check does not fit");
  stored.centroids = take_numbers<float>(path, &bytes);
  stored.middles = take_numbers<float>(path, &bytes);
  stored.group_of = take_numbers<std::uint32_t>(path, &bytes);
  const std::size_t dimensions =
      static_cast<std::size_t>(kProperties) * manifest.max_sequence_size;
  if (!bytes.empty() ||
      stored.centroids.size() != manifest.preclusters * dimensions)
    damaged(path, "it must have " + std::to_string(manifest.preclusters) +
                      " centroids");
  return stored;
}

}  // namespace clustcr
