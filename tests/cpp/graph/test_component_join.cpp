#include <filesystem>
#include <map>

#include "graph/component_join.hpp"
#include "graph/key_spill.hpp"
#include "receptor_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

namespace {

// The receptors in the join's order, part after part.
std::vector<Receptor> receptors_of_parts(ReceptorParts* parts) {
  std::vector<Receptor> all;
  parts->for_each(threads(2), [&](std::size_t, const ReceptorSet& set) {
    const auto more = list_of(set);
    all.insert(all.end(), more.begin(), more.end());
  });
  return all;
}

// However many processes share the join, together they say what one does.
void expect_slices_agree(ReceptorParts* parts, const JoinOptions& options,
                         const ComponentJoin& join, int n_threads) {
  for (const std::size_t slices : {1, 3}) {
    const TemporaryFolder folder;
    std::vector<std::string> paths;
    for (std::size_t s = 0; s < slices; ++s) {
      paths.push_back(folder / std::to_string(s));
      write_join_slice(
          paths.back(),
          join_slice(parts, options, s, slices, threads(n_threads)), false);
    }
    const ComponentJoin other = combine_slices(paths);
    EXPECT_EQ(other.first, join.first);
    EXPECT_EQ(other.component, join.component);
    EXPECT_EQ(other.component_size, join.component_size);
    EXPECT_EQ(other.occurrences, join.occurrences);
    EXPECT_EQ(other.edges, join.edges);
  }
}

}  // namespace

TEST(ComponentJoin, AgreesWithMergingLabels) {
  for (const ReceptorCase& c : all_cases()) {
    Random random(1);
    auto rows = random_receptors(&random, 400, c);
    const TemporaryFolder folder;
    auto store = store_of_case(folder / "store", 6, c);
    add_in_batches(&store, &rows, 2);
    std::filesystem::create_directory(folder / "work");
    for (const std::uint64_t memory_limit : {1, 1 << 30}) {
      ReceptorParts parts(store, store.latest(), memory_limit);
      const auto all = receptors_of_parts(&parts);
      const auto label = naive_components(all.size(), naive_edges(all, c));
      std::map<std::uint32_t, std::uint32_t> size;
      for (const std::uint32_t l : label) ++size[l];
      const std::size_t edges = naive_edges(all, c.of_counted_edges()).size();
      for (int n_threads : {1, 4}) {
        // Many receptors are foretold to several threads, so that there are
        // many partitions: 16 or 32, and of a few rules as many as there can
        // be, for each is a file.
        const bool most =
            c.paired && c.v_gene && c.j_gene && c.rule.missing_genes_match &&
            !c.rule.ambiguous_genes_match && c.rule.max_distance % 12 < 2;
        std::vector<std::uint64_t> foretold{400};
        if (n_threads == 4) foretold.push_back(most ? 1 << 23 : 1 << 16);
        for (const std::uint64_t receptors : foretold) {
          JoinOptions options;
          options.rule = c.rule;
          options.folder = folder / "work";
          options.longest_possible = 32;
          options.receptors = receptors;
          options.memory_limit = memory_limit;
          const ComponentJoin join =
              join_components(&parts, options, threads(n_threads));
          if (receptors == 400 && n_threads == 4)
            expect_slices_agree(&parts, options, join, n_threads);
          ASSERT_EQ(join.component.size(), all.size());
          ASSERT_EQ(join.first.size(), parts.size() + 1);
          EXPECT_EQ(join.edges, edges) << c.name();
          std::map<std::uint32_t, std::uint32_t> component_of;
          for (std::size_t i = 0; i < all.size(); ++i) {
            if (size[label[i]] == 1) {
              ASSERT_EQ(join.component[i], ComponentJoin::kAlone);
              continue;
            }
            const std::uint32_t k = join.component[i];
            ASSERT_LT(k, join.component_size.size()) << c.name();
            ASSERT_EQ(component_of.emplace(label[i], k).first->second, k);
            ASSERT_EQ(join.component_size[k], size[label[i]]) << c.name();
          }
          ASSERT_EQ(component_of.size(), join.component_size.size());
        }
      }
    }
    EXPECT_TRUE(files_below(folder / "work").empty()) << "keys are left";
  }
}

TEST(ComponentJoin, AKilledJoinsLeftoversGo) {
  const TemporaryFolder folder;
  write_bytes(folder / "keys-0", "left");
  write_bytes(folder / "keys-1023", "left");
  write_bytes(folder / "plan.tsv", "stays");
  KeySpill::remove_leftovers(folder.path());
  KeySpill::remove_leftovers(folder / "none");
  EXPECT_EQ(files_below(folder.path()), std::vector<std::string>{"plan.tsv"});
}

TEST(ComponentJoin, SpilledKeysComeBack) {
  for (const std::uint64_t memory_limit : {1, 1000, 1 << 30}) {
    const TemporaryFolder folder;
    Random random(2);
    std::vector<std::vector<std::uint64_t>> expected(8);
    {
      KeySpill spill(folder.path(), 8, 75, memory_limit);
      for (int round = 0; round < 5; ++round) {
        std::vector<std::vector<SpilledKey>> keys(8);
        for (std::size_t p = 0; p < 8; ++p) {
          for (std::size_t k = random.below(30); k > 0; --k) {
            const NeighbourKey key{
                random.next(), static_cast<KeyRole>(random.below(4)),
                static_cast<MaskedLetters>(random.below(1 << kMaskedBits))};
            const auto id = static_cast<std::uint32_t>(random.next());
            keys[p].push_back(SpilledKey::make(key, 3, id));
            EXPECT_EQ(keys[p].back().hash(), key.hash << 3 >> 22);
            EXPECT_EQ(keys[p].back().letters(), key.letters);
            EXPECT_EQ(keys[p].back().role(), key.role);
            EXPECT_EQ(keys[p].back().id, id);
            expected[p].push_back(keys[p].back().bits() ^ id);
          }
        }
        spill.append_each(threads(2), [&](std::size_t p, std::string* bytes) {
          bytes->append(reinterpret_cast<const char*>(keys[p].data()),
                        keys[p].size() * sizeof(SpilledKey));
        });
      }
      EXPECT_EQ(files_below(folder.path()).empty(), memory_limit == 1 << 30);
      for (std::size_t p = 0; p < 8; ++p) {
        std::vector<std::uint64_t> seen;
        for (const SpilledKey& key : spill.take(p))
          seen.push_back(key.bits() ^ key.id);
        EXPECT_EQ(seen, expected[p]);
      }
    }
    EXPECT_TRUE(files_below(folder.path()).empty());
  }
}
