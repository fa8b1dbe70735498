// Adds one batch to a store, wholly or not at all.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/file_io.hpp"
#include "store/precluster_store.hpp"

namespace clustcr {

// What to do with a batch whose name is there already.
enum class OnDuplicate { kRefuse, kAppend, kReplace };

// Writes one batch; nothing of it counts before commit(). Holds the store's
// lock while it lives: a second writer is refused.
class BatchWriter {
 public:
  BatchWriter(PreclusterStore* store, const std::string& name,
              OnDuplicate on_duplicate, std::size_t buffer_bytes = 64 << 20);

  void add(std::size_t precluster, const StoredRow& row);
  // `counts`: what the host wants to remember of the batch.
  void commit(const std::vector<std::pair<std::string, std::uint64_t>>& counts);

 private:
  void flush();
  void append(std::size_t precluster, bool first);
  std::string record(
      const std::vector<std::pair<std::string, std::uint64_t>>& counts) const;

  PreclusterStore* store_;
  std::string name_;
  std::uint32_t id_ = 0;
  std::vector<std::uint32_t> replaces_;
  std::unique_ptr<File> lock_;
  std::size_t buffer_limit_;
  std::size_t buffered_ = 0;
  std::uint64_t rows_ = 0;
  std::vector<std::string> buffers_;
  std::vector<PreclusterEnd> ends_;
  std::vector<char> touched_;  // preclusters this batch has written to
};

}  // namespace clustcr
