// Markov clustering of one connected component.
#pragma once
#include <cstdint>
#include <vector>

#include "base/ports.hpp"
#include "mcl/arena_memory.hpp"
#include "mcl/column_reader.hpp"
#include "mcl/kept_columns.hpp"
#include "mcl/mcl_arena.hpp"
#include "mcl/mcl_component.hpp"
#include "mcl/mcl_labels.hpp"
#include "mcl/mcl_options.hpp"
#include "mcl/mcl_panel.hpp"
#include "mcl/translations.hpp"

namespace clustcr {
namespace mcl {

// What one thread owns: scratch memory, and the columns it computed. Two
// arenas, as the columns of an iteration are read while the next are written.
struct Worker {
  explicit Worker(ArenaMemory* memory)
      : reader(memory), arenas{ColumnArena(memory), ColumnArena(memory)} {}

  PanelStep step;
  ColumnReader reader;
  ColumnArena arenas[2];
  double difference = 0;  // the largest of this iteration
};

// The flow matrix of a component from start to end. An engine is used for
// many components, one after the other, and keeps its memory.
class Engine {
 public:
  explicit Engine(ArenaMemory* memory) : memory_(memory), kept_(memory) {}

  // labels[j] becomes the smallest node of the cluster of node j. Uses
  // workers[0] .. workers[execution.threads - 1].
  void operator()(const Component& component, const MclOptions& options,
                  const Execution& execution, Worker* workers,
                  std::uint32_t* labels);

 private:
  void start(const Component& component, Worker* workers);
  void weigh(const Component& component, std::uint32_t node,
             const std::vector<std::uint32_t>& rows,
             std::vector<Flow>* values) const;
  void order_by_hubs(const Component& component);
  bool order_along(const Component& component);
  void begin_reading(const Execution& execution, Worker* workers);
  void keep_what_is_read(const Execution& execution, Worker* workers);
  void find_active(int expansion, const Execution& execution, Worker* workers);
  void spread(const std::uint32_t* begin, const std::uint32_t* end,
              ColumnReader* columns);
  void group_by_lead();
  bool iterate(const MclOptions& options, const Execution& execution,
               Worker* workers);
  void compute(const std::vector<std::uint32_t>& nodes,
               const MclOptions& options, const Execution& execution,
               Worker* workers, int arena);
  std::vector<std::uint32_t> copy_translations(ColumnArena* arena);
  void move_unchanged(Worker* worker, int arena);
  void read_labels(Worker* workers, std::uint32_t* labels);
  void end(int threads, Worker* workers);
  void advance(const std::uint32_t* nodes, std::uint32_t count,
               const MclOptions& options, Worker* worker, int arena);
  void store(std::uint32_t node, const Column& column,
             const MclOptions& options, Worker* worker, int arena);

  ArenaMemory* memory_;
  std::vector<Place> columns_, next_;
  KeptColumns kept_;
  std::vector<std::uint32_t> order_;   // nodes, those of a hub side by side
  std::vector<std::uint32_t> rank_;    // their places in it
  std::vector<std::uint32_t> lead_;    // rank of each column's largest row
  std::vector<std::uint8_t> changed_;  // in the last iteration, in any bit
  std::vector<std::uint8_t> dirty_, spread_;
  std::vector<std::uint32_t> active_, grouped_, count_;
  int arena_ = 0;  // where the columns are
  Translations translations_;
  ClusterReader read_clusters_;
};

}  // namespace mcl
}  // namespace clustcr
