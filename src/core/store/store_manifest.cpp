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

std::string_view as_bytes(const std::vector<float>& numbers) {
  return {reinterpret_cast<const char*>(numbers.data()),
          numbers.size() * sizeof(float)};
}

std::vector<float> read_centroids(const std::string& directory,
                                  const StoreManifest& manifest,
                                  std::uint32_t check) {
  const std::string path = centroids_path(directory);
  const std::string bytes = read_whole_file(path);
  const std::size_t count =
      manifest.preclusters * kProperties * manifest.max_sequence_size;
  if (bytes.size() != count * sizeof(float))
    damaged(path, "it must have " + std::to_string(count * sizeof(float)) +
                      " bytes, not " + std::to_string(bytes.size()));
  if (crc32c(bytes) != check) damaged(path, "its check does not fit");
  std::vector<float> centroids(count);
  std::memcpy(centroids.data(), bytes.data(), bytes.size());
  return centroids;
}

// Sets what `key` names; unknown keys of the same format are an error, for
// what we don't understand we can't honour.
void set_value(const std::string& key, const std::string& value,
               StoreManifest* manifest, std::uint32_t* centroids_check) {
  const std::size_t prefix = std::strlen(kParameterPrefix);
  if (key.compare(0, prefix, kParameterPrefix) == 0)
    manifest->parameters.emplace_back(key.substr(prefix), value);
  else if (key == "MaxSequenceSize")
    manifest->max_sequence_size = static_cast<int>(number_from_text(value));
  else if (key == "Preclusters")
    manifest->preclusters = number_from_text(value);
  else if (key == "MadeFolder")
    manifest->made_folder = value == "yes";
  else if (key == "CentroidsCheck")
    *centroids_check = check_from_text(value);
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
  return join_path(directory, "centroids.f32");
}

bool holds_store(const std::string& directory) {
  return path_exists(manifest_path(directory));
}

void write_manifest(const std::string& directory, const StoreManifest& manifest,
                    const std::vector<float>& centroids, bool durable) {
  replace_file(centroids_path(directory), as_bytes(centroids), durable);
  std::string text = line("Kind", kKind);
  text += line("Format", std::to_string(StoreManifest::kFormat));
  text += line("MaxSequenceSize", std::to_string(manifest.max_sequence_size));
  text += line("Preclusters", std::to_string(manifest.preclusters));
  text += line("MadeFolder", manifest.made_folder ? "yes" : "no");
  text += line("CentroidsCheck", check_to_text(crc32c(as_bytes(centroids))));
  for (const auto& [key, value] : manifest.parameters)
    text += line(kParameterPrefix + key, value);
  append_check(&text);
  replace_file(manifest_path(directory), text, durable);
}

StoreManifest read_manifest(const std::string& directory,
                            std::vector<float>* centroids) {
  const std::string path = manifest_path(directory);
  if (!path_exists(path))
    throw StoreError(
        "'" + directory + "' holds no clustcr store: '" + path + "' is missing",
        "missing");
  const std::string text = read_whole_file(path);
  StoreManifest manifest;
  std::uint32_t centroids_check = 0;
  try {
    std::string_view rest = text;
    check_kind_and_format(path, &rest);
    rest = checked_part(path, text).substr(text.size() - rest.size());
    while (!rest.empty()) {
      std::string_view value = take_field(&rest, '\n');
      const std::string key(take_field(&value, ':'));
      if (!value.empty()) value.remove_prefix(1);
      set_value(key, unescaped(value), &manifest, &centroids_check);
    }
    SequenceEncoder(manifest.max_sequence_size);  // its range
    if (manifest.preclusters == 0 || manifest.preclusters > UINT32_MAX)
      throw std::invalid_argument("it has no number of preclusters");
  } catch (const std::invalid_argument& e) {
    damaged(path, e.what());
  } catch (const InvalidArgument& e) {
    damaged(path, e.what());
  }
  *centroids = read_centroids(directory, manifest, centroids_check);
  return manifest;
}

}  // namespace clustcr
