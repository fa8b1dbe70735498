#include "markov_clustering.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <sstream>
#include <string>

#include "errors.hpp"
#include "mcl_component.hpp"
#include "mcl_engine.hpp"
#include "parallel.hpp"

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
      // The first expansion's operations are a sum of squares of degrees.
      const double degree = static_cast<double>(graph.degree(i)) + 1;
      work_[of[i]] += degree * degree;
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
  const std::uint32_t* nodes(std::size_t i) const {
    return nodes_.data() + offsets_[order_[i]];
  }

  // No entry of the flow matrix of a clique ever changes: it is one cluster.
  bool is_clique(std::size_t i) const {
    const std::uint32_t n = size(i);
    return std::all_of(nodes(i), nodes(i) + n, [&](std::uint32_t node) {
      return graph_.degree(node) == n - 1;
    });
  }

  // Component i with its nodes renumbered, in memory of the caller's.
  mcl::Component view(std::size_t i, std::vector<std::uint32_t>* offsets,
                      std::vector<std::uint32_t>* neighbours) const {
    const std::uint32_t n = size(i);
    offsets->assign(1, 0);
    neighbours->clear();
    for (const std::uint32_t* node = nodes(i); node != nodes(i) + n; ++node) {
      for (const std::uint32_t* j = graph_.begin(*node);
           j != graph_.end(*node); ++j)
        neighbours->push_back(local_[*j]);
      offsets->push_back(static_cast<std::uint32_t>(neighbours->size()));
    }
    return {n, offsets->data(), neighbours->data()};
  }

 private:
  const Graph& graph_;
  std::vector<std::uint32_t> offsets_, nodes_;  // the nodes of each component
  std::vector<std::uint32_t> local_;            // a node's number in its own
  std::vector<double> work_;                    // a guess at it
  std::vector<std::uint32_t> order_;
};

// One thread's means to cluster whole components.
struct Clusterer {
  mcl::Engine engine;
  std::vector<std::uint32_t> offsets, neighbours, labels;

  void operator()(const Components& components, std::size_t i,
                  const MclOptions& options, const Execution& execution,
                  mcl::Worker* workers, std::uint32_t* result) {
    const std::uint32_t n = components.size(i);
    const std::uint32_t* nodes = components.nodes(i);
    labels.assign(n, 0);
    if (options.prune * n > 1 || !components.is_clique(i))
      engine(components.view(i, &offsets, &neighbours), options, execution,
             workers, labels.data());
    for (std::uint32_t j = 0; j < n; ++j) result[nodes[j]] = nodes[labels[j]];
  }
};

// In operations of the first expansion, a microsecond each by the time the
// flow has converged.
constexpr double kLarge = 1e5;
constexpr double kShare = 2e3;

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
                                             const Execution& execution) {
  check(options);
  std::vector<std::uint32_t> result(graph.size(), kNoCluster);
  const Components components(graph);
  const int threads = usable_threads(execution.threads);
  const Execution all{threads, execution.host};
  std::vector<mcl::Worker> workers(threads);
  std::vector<Clusterer> clusterers(threads);

  // Large components get all threads, one after the other; also where there
  // is one thread only, as it asks whether to stop between blocks of columns,
  // but not within the components that are handed out whole.
  std::size_t i = 0;
  for (; i < components.count() && components.work(i) > kLarge; ++i)
    clusterers[0](components, i, options, all, workers.data(), result.data());
  const std::vector<std::size_t> ends = share_out(components, i);
  parallel_for(ends.size(), 1, all, [&](std::size_t r, std::size_t, int w) {
    for (std::size_t c = r == 0 ? i : ends[r - 1]; c < ends[r]; ++c)
      clusterers[w](components, c, options, {1, nullptr}, &workers[w],
                    result.data());
  });
  return result;
}

}  // namespace clustcr
