#include "clustering/receptor_balls.hpp"

#include <algorithm>
#include <memory>
#include <unordered_map>

#include "base/hash.hpp"
#include "base/parallel.hpp"
#include "clustering/cluster_memory.hpp"
#include "graph/neighbour_graph.hpp"
#include "store/receptor_parts.hpp"

namespace clustcr {
namespace {

// Balls between two looks at the size of the block; units that are short are
// taken together, so many for each thread.
constexpr std::size_t kBalls = 1 << 12;
constexpr std::size_t kUnitsPerThread = 4;
// Of receptors without neighbours so many at a time, in alphabetical order.
constexpr std::size_t kLoneRows = 1 << 22;

std::size_t own_samples(const ReceptorSet& set, std::size_t i) {
  return set.occurrences.offsets[i + 1] - set.occurrences.offsets[i];
}

// The receptors of a set with their links, where balls have them.
class LinkedReceptors {
 public:
  LinkedReceptors(const ReceptorSet& set,
                  const std::vector<std::uint32_t>& cluster,
                  const NeighbourRule& rule, const BallOptions& options,
                  const Execution& execution)
      : set_(set), cluster_(cluster), options_(options) {
    for (std::uint32_t i = 0; i < set.size(); ++i)
      if (own_samples(set, i) >= options.min_samples) centres_.push_back(i);
    // What has no ball need not be linked.
    if (options.neighbours && !centres_.empty())
      graph_ = neighbour_graph(set, rule, execution);
  }

  std::size_t size() const { return centres_.size(); }

  // Appends the balls [begin, end) to a block of this set's alone.
  void add(std::size_t begin, std::size_t end, BallBlock* block) const {
    block->table.rows.genes = set_.genes;
    std::vector<std::uint32_t> members;
    for (std::size_t k = begin; k < end; ++k) {
      const std::uint32_t i = centres_[k];
      members.assign(1, i);
      if (options_.own) block->own.add_row(set_.occurrences, members);
      if (options_.neighbours)
        members.insert(members.end(), graph_.begin(i), graph_.end(i));
      block->balls.add_row(set_.occurrences, members);
      ClusterTable& table = block->table;
      table.rows.sequences.push_back(set_.sequences[i]);
      if (!set_.gene.empty()) table.rows.gene.push_back(set_.gene[i]);
      table.cluster.push_back(cluster_[i]);
      table.precluster.push_back(0);
      block->own_samples.push_back(
          static_cast<std::uint32_t>(own_samples(set_, i)));
    }
  }

 private:
  const ReceptorSet& set_;
  const std::vector<std::uint32_t>& cluster_;
  const BallOptions& options_;
  std::vector<std::uint32_t> centres_;
  Graph graph_;
};

// Blocks on their way to the visitor.
class BallStream {
 public:
  BallStream(std::size_t samples, const BallOptions& options,
             const VisitBalls& visit)
      : samples_(samples), options_(options), visit_(visit) {
    clear();
  }

  BallBlock empty() const { return BallBlock(samples_, options_.value); }

  void append(const BallBlock& more) {
    const ReceptorSet& from = more.table.rows;
    ReceptorSet& to = block_->table.rows;
    std::vector<std::uint32_t> gene_number(from.genes.size(), kUnknown);
    for (std::size_t i = 0; i < more.size(); ++i) {
      to.sequences.push_back(from.sequences[i]);
      if (from.gene.empty()) continue;
      std::uint32_t& number = gene_number[from.gene[i]];
      if (number == kUnknown) number = number_of(from.genes[from.gene[i]]);
      to.gene.push_back(number);
    }
    const auto behind = [](auto* all, const auto& some) {
      all->insert(all->end(), some.begin(), some.end());
    };
    behind(&block_->table.cluster, more.table.cluster);
    behind(&block_->table.precluster, more.table.precluster);
    behind(&block_->own_samples, more.own_samples);
    block_->balls.append(more.balls);
    block_->own.append(more.own);
    if (block_->balls.cells() >= options_.cells) flush();
  }

  // All balls of a set, by many threads.
  void append(const LinkedReceptors& receptors, const Execution& execution) {
    const auto threads =
        static_cast<std::size_t>(usable_threads(execution.threads));
    const std::size_t at_once = threads * kBalls;
    for (std::size_t from = 0; from < receptors.size(); from += at_once) {
      const std::size_t n = std::min(at_once, receptors.size() - from);
      std::vector<BallBlock> parts((n + kBalls - 1) / kBalls, empty());
      parallel_for(
          parts.size(), 1, execution, [&](std::size_t p, std::size_t, int) {
            const std::size_t begin = from + p * kBalls;
            receptors.add(begin, std::min(begin + kBalls, from + n), &parts[p]);
          });
      for (const BallBlock& part : parts) append(part);
    }
  }

  void flush() {
    if (block_->size() == 0) return;
    visit_(*block_);
    clear();
  }

 private:
  static constexpr std::uint32_t kUnknown = 0xffffffffu;

  std::uint32_t number_of(const std::string& genes) {
    std::vector<std::string>& known = block_->table.rows.genes;
    const auto at =
        gene_number_.emplace(genes, static_cast<std::uint32_t>(known.size()));
    if (at.second) known.push_back(genes);
    return at.first->second;
  }
  void clear() {
    block_ = std::make_unique<BallBlock>(empty());
    gene_number_.clear();
  }

