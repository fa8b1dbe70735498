// Markov clustering with flow matrices that go to files: the same labels at
// every limit, and every failure an error with a name.
#include <gtest/gtest.h>
#ifndef _WIN32
#include <sys/mount.h>
#include <sys/resource.h>
#endif

#include <csignal>
#include <set>

#include "mcl/column_reader.hpp"
#include "mcl/kept_columns.hpp"
#include "mcl/markov_clustering.hpp"
#include "mcl/mcl_arena.hpp"
#include "test_helpers.hpp"

namespace clustcr {
namespace {

using clustcr_test::Random;
using clustcr_test::TemporaryFolder;

// One component of groups that are dense inside, and small ones beside it.
Graph groups_graph(std::uint32_t groups, std::uint32_t size, Random* random) {
  std::set<Edge> edges;
  for (std::uint32_t g = 0; g < groups; ++g) {
    const std::uint32_t first = g * size;
    for (std::uint32_t i = 0; i < size; ++i) {
      for (std::uint32_t j = i + 1; j < size; ++j)
        if (random->chance(30)) edges.emplace(first + i, first + j);
      if (g + 1 < groups && random->chance(20))
        edges.emplace(first + i,
                      first + size + random->below((groups - g - 1) * size));
    }
  }
  std::uint32_t n = groups * size;
  for (int i = 0; i < 300; ++i, n += 3) {
    edges.emplace(n, n + 1);
    edges.emplace(n + 1, n + 2);
  }
  return graph_from_edges(n, std::vector<Edge>(edges.begin(), edges.end()));
}

MclMemory limit(std::uint64_t bytes, const std::string& folder) {
  MclMemory memory;
  memory.limit = bytes;
  memory.folder = folder;
  return memory;
}

TEST(MclMemory, SameLabelsAtEveryLimit) {
  Random random(1);
  const TemporaryFolder folder;
  for (int round = 0; round < 3; ++round) {
    const Graph graph = groups_graph(100, 20, &random);
    MclOptions options;
    options.inflation = round == 1 ? 2.5 : 1.2;
    options.expansion = round == 2 ? 3 : 2;
    if (round == 2) options.max_iterations = 6;
    const auto expected = markov_clustering(graph, options, {1, nullptr});
    for (const std::uint64_t bytes :
         {std::uint64_t{0}, std::uint64_t{1} << 20, std::uint64_t{3} << 20,
          std::uint64_t{1} << 32})
      for (const int threads : {1, 2})
        EXPECT_EQ(markov_clustering(graph, options, {threads, nullptr},
                                    limit(bytes, folder.path())),
                  expected)
            << bytes << " bytes, " << threads << " threads";
  }
  EXPECT_TRUE(clustcr_test::files_below(folder.path()).empty());
}

// Without pruning a column may be as long as the graph is large.
TEST(MclMemory, LongColumns) {
  Random random(2);
  const TemporaryFolder folder;
  const Graph graph = groups_graph(40, 20, &random);
  MclOptions options;
  options.prune = 0;
  options.max_iterations = 4;
  EXPECT_EQ(
      markov_clustering(graph, options, {2, nullptr}, limit(0, folder.path())),
      markov_clustering(graph, options, {2, nullptr}));
}

// Columns through rings of all sizes, against what was put in.
TEST(MclMemory, ReaderGivesWhatTheArenaTook) {
  Random random(3);
  const TemporaryFolder folder;
  for (const std::uint64_t bytes : {0u, 2u << 20, 5u << 20}) {
    mcl::ArenaMemory memory(limit(bytes, folder.path()), 0);
    mcl::ColumnArena arena(&memory);
    mcl::ColumnReader reader(&memory);
    for (int matrix = 0; matrix < 3; ++matrix) {
      arena.clear();
      const std::uint32_t n = 4000;
      std::vector<mcl::Place> places;
      std::vector<std::vector<std::uint32_t>> rows(n);
      for (std::uint32_t j = 0; j < n; ++j) {
        rows[j].resize(1 + random.below(random.chance(2) ? 5000 : 300));
        for (auto& row : rows[j])
          row = static_cast<std::uint32_t>(random.next());
        std::vector<mcl::Flow> values(rows[j].size(), static_cast<float>(j));
        places.push_back(
            arena.append(rows[j].data(), values.data(),
                         static_cast<std::uint32_t>(rows[j].size())));
      }
      arena.flush();
      reader.begin(places.data(), n, 1);
      std::size_t wrong = 0, batches = 0;
      for (int turn = 0; turn < 200; ++turn) {
        std::vector<std::uint32_t> nodes;
        const std::uint32_t near = static_cast<std::uint32_t>(random.below(n));
        for (std::uint32_t j = 0; j < n; ++j)
          if (random.chance(j / 400 == near / 400 ? 60 : 2)) nodes.push_back(j);
        std::vector<mcl::Column> columns(nodes.size());
        for (std::uint32_t begin = 0; begin < nodes.size();) {
          const std::uint32_t count = reader.read(
              nodes.data() + begin,
              static_cast<std::uint32_t>(nodes.size()) - begin, columns.data());
          ASSERT_GE(count, 1u);
          for (std::uint32_t i = 0; i < count; ++i) {
            const auto& expected = rows[nodes[begin + i]];
            const mcl::Column& c = columns[i];
            wrong += c.size != expected.size() ||
                     !std::equal(expected.begin(), expected.end(), c.rows) ||
                     std::any_of(c.values, c.values + c.size, [&](float v) {
                       return v != static_cast<float>(nodes[begin + i]);
                     });
          }
          begin += count;
          ++batches;
        }
      }
      EXPECT_EQ(wrong, 0u);
      EXPECT_TRUE(batches > 200 || bytes > 0) << "the ring is too large";
    }
  }
}

// What is kept is what was put in, within the memory, and wanted at least as
// often as what is not.
TEST(MclMemory, ColumnsWantedMostAreKept) {
  Random random(31);
  const TemporaryFolder folder;
  for (const std::uint64_t bytes : {2u << 20, 5u << 20, 12u << 20}) {
    mcl::ArenaMemory memory(limit(bytes, folder.path()), 0);
    mcl::ColumnArena arena(&memory);
    const std::uint32_t n = 20000;
    std::vector<mcl::Place> places;
    std::vector<std::uint32_t> wanted(n);
    // Memory that the first matrix had is free once it went to files.
    for (int matrix = 0; matrix < 2; ++matrix) {
      arena.clear();
      places.clear();
      for (std::uint32_t j = 0; j < n; ++j) {
        const std::vector<std::uint32_t> rows(1 + random.below(200), j);
        const std::vector<mcl::Flow> values(rows.size(), static_cast<float>(j));
        places.push_back(arena.append(rows.data(), values.data(),
                                      static_cast<std::uint32_t>(rows.size())));
      }
    }
    arena.flush();
    const std::vector<mcl::Place> before = places;
    mcl::KeptColumns kept(&memory);
    std::size_t most = 0;
    for (int matrix = 0; matrix < 3; ++matrix) {
      for (auto& w : wanted)
        w = static_cast<std::uint32_t>(
            random.below(random.chance(5) ? 2000 : 9));
      kept.keep(&places, wanted, {1 + matrix % 2, nullptr});
      std::size_t wrong = 0, count = 0, used = 0;
      std::uint32_t least = UINT32_MAX, left_out = 0;
      for (std::uint32_t j = 0; j < n; ++j) {
        if (!before[j].file) continue;
        if (places[j].file) {
          left_out = std::max(left_out, wanted[j]);
          continue;
        }
        ++count;
        used += places[j].bytes();
        least = std::min(least, wanted[j]);
        const mcl::Column c = mcl::column_at(places[j].address, places[j].size);
        wrong += std::count(c.rows, c.rows + c.size, j) != c.size ||
                 std::count(c.values, c.values + c.size,
                            static_cast<float>(j)) != c.size;
      }
      EXPECT_EQ(wrong, 0u);
      EXPECT_LE(used, bytes);
      EXPECT_GE(least, std::min(left_out, 1023u));
      most = std::max(most, count);
      // One moved since then: its place is its own.
      const mcl::Place moved = before[0];
      places[n - 1] = moved;
      kept.restore(&places);
      EXPECT_EQ(places[n - 1].offset, moved.offset);
      places[n - 1] = before[n - 1];
      for (std::uint32_t j = 0; j < n; ++j)
        wrong += places[j].file != before[j].file ||
                 places[j].offset != before[j].offset;
      EXPECT_EQ(wrong, 0u);
    }
    EXPECT_GT(most, 100u) << "the test keeps too little";
  }
}

TEST(MclMemory, FolderMustBeThere) {
  Random random(4);
  const Graph graph = groups_graph(150, 20, &random);
  const TemporaryFolder folder;
  const auto run = [&](const std::string& where) {
    return clustcr_test::kind_of_error([&] {
      markov_clustering(graph, MclOptions(), {1, nullptr}, limit(0, where));
    });
  };
  EXPECT_EQ(run(""), "invalid_argument");
  EXPECT_EQ(run(folder / "none"), "io");
}

#ifndef _WIN32
// A limit on the size of files makes write() fail at any byte we like.
TEST(MclMemory, FileThatCantGrowIsAnError) {
  Random random(5);
  const Graph graph = groups_graph(150, 20, &random);
  const TemporaryFolder folder;
  struct rlimit before, small;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  std::string kind, message;
  for (const rlim_t bytes : {0u, 100000u}) {
    small = before;
    small.rlim_cur = bytes;
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
    kind = clustcr_test::kind_of_error(
        [&] {
          markov_clustering(graph, MclOptions(), {2, nullptr},
                            limit(0, folder.path()));
        },
        &message);
    setrlimit(RLIMIT_FSIZE, &before);
    EXPECT_EQ(kind, "io");
    EXPECT_TRUE(clustcr_test::contains(message, folder.path())) << message;
  }
  std::signal(SIGXFSZ, handler);
  EXPECT_TRUE(clustcr_test::files_below(folder.path()).empty());
}

TEST(MclMemory, FullDiskIsAnError) {
  Random random(6);
  const Graph graph = groups_graph(150, 20, &random);
  const TemporaryFolder folder;
  if (::mount("none", folder.path().c_str(), "tmpfs", 0, "size=256k") != 0)
    GTEST_SKIP() << "a file system can't be mounted here";
  for (const int threads : {1, 2}) {
    std::string message;
    EXPECT_EQ(clustcr_test::kind_of_error(
                  [&] {
                    markov_clustering(graph, MclOptions(), {threads, nullptr},
                                      limit(0, folder.path()));
                  },
                  &message),
              "disk_full");
    EXPECT_TRUE(clustcr_test::contains(message, folder.path())) << message;
  }
  ::umount(folder.path().c_str());
}
#endif

}  // namespace
}  // namespace clustcr
