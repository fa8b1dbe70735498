#include <map>
#include <set>

#include "receptor_helpers.hpp"
#include "store/receptor_parts.hpp"

using namespace clustcr;
using namespace clustcr_test;

namespace {

using Counted = std::map<Receptor, std::map<std::uint32_t, std::uint64_t>>;

Counted counted(const std::vector<Row>& rows, const ReceptorCase& c) {
  Counted all;
  for (const Row& row : rows)
    all[{row.sequence, genes_of(row, c)}][row.batch] += row.duplicate_count;
  return all;
}

void add_to(Counted* all, const ReceptorSet& set) {
  const auto receptors = list_of(set);
  for (std::size_t i = 0; i < receptors.size(); ++i) {
    EXPECT_TRUE(i == 0 || receptors[i - 1] < receptors[i]) << "in order";
    EXPECT_EQ(all->count(receptors[i]), 0u) << "all rows lie in one part";
    const Occurrences& o = set.occurrences;
    std::uint64_t total = 0;
    for (std::uint64_t k = o.offsets[i]; k < o.offsets[i + 1]; ++k) {
      EXPECT_TRUE((*all)[receptors[i]]
                      .emplace(o.sample[k], o.duplicate_count[k])
                      .second);
      total += o.duplicate_count[k];
    }
    EXPECT_EQ(o.total(i), total);
  }
}

}  // namespace

// Whatever the memory: each receptor once, with its counts in each sample.
TEST(ReceptorParts, AreTheReceptorsOfTheStore) {
  for (const ReceptorCase& c : all_cases()) {
    if (c.rule.max_distance == 2 || !c.rule.missing_genes_match ||
        c.rule.distance == Distance::kLevenshtein)
      continue;  // rules don't matter here
    Random random(1);
    const TemporaryFolder folder;
    auto store = store_of_case(folder / "store", 3, c);
    auto rows = random_receptors(&random, 9000, c);
    add_in_batches(&store, &rows, 4);
    const Counted expected = counted(rows, c);
    std::set<std::size_t> sizes;
    for (const std::uint64_t memory_limit :
         {std::uint64_t{1}, std::uint64_t{400000}, std::uint64_t{1} << 40})
      for (int n_threads : {1, 4}) {
        ReceptorParts parts(store, store.latest(), memory_limit);
        sizes.insert(parts.size());
        for (int pass = 0; pass < 3; ++pass) {
          Counted seen;
          std::size_t next = 0;
          parts.for_each(
              threads(n_threads), [&](std::size_t p, const ReceptorSet& set) {
                EXPECT_EQ(p, next++);
                for (std::size_t i = 0; i < set.size(); ++i)
                  EXPECT_EQ(precluster_of(std::string(set.sequences[i]), 3),
                            parts.precluster_of(p));
                add_to(&seen, set);
              });
          ASSERT_EQ(next, parts.size());
          ASSERT_TRUE(seen == expected) << c.name() << ", pass " << pass;
        }
      }
    EXPECT_EQ(*sizes.begin(), 3u) << "no slices where all fits";
    EXPECT_GE(*sizes.rbegin(), 9u) << "slices where it does not";
    Counted seen;
    for (std::size_t p = 0; p < 3; ++p)
      add_to(&seen, load_receptors(store, store.latest(), p));
    EXPECT_TRUE(seen == expected);
  }
}

// A part is about half of the limit at most, however large its precluster.
TEST(ReceptorParts, PartsFitTheMemory) {
  const TemporaryFolder folder;
  auto store = new_store(folder / "store", 1);
  {
    BatchWriter writer(&store, "one");
    Random random(2);
    for (int i = 0; i < 60000; ++i)
      add_row(&writer, 0, {random_cdr3(&random), "", 1, 0});
    writer.commit({});
  }
  for (const std::uint64_t rows : {2000, 5000, 20000}) {
    ReceptorParts parts(store, store.latest(), 2 * rows * kPartBytesPerRow);
    std::size_t largest = 0;
    parts.for_each(Execution(), [&](std::size_t, const ReceptorSet& set) {
      std::uint64_t n = 0;
      for (std::size_t i = 0; i < set.size(); ++i)
        n += set.occurrences.total(i);
      largest = std::max<std::size_t>(largest, n);
    });
    EXPECT_GE(parts.size(), 60000 / rows);
    EXPECT_LE(largest, rows + rows / 4) << "slices are about equal";
  }
}

// Rows of a batch that was replaced are no receptors.
TEST(ReceptorParts, ReplacedBatchesDoNotCount) {
  const ReceptorCase c;
  Random random(3);
  const TemporaryFolder folder;
  auto store = store_of_case(folder / "store", 4, c);
  auto old = random_receptors(&random, 300, c);
  auto kept = random_receptors(&random, 300, c);
  auto anew = random_receptors(&random, 300, c);
  add_rows(&store, "a", old);
  add_rows(&store, "b", kept);
  const Snapshot before = store.latest();
  add_rows(&store, "a", anew, OnDuplicate::kReplace);
  const auto seen_in = [&](const Snapshot& snapshot) {
    Counted seen;
    ReceptorParts(store, snapshot, 1 << 20)
        .for_each(Execution(), [&](std::size_t, const ReceptorSet& set) {
          add_to(&seen, set);
        });
    return seen;
  };
  std::vector<Row> first, second;
  for (Row& row : kept) row.batch = 1, first.push_back(row);
  for (Row& row : old) row.batch = 0, first.push_back(row);
  for (Row& row : kept) row.batch = 0, second.push_back(row);
  for (Row& row : anew) row.batch = 1, second.push_back(row);
  EXPECT_TRUE(seen_in(before) == counted(first, c));
  EXPECT_TRUE(seen_in(store.latest()) == counted(second, c));
}
