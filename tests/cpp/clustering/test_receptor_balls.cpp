// Balls against all pairs of receptors, looked at one by one.
#include <map>

#include "clustering/receptor_balls.hpp"
#include "clustering/run_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

namespace {

using Samples = std::map<std::uint32_t, double>;

// By receptor ("sequence|genes"): its ball as "receptors|samples", and where it
// stands.
struct Balls {
  std::map<std::string, std::string> found;
  std::vector<std::string> order;
  std::size_t blocks = 0;

  void add(const BallBlock& block) {
    ++blocks;
    const auto n = static_cast<std::size_t>(block.balls.cells());
    const std::size_t samples = block.balls.samples();
    std::vector<int> starts(samples + 1), rows(n);
    std::vector<double> values(n);
    ClusterMatrix::Map matrix(static_cast<int>(block.size()),
                              static_cast<int>(samples), static_cast<int>(n),
                              starts.data(), rows.data(), values.data());
    block.balls.fill(&matrix);
    std::vector<Samples> of(block.size());
    for (std::size_t s = 0; s < samples; ++s)
      for (int i = starts[s]; i < starts[s + 1]; ++i)
        of[static_cast<std::size_t>(rows[i])][static_cast<std::uint32_t>(s)] =
            values[i];
    for (std::size_t i = 0; i < block.size(); ++i) {
      const ReceptorSet& set = block.table.rows;
      const std::string name =
          std::string(set.sequences[i]) + "|" + std::string(set.genes_of(i));
      order.push_back(name);
      EXPECT_TRUE(
          found.emplace(name, text(block.balls.sizes()[i], of[i])).second)
          << name;
    }
  }

  static std::string text(std::size_t receptors, const Samples& samples) {
    std::string text = std::to_string(receptors) + ":";
    for (const auto& [sample, value] : samples)
      text += " " + std::to_string(sample) + "=" + std::to_string(value);
    return text;
  }
};

Balls naive_balls(const ReceptorSet& set, const ReceptorCase& c,
                  const BallOptions& options) {
  const std::vector<Edge> edges = naive_edges(list_of(set), c);
  std::vector<std::vector<std::size_t>> members(set.size());
  for (std::size_t i = 0; i < set.size(); ++i) members[i].push_back(i);
  if (options.neighbours)
    for (const Edge& e : edges) {
      members[e.first].push_back(e.second);
      members[e.second].push_back(e.first);
    }
  Balls balls;
  const Occurrences& in = set.occurrences;
  for (std::size_t i = 0; i < set.size(); ++i) {
    if (in.offsets[i + 1] - in.offsets[i] < options.min_samples) continue;
    Samples samples;
    for (const std::size_t j : members[i])
      for (std::uint64_t k = in.offsets[j]; k < in.offsets[j + 1]; ++k)
        samples[in.sample[k]] +=
            options.value == CellValue::kDuplicateCount
                ? static_cast<double>(in.duplicate_count[k])
                : 1;
    if (options.value == CellValue::kPresence)
      for (auto& entry : samples) entry.second = 1;
    balls.found[std::string(set.sequences[i]) + "|" +
                std::string(set.genes_of(i))] =
        Balls::text(members[i].size(), samples);
  }
  return balls;
}

}  // namespace

TEST(ReceptorBalls, OfRunsAreThoseOfAllPairs) {
  Random random(5);
  std::size_t most_blocks = 0;
  for (const ReceptorCase& c : all_cases()) {
    if (!random.chance(40)) continue;
    std::vector<Row> rows = random_receptors(&random, 400, c);
    const TemporaryFolder folder;
    auto store = store_of_case(folder / "store", 4, c);
    add_in_batches(&store, &rows, 6);
    RunSettings settings;
    settings.rule = c.rule;
    settings.join = true;
    settings.method = Method::kComponents;
    settings.memory_limit = 100 * 2200;
    const ClusteringRun run = begin_run(store, settings);
    const ReceptorSet set = receptors_of_rows(rows, c);
    for (const CellValue value : {CellValue::kPresence, CellValue::kReceptors,
                                  CellValue::kDuplicateCount}) {
      BallOptions options;
      options.value = value;
      options.neighbours = value != CellValue::kReceptors;
      options.min_samples = 1 + random.below(2);
      options.cells = 50;
      Balls one, two, whole;
      receptor_balls(run, store, options, Execution(),
                     [&](const BallBlock& block) { one.add(block); });
      receptor_balls(run, store, options, threads(2),
                     [&](const BallBlock& block) { two.add(block); });
      const std::vector<std::uint32_t> none(set.size(), 0);
      receptor_balls(set, none, 6, c.rule, options, threads(2),
                     [&](const BallBlock& block) { whole.add(block); });
      most_blocks = std::max(most_blocks, one.blocks);
      EXPECT_EQ(one.found, naive_balls(set, c, options).found) << c.name();
      EXPECT_EQ(one.found, whole.found) << c.name();
      EXPECT_EQ(one.order, two.order) << c.name();
    }
  }
  EXPECT_GT(most_blocks, 1u);
}
