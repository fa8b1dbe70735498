#include "mcl/markov_clustering.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>
#include <sstream>
#include <string>

#include "base/errors.hpp"
#include "base/parallel.hpp"
#include "mcl/mcl_component.hpp"
#include "mcl/mcl_engine.hpp"

namespace clustcr {
namespace {

template <class Value>
[[noreturn]] void refuse(const char* what, const char* must, Value value) {
  std::ostringstream message;
  message << '`' << what << "` must be " << must << ", not " << value;
  throw InvalidArgument(message.str());
}

// Written so that a NaN fails.
void check(const MclOptions& o) {
  if (!(o.inflation > 1 && std::isfinite(o.inflation)))
    refuse("inflation", "finite and greater than 1", o.inflation);
  if (o.expansion < 2) refuse("expansion", "at least 2", o.expansion);
  if (!(o.prune >= 0 && o.prune < 1))
    refuse("prune", "at least 0 and less than 1", o.prune);
  if (o.max_iterations < 1)
    refuse("max_iterations", "at least 1", o.max_iterations);
  if (!(o.tolerance >= 0)) refuse("tolerance", "at least 0", o.tolerance);
  if (!(o.relative_tolerance >= 0))
    refuse("relative_tolerance", "at least 0", o.relative_tolerance);
}

// The connected components of two nodes and more, the most work first.
class Components {
 public:
  explicit Components(const Graph& graph) : graph_(graph) {
    std::uint32_t count = 0;
    const std::vector<std::uint32_t> of = connected_components(graph, &count);
    offsets_.assign(count + 1, 0);
    for (const std::uint32_t c : of) ++offsets_[c + 1];
    std::partial_sum(offsets_.begin(), offsets_.end(), offsets_.begin());
    std::vector<std::uint32_t> next(offsets_.begin(), offsets_.end() - 1);
    nodes_.resize(graph.size());
    local_.resize(graph.size());
    work_.assign(count, 0);
    for (std::size_t i = 0; i < graph.size(); ++i) {
      local_[i] = next[of[i]] - offsets_[of[i]];
      nodes_[next[of[i]]++] = static_cast<std::uint32_t>(i);
    }
    for (std::size_t i = 0; i < graph.size(); ++i) {
      const double n = offsets_[of[i] + 1] - offsets_[of[i]];
      double reached = graph.degree(i) + 1;
      for (const std::uint32_t* j = graph.begin(i); j != graph.end(i); ++j)
        reached += graph.degree(*j) + 1;
      work_[of[i]] += std::min(reached, n);
    }
    for (std::uint32_t c = 0; c < count; ++c)
      if (offsets_[c + 1] - offsets_[c] > 1) order_.push_back(c);
    std::sort(order_.begin(), order_.end(),
              [&](std::uint32_t a, std::uint32_t b) {
                return work_[a] > work_[b] || (work_[a] == work_[b] && a < b);
              });
  }

  std::size_t count() const { return order_.size(); }
  double work(std::size_t i) const { return work_[order_[i]]; }
  std::uint32_t size(std::size_t i) const {
    return offsets_[order_[i] + 1] - offsets_[order_[i]];
  }
  std::uint64_t largest() const {
    std::uint64_t nodes = 0;
    for (std::size_t i = 0; i < count(); ++i)
      nodes = std::max<std::uint64_t>(nodes, size(i));
    return nodes;
  }
  const std::uint32_t* nodes(std::size_t i) const {
    return nodes_.data() + offsets_[order_[i]];
  }

  // No entry of the flow matrix of a clique ever changes: it is one cluster.
  // With weights it may be several.
  bool is_clique(std::size_t i) const {
    const std::uint32_t n = size(i);
    return graph_.weights.empty() &&
           std::all_of(nodes(i), nodes(i) + n, [&](std::uint32_t node) {
             return graph_.degree(node) == n - 1;
           });
  }

  // Component i with its nodes renumbered, in memory of the caller's; of one
  // that is the whole graph, as giants mostly are, no edge is copied.
  mcl::Component view(std::size_t i, std::vector<std::uint32_t>* offsets,
                      std::vector<std::uint32_t>* neighbours,
                      std::vector<float>* weights) const {
    const std::uint32_t n = size(i);
    const bool weighted = !graph_.weights.empty();
    neighbours->clear();
    weights->clear();
    if (n == graph_.size()) {
      offsets->assign(graph_.offsets.begin(), graph_.offsets.end());
      return {n, offsets->data(), graph_.neighbours.data(),
              weighted ? graph_.weights.data() : nullptr};
    }
    offsets->assign(1, 0);
    for (const std::uint32_t* node = nodes(i); node != nodes(i) + n; ++node) {
      for (const std::uint32_t* j = graph_.begin(*node); j != graph_.end(*node);
           ++j)
        neighbours->push_back(local_[*j]);
      offsets->push_back(static_cast<std::uint32_t>(neighbours->size()));
      if (weighted)
        weights->insert(weights->end(), graph_.weights_begin(*node),
                        graph_.weights_begin(*node) + graph_.degree(*node));
    }
    return {n, offsets->data(), neighbours->data(),
            weighted ? weights->data() : nullptr};
  }