  std::size_t samples_;
  const BallOptions& options_;
  const VisitBalls& visit_;
  std::unique_ptr<BallBlock> block_;
  std::unordered_map<std::string, std::uint32_t> gene_number_;
};

std::uint64_t name_of(const ReceptorSet& set, std::size_t i) {
  return hash64(set.genes_of(i), hash64(set.sequences[i]));
}

// The balls of a run's kept units.
class RunBalls {
 public:
  RunBalls(const ClusteringRun& run, const PreclusterStore& store,
           const BallOptions& options, const Execution& execution,
           BallStream* stream)
      : run_(run),
        store_(store),
        options_(options),
        execution_(execution),
        stream_(stream) {}

  void units() {
    const std::size_t n = run_.plan().units.size();
    const std::size_t most =
        kUnitsPerThread *
        static_cast<std::size_t>(usable_threads(execution_.threads));
    for (std::size_t u = 0; u < n;) {
      if (!is_short(u)) {
        alone(u++);
        continue;
      }
      std::size_t end = u + 1;
      while (end < n && end - u < most && is_short(end)) ++end;
      together(u, end);
      u = end;
    }
  }

  // Those that are in no cluster. Told by 64 bits of hash: that any two of a
  // million share them has a chance of 1 in 30 million.
  void without_cluster() {
    std::sort(in_clusters_.begin(), in_clusters_.end());
    ReceptorParts parts(store_, run_.snapshot(),
                        run_.settings().memory_limit / 16);
    const StoreManifest& manifest = store_.manifest();
    ReceptorCollector found(manifest.v_gene || manifest.j_gene);
    parts.for_each(execution_, [&](std::size_t, const ReceptorSet& set) {
      for (std::size_t i = 0; i < set.size(); ++i) {
        if (own_samples(set, i) < options_.min_samples ||
            std::binary_search(in_clusters_.begin(), in_clusters_.end(),
                               name_of(set, i)))
          continue;
        const Occurrences& in = set.occurrences;
        for (std::uint64_t k = in.offsets[i]; k < in.offsets[i + 1]; ++k)
          found.add(set.sequences[i], set.genes_of(i), in.sample[k],
                    in.duplicate_count[k]);
      }
      if (found.rows() >= kLoneRows) add_alone(found.finish());
    });
    add_alone(found.finish());
  }

 private:
  bool is_short(std::size_t unit) const {
    return run_.rows_of(unit) <= kUnitRows;
  }

  // The unit with its clusters numbered through.
  ClusterTable numbered(ClusterTable table) {
    for (std::uint32_t& cluster : table.cluster) cluster += first_cluster_;
    first_cluster_ += table.clusters;
    for (std::size_t i = 0; i < table.rows.size(); ++i)
      if (own_samples(table.rows, i) >= options_.min_samples)
        in_clusters_.push_back(name_of(table.rows, i));
    return table;
  }

  void add_alone(const ReceptorSet& set) {
    const std::vector<std::uint32_t> none(set.size(), BallBlock::kNoCluster);
    BallOptions alone = options_;
    alone.neighbours = false;
    stream_->append(LinkedReceptors(set, none, {}, alone, execution_),
                    execution_);
  }

  void alone(std::size_t unit) {
    const ClusterTable table = numbered(run_.unit(store_, unit, execution_));
    stream_->append(LinkedReceptors(table.rows, table.cluster,
                                    run_.settings().rule, options_, execution_),
                    execution_);
  }

  void together(std::size_t begin, std::size_t end) {
    std::vector<ClusterTable> tables(end - begin);
    parallel_for(tables.size(), 1, execution_,
                 [&](std::size_t u, std::size_t, int) {
                   tables[u] = run_.unit(store_, begin + u, Execution());
                 });
    for (ClusterTable& table : tables) table = numbered(std::move(table));
    std::vector<BallBlock> parts(tables.size(), stream_->empty());
    parallel_for(
        parts.size(), 1, execution_, [&](std::size_t u, std::size_t, int) {
          const LinkedReceptors receptors(tables[u].rows, tables[u].cluster,
                                          run_.settings().rule, options_,
                                          Execution());
          receptors.add(0, receptors.size(), &parts[u]);
        });
    for (const BallBlock& part : parts) stream_->append(part);
  }

  const ClusteringRun& run_;
  const PreclusterStore& store_;
  const BallOptions& options_;
  const Execution& execution_;
  BallStream* stream_;
  std::uint32_t first_cluster_ = 0;
  std::vector<std::uint64_t> in_clusters_;
};

}  // namespace

void receptor_balls(const ClusteringRun& run, const PreclusterStore& store,
                    const BallOptions& options, const Execution& execution,
                    const VisitBalls& visit) {
  std::vector<std::string> names;
  run.snapshot().samples(&names);
  BallStream stream(names.size(), options, visit);
  RunBalls balls(run, store, options, execution, &stream);
  balls.units();
  if (!run.settings().singletons) balls.without_cluster();
  stream.flush();
}

void receptor_balls(const ReceptorSet& set,
                    const std::vector<std::uint32_t>& cluster,
                    std::size_t samples, const NeighbourRule& rule,
                    const BallOptions& options, const Execution& execution,
                    const VisitBalls& visit) {
  BallStream stream(samples, options, visit);
  stream.append(LinkedReceptors(set, cluster, rule, options, execution),
                execution);
  stream.flush();
}

}  // namespace clustcr
