#include "mcl/mcl_engine.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "base/parallel.hpp"

namespace clustcr {
namespace mcl {
namespace {

bool same_bits(const Column& a, const Column& b) {
  return a.size == b.size &&
         std::memcmp(a.rows, b.rows, a.size * sizeof(*a.rows)) == 0 &&
         std::memcmp(a.values, b.values, a.size * sizeof(*a.values)) == 0;
}

// max(|now - last| - relative * |last|) over the rows of either.
double difference(const Column& now, const Column& last, double relative) {
  double worst = -1;
  std::uint32_t a = 0, b = 0;
  while (a < now.size || b < last.size) {
    const std::uint32_t row_a = a < now.size ? now.rows[a] : 0xffffffffu;
    const std::uint32_t row_b = b < last.size ? last.rows[b] : 0xffffffffu;
    const Flow x = row_a <= row_b ? now.values[a++] : Flow(0);
    const Flow y = row_b <= row_a ? last.values[b++] : Flow(0);
    worst = std::max<double>(worst, std::fabs(x - y) - relative * std::fabs(y));
  }
  return worst;
}

// A few milliseconds of work at most, so that threads end together and a stop
// is answered soon.
constexpr std::size_t kColumnsAtATime = 32 * kLanes;
constexpr std::size_t kColumnsToLookAt = 2048;
constexpr std::size_t kLongColumn = 1000;

constexpr std::uint32_t kLongPath = 256;

}  // namespace

void Engine::operator()(const Component& component, const MclOptions& options,
                        const Execution& execution, Worker* workers,
                        std::uint32_t* labels) {
  for (int w = 0; w < execution.threads; ++w)
    workers[w].step.reserve(component.size);
  start(component, workers);
  for (int i = 0; i < options.max_iterations; ++i)
    if (!iterate(options, execution, workers)) break;
  read_labels(workers, labels);
  end(execution.threads, workers);
}

// What a giant component needed would be in the way of the small ones.
void Engine::end(int threads, Worker* workers) {
  for (int w = 0; w < threads; ++w)
    for (ColumnArena& arena : workers[w].arenas) {
      if (memory_->spilled())
        arena.release();
      else
        arena.clear();
    }
  if (!memory_->spilled()) return;
  for (int w = 0; w < threads; ++w) workers[w].reader.release();
  kept_.release();
  memory_->forget_spill();
}

// Each worker gets an equal share of the memory that is left.
void Engine::begin_reading(const Execution& execution, Worker* workers) {
  const int threads = execution.threads;
  if (memory_->spilled()) keep_what_is_read(execution, workers);
  for (int w = 0; w < threads; ++w)
    workers[w].reader.begin(columns_.data(),
                            static_cast<std::uint32_t>(columns_.size()),
                            static_cast<std::uint32_t>(threads - w));
}

// What was read most in the last iteration will be in this one.
void Engine::keep_what_is_read(const Execution& execution, Worker* workers) {
  std::vector<std::uint32_t>& wanted = count_;
  wanted.assign(columns_.size(), 0);
  for (int w = 0; w < execution.threads; ++w) {
    const std::vector<std::uint32_t>& reads = workers[w].step.reads();
    for (std::size_t j = 0; j < columns_.size(); ++j) wanted[j] += reads[j];
    workers[w].step.forget_reads();
  }
  kept_.keep(&columns_, wanted, execution);
}

// The adjacency matrix with self-loops, columns normalised.
void Engine::start(const Component& component, Worker* workers) {
  const std::uint32_t n = component.size;
  if (!order_along(component)) order_by_hubs(component);
  columns_.resize(n);
  next_.resize(n);
  changed_.assign(n, 1);
  arena_ = 0;
  std::vector<std::uint32_t>& rows = active_;
  std::vector<Flow> values;
  for (std::uint32_t j = 0; j < n; ++j) {
    rows.assign(1, j);
    for (const std::uint32_t* i = component.begin(order_[j]);
         i != component.end(order_[j]); ++i)
      rows.push_back(rank_[*i]);
    std::sort(rows.begin(), rows.end());
    if (component.weights == nullptr)
      values.assign(rows.size(), Flow(1) / static_cast<Flow>(rows.size()));
    else
      weigh(component, order_[j], rows, &values);
    columns_[j] = workers[0].arenas[0].append(
        rows.data(), values.data(), static_cast<std::uint32_t>(rows.size()));
  }
  workers[0].arenas[0].flush();
  translations_.begin(columns_);
}

// The first flow of `node` by the weights of its edges, and 1 to itself, in the
// order of `rows`.
void Engine::weigh(const Component& component, std::uint32_t node,
                   const std::vector<std::uint32_t>& rows,
                   std::vector<Flow>* values) const {
  values->assign(rows.size(), 0);
  double sum = 1;
  for (const std::uint32_t* i = component.begin(node); i != component.end(node);
       ++i) {
    const float weight = component.weights[i - component.neighbours];
    sum += weight;
    const auto at = std::lower_bound(rows.begin(), rows.end(), rank_[*i]);
    (*values)[static_cast<std::size_t>(at - rows.begin())] = weight;
  }
  const auto own = std::lower_bound(rows.begin(), rows.end(), rank_[node]);
  (*values)[static_cast<std::size_t>(own - rows.begin())] = 1;
  for (Flow& value : *values) value = static_cast<Flow>(value / sum);
}

// A long path has no hubs: its nodes are numbered from the smaller end on. (A
// cycle has no end, and its clusters hang on the order of its nodes alone.)
bool Engine::order_along(const Component& component) {
  const std::uint32_t n = component.size;
  if (n < kLongPath) return false;
  std::uint32_t end = n;
  for (std::uint32_t j = n; j-- > 0;) {
    if (component.degree(j) > 2) return false;
    if (component.degree(j) == 1) end = j;
  }
  if (end == n) return false;
  std::uint32_t node = end, before = end;
  order_.clear();
  while (order_.size() < n) {
    order_.push_back(node);
    const std::uint32_t* next = component.begin(node);
    if (*next == before && component.degree(node) == 2) ++next;
    before = node;
    node = *next;
  }
  rank_.resize(n);
  for (std::uint32_t i = 0; i < n; ++i) rank_[order_[i]] = i;
  lead_.resize(n);
  std::iota(lead_.begin(), lead_.end(), 0u);
  return true;
}

// Columns whose flow goes the same way should share panels, and their rows
// should lie side by side. Before there is any flow, guess: it goes to the
// neighbour with most neighbours. These hubs form trees; nodes are numbered
// depth first along them.
void Engine::order_by_hubs(const Component& component) {
  const std::uint32_t n = component.size;
  std::vector<std::uint32_t>& hub = lead_;
  hub.resize(n);
  for (std::uint32_t j = 0; j < n; ++j) {
    hub[j] = j;
    for (const std::uint32_t* i = component.begin(j); i != component.end(j);
         ++i)
      if (component.degree(*i) > component.degree(hub[j]) ||
          (component.degree(*i) == component.degree(hub[j]) && *i < hub[j]))
        hub[j] = *i;
  }
  count_.assign(n + 1, 0);
  for (std::uint32_t j = 0; j < n; ++j)
    if (hub[j] != j) ++count_[hub[j] + 1];
  std::partial_sum(count_.begin(), count_.end(), count_.begin());
  std::vector<std::uint32_t>& children = grouped_;
  children.resize(n);
  rank_.assign(count_.begin(), count_.end() - 1);
  for (std::uint32_t j = 0; j < n; ++j)
    if (hub[j] != j) children[rank_[hub[j]]++] = j;
  order_.clear();
  active_.clear();
  for (std::uint32_t root = 0; root < n; ++root) {
    if (hub[root] != root) continue;
    active_.push_back(root);
    while (!active_.empty()) {
      const std::uint32_t j = active_.back();
      active_.pop_back();
      order_.push_back(j);
      for (std::uint32_t i = count_[j + 1]; i > count_[j]; --i)
        active_.push_back(children[i - 1]);
    }
  }
  for (std::uint32_t i = 0; i < n; ++i) rank_[order_[i]] = i;
  grouped_.resize(n);
  for (std::uint32_t j = 0; j < n; ++j) grouped_[rank_[j]] = rank_[hub[j]];
  lead_.swap(grouped_);
}

// A column can only change if it, or one that it is computed from, changed
// in the iteration before.
void Engine::find_active(int expansion, const Execution& execution,
                         Worker* workers) {
  const std::uint32_t n = static_cast<std::uint32_t>(columns_.size());
  dirty_ = changed_;
  for (int power = 1; power < expansion; ++power) {
    spread_ = dirty_;
    std::vector<std::uint32_t>& rest = grouped_;
    rest.clear();
    for (std::uint32_t j = 0; j < n; ++j)
      if (!spread_[j]) rest.push_back(j);
    parallel_for(rest.size(), kColumnsToLookAt, execution,
                 [&](std::size_t begin, std::size_t end, int w) {
                   spread(rest.data() + begin, rest.data() + end,
                          &workers[w].reader);
                 });
    dirty_.swap(spread_);
  }
  active_.clear();
  for (std::uint32_t j = 0; j < n; ++j)
    if (dirty_[j]) active_.push_back(j);
}

// Marks those of the nodes that have a row which is dirty.
void Engine::spread(const std::uint32_t* begin, const std::uint32_t* end,
                    ColumnReader* columns) {
  columns->visit(begin, static_cast<std::uint32_t>(end - begin),
                 [&](std::uint32_t k, const Column& column) {
                   std::uint8_t& spread = spread_[begin[k]];
                   for (std::uint32_t i = 0; i < column.size && !spread; ++i)
                     spread = dirty_[column.rows[i]];
                 });
}

// Columns with the same largest row side by side, so that the columns of a
// panel have most of their rows in common.
void Engine::group_by_lead() {
  count_.assign(columns_.size() + 1, 0);
  for (const std::uint32_t j : active_)
    if (!translations_.found(j)) ++count_[lead_[j] + 1];
  std::partial_sum(count_.begin(), count_.end(), count_.begin());
  grouped_.resize(count_.back());
  for (const std::uint32_t j : active_)
    if (!translations_.found(j)) grouped_[count_[lead_[j]]++] = j;
}

bool Engine::iterate(const MclOptions& options, const Execution& execution,
                     Worker* workers) {
  begin_reading(execution, workers);
  find_active(options.expansion, execution, workers);
  if (active_.empty()) return false;
  translations_.find(columns_, dirty_, options.expansion);
  group_by_lead();
  std::size_t used = 0, live = 0;
  for (int w = 0; w < execution.threads; ++w) {
    workers[w].difference = -1;
    used += workers[w].arenas[arena_].entries();
  }
  for (const Place& column : columns_) live += column.size;
  // Few columns change: append them to the others. Otherwise all go to the
  // other arenas, so that dead columns never take more than the live ones.
  const bool move =
      4 * active_.size() >= columns_.size() || used > 2 * live + 1024;
  const int arena = move ? 1 - arena_ : arena_;
  compute(grouped_, options, execution, workers, arena);
  if (translations_.any())
    compute(copy_translations(&workers[0].arenas[arena]), options, execution,
            workers, arena);
  if (move) move_unchanged(&workers[0], arena);
  for (int w = 0; w < execution.threads; ++w) workers[w].arenas[arena].flush();
  if (move) {
    columns_.swap(next_);
    for (int w = 0; w < execution.threads; ++w)
      workers[w].arenas[arena_].clear();
    arena_ = arena;
  } else {
    changed_.swap(spread_);
    std::fill(changed_.begin(), changed_.end(), 0);
    for (const std::uint32_t j : active_) {
      changed_[j] = spread_[j];
      columns_[j] = next_[j];
    }
  }
  translations_.update(columns_);
  double worst = -1;
  for (int w = 0; w < execution.threads; ++w)
    worst = std::max(worst, workers[w].difference);
  return worst > options.tolerance;
}

void Engine::compute(const std::vector<std::uint32_t>& nodes,
                     const MclOptions& options, const Execution& execution,
                     Worker* workers, int arena) {
  std::size_t live = 0;
  for (const Place& column : columns_) live += column.size;
  // Only without pruning are columns this long, and a panel takes seconds.
  const std::size_t grain =
      live > kLongColumn * columns_.size() ? kLanes : kColumnsAtATime;
  parallel_for(nodes.size(), grain, execution,
               [&](std::size_t begin, std::size_t end, int w) {
                 advance(nodes.data() + begin,
                         static_cast<std::uint32_t>(end - begin), options,
                         &workers[w], arena);
               });
}

// The next columns that are the one before, moved. Returns those that have to
// be computed after all, as the memory ends and the one before is in a file.
std::vector<std::uint32_t> Engine::copy_translations(ColumnArena* arena) {
  std::vector<std::uint32_t> rest, rows;
  for (const std::uint32_t j : active_) {
    if (!translations_.found(j)) continue;
    if (!rest.empty() || next_[j - 1].file) {
      rest.push_back(j);
      continue;
    }
    const Column before = column_at(next_[j - 1].address, next_[j - 1].size);
    rows.resize(before.size);
    for (std::uint32_t i = 0; i < before.size; ++i)
      rows[i] = before.rows[i] + 1;
    next_[j] = arena->append(rows.data(), before.values, before.size);
    changed_[j] = changed_[j - 1];
    lead_[j] = lead_[j - 1] + 1;
  }
  return rest;
}

void Engine::move_unchanged(Worker* worker, int arena) {
  std::vector<std::uint32_t>& unchanged = grouped_;
  unchanged.clear();
  for (std::uint32_t j = 0; j < columns_.size(); ++j)
    if (!dirty_[j]) unchanged.push_back(j);
  worker->reader.visit(
      unchanged.data(), static_cast<std::uint32_t>(unchanged.size()),
      [&](std::uint32_t k, const Column& c) {
        const std::uint32_t j = unchanged[k];
        next_[j] = worker->arenas[arena].append(c.rows, c.values, c.size);
        changed_[j] = 0;
      });
}

// Back to the order the nodes came in, on which labels depend.
void Engine::read_labels(Worker* workers, std::uint32_t* labels) {
  const std::uint32_t n = static_cast<std::uint32_t>(columns_.size());
  ColumnReader& reader = workers[0].reader;
  ColumnArena& arena = workers[0].arenas[1 - arena_];
  reader.begin(columns_.data(), n, 1);
  std::vector<std::pair<std::uint32_t, Flow>> entries;
  std::vector<std::uint32_t>& rows = active_;
  std::vector<Flow> values;
  reader.visit(rank_.data(), n, [&](std::uint32_t j, const Column& column) {
    entries.clear();
    for (std::uint32_t i = 0; i < column.size; ++i)
      entries.emplace_back(order_[column.rows[i]], column.values[i]);
    std::sort(entries.begin(), entries.end());
    rows.clear();
    values.clear();
    for (const auto& entry : entries) {
      rows.push_back(entry.first);
      values.push_back(entry.second);
    }
    next_[j] = arena.append(rows.data(), values.data(), column.size);
  });
  arena.flush();
  reader.begin(next_.data(), n, 1);
  read_clusters_(&reader, n, labels);
}

void Engine::advance(const std::uint32_t* nodes, std::uint32_t count,
                     const MclOptions& options, Worker* worker, int arena) {
  for (std::uint32_t i = 0; i < count; i += kLanes) {
    const std::uint32_t lanes = std::min(kLanes, count - i);
    worker->step(&worker->reader, nodes + i, lanes, options);
    for (std::uint32_t l = 0; l < lanes; ++l) {
      const Column column = worker->step.column(l);
      store(nodes[i + l], column, options, worker, arena);
      lead_[nodes[i + l]] = column.rows[worker->step.largest(l)];
    }
  }
}

void Engine::store(std::uint32_t node, const Column& column,
                   const MclOptions& options, Worker* worker, int arena) {
  const Column last = worker->reader.read(node);
  changed_[node] = !same_bits(column, last);
  if (changed_[node] && worker->difference <= options.tolerance)
    worker->difference =
        std::max(worker->difference,
                 difference(column, last, options.relative_tolerance));
  next_[node] =
      worker->arenas[arena].append(column.rows, column.values, column.size);
}

}  // namespace mcl
}  // namespace clustcr