 private:
  const Graph& graph_;
  std::vector<std::uint32_t> offsets_, nodes_;  // the nodes of each component
  std::vector<std::uint32_t> local_;            // a node's number in its own
  // The entries after the first expansion: time is about in proportion, some
  // 0.4 microseconds for each.
  std::vector<double> work_;
  std::vector<std::uint32_t> order_;
};

// One thread's means to cluster whole components.
struct Clusterer {
  explicit Clusterer(mcl::ArenaMemory* memory) : engine(memory) {}

  mcl::Engine engine;
  std::vector<std::uint32_t> offsets, neighbours, labels;
  std::vector<float> weights;

  void operator()(const Components& components, std::size_t i,
                  const MclOptions& options, const Execution& execution,
                  mcl::Worker* workers, std::uint32_t* result) {
    const std::uint32_t n = components.size(i);
    const std::uint32_t* nodes = components.nodes(i);
    labels.assign(n, 0);
    if (options.prune * n > 1 || !components.is_clique(i))
      engine(components.view(i, &offsets, &neighbours, &weights), options,
             execution, workers, labels.data());
    for (std::uint32_t j = 0; j < n; ++j) result[nodes[j]] = nodes[labels[j]];
  }
};

// Passes a cancellation on from the calling thread, which alone may ask the
// host, to workers in the middle of a component.
class CancelRelay {
 public:
  explicit CancelRelay(Host* host)
      : asking_(host, &stopped_), told_(&stopped_) {}
  Host* of_worker(int worker) {
    return worker == 0 ? static_cast<Host*>(&asking_) : &told_;
  }

 private:
  struct Asking : Host {
    Asking(Host* host, std::atomic<bool>* stopped)
        : host(host), stopped(stopped) {}
    bool cancelled() override {
      if (host && host->cancelled()) *stopped = true;
      return *stopped;
    }
    Host* host;
    std::atomic<bool>* stopped;
  };
  struct Told : Host {
    explicit Told(std::atomic<bool>* stopped) : stopped(stopped) {}
    bool cancelled() override { return *stopped; }
    std::atomic<bool>* stopped;
  };

  std::atomic<bool> stopped_{false};
  Asking asking_;
  Told told_;
};

// The work that is handed out at a time.
constexpr double kShare = 100;

// How many of the largest components should get all threads, one after the
// other: those that are so much of what is left that a thread which took one
// whole might be waited for. All others run side by side, for the iterations
// of a component wait for each other, and late ones have little to share.
std::size_t count_shared(const Components& components, int threads) {
  if (threads == 1) return 0;
  double left = 0;
  for (std::size_t i = 0; i < components.count(); ++i)
    left += components.work(i);
  std::size_t i = 0;
  while (i < components.count() &&
         components.work(i) > left / (2.0 * threads) &&
         components.work(i) > kShare)
    left -= components.work(i++);
  return i;
}

// Ends of runs of components [begin, count) with about equal work each.
std::vector<std::size_t> share_out(const Components& components,
                                   std::size_t begin) {
  std::vector<std::size_t> ends;
  double work = 0;
  for (std::size_t i = begin; i < components.count(); ++i) {
    work += components.work(i);
    if (work < kShare && i + 1 < components.count()) continue;
    ends.push_back(i + 1);
    work = 0;
  }
  return ends;
}

}  // namespace

std::vector<std::uint32_t> markov_clustering(const Graph& graph,
                                             const MclOptions& options,
                                             const Execution& execution,
                                             const MclMemory& memory) {
  check(options);
  std::vector<std::uint32_t> result(graph.size(), kNoCluster);
  const Components components(graph);
  const int threads = usable_threads(execution.threads);
  CancelRelay relay(execution.host);
  const Execution all{threads, relay.of_worker(0)};
  mcl::ArenaMemory arenas(memory,
                          components.largest() * mcl_bytes_per_node(threads));
  std::vector<mcl::Worker> workers;
  std::vector<Clusterer> clusterers;
  workers.reserve(threads);
  clusterers.reserve(threads);
  for (int w = 0; w < threads; ++w) {
    workers.emplace_back(&arenas);
    clusterers.emplace_back(&arenas);
  }

  const std::size_t shared = count_shared(components, threads);
  for (std::size_t i = 0; i < shared; ++i)
    clusterers[0](components, i, options, all, workers.data(), result.data());
  const std::vector<std::size_t> ends = share_out(components, shared);
  parallel_for(ends.size(), 1, all, [&](std::size_t r, std::size_t, int w) {
    const Execution one{1, relay.of_worker(w)};
    for (std::size_t c = r == 0 ? shared : ends[r - 1]; c < ends[r]; ++c)
      clusterers[w](components, c, options, one, &workers[w], result.data());
  });
  return result;
}

}  // namespace clustcr
