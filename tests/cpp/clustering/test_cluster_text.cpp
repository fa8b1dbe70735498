#include "base/errors.hpp"
#include "clustering/cluster_text.hpp"
#include "clustering/run_plan.hpp"
#include "test_helpers.hpp"

using namespace clustcr;
using namespace clustcr_test;

namespace {

class ClusterTextTest : public ::testing::Test {
 protected:
  ClusterTextTest() {
    manifest_.v_gene = true;
    manifest_.by_centroid = false;
  }

  // Each receptor a cluster of its own, in samples 1 and 2.
  ClusterTable table_of(const std::vector<std::string>& v_calls,
                        std::uint64_t count = 5) {
    ReceptorCollector collector(true);
    for (const std::string& v_call : v_calls)
      for (const std::uint32_t sample : {1u, 2u})
        collector.add("CASSF", genes_from_columns(v_call, "", manifest_),
                      sample, count);
    ClusterTable table;
    table.rows = collector.finish();
    for (std::uint32_t i = 0; i < table.rows.size(); ++i) {
      table.cluster.push_back(i);
      table.precluster.push_back(3);
    }
    table.clusters = static_cast<std::uint32_t>(table.rows.size());
    return table;
  }

  StoreManifest manifest_;
};

}  // namespace

TEST_F(ClusterTextTest, RowsAreWrittenInTheOrderOfTheColumns) {
  const ClusterTable table = table_of({"TRBV2", "TRBV2,TRBV3", ""});
  std::string text = "before\n";
  ASSERT_TRUE(append_cluster_text(
      table, manifest_, 10, {"duplicate_count", "n_samples"}, '\t', &text));
  EXPECT_EQ(text,
            "before\nCASSF\t\t10\t1\t10\t2\nCASSF\tTRBV2\t11\t1\t10\t2\n"
            "CASSF\tTRBV2,TRBV3\t12\t1\t10\t2\n");
  manifest_.by_centroid = true;
  text.clear();
  ASSERT_TRUE(
      append_cluster_text(table, manifest_, 1, {"cluster_id"}, ',', &text));
  const std::vector<std::uint64_t> ids = cluster_ids(table);
  EXPECT_EQ(text, "CASSF,\"\",1,4," + hash_to_text(ids[0]) +
                      "\nCASSF,TRBV2,2,4," + hash_to_text(ids[1]) +
                      "\nCASSF,\"TRBV2,TRBV3\",3,4," + hash_to_text(ids[2]) +
                      "\n");
}

TEST_F(ClusterTextTest, WhatOnlyTheHostCanWriteIsLeftToIt) {
  std::string text;
  for (const char* name :
       {"=1", "+1", "-1", "@x", "a\tb", "a\nb", "a\"b", "\xce\xb2"})
    EXPECT_FALSE(append_cluster_text(table_of({"TRBV2", name}), manifest_, 1,
                                     {}, '\t', &text))
        << name;
  const ClusterTable large = table_of({"TRBV2"}, std::uint64_t{1} << 52);
  EXPECT_FALSE(append_cluster_text(large, manifest_, 1, {"duplicate_count"},
                                   '\t', &text));
  EXPECT_EQ(text, "");
  EXPECT_TRUE(append_cluster_text(large, manifest_, 1, {}, '\t', &text));
}

TEST_F(ClusterTextTest, TextComesBehindWhatIsThere) {
  const TemporaryFolder folder;
  append_to_file(folder / "file", "a");
  append_to_file(folder / "file", "b");
  EXPECT_EQ(read_bytes(folder / "file"), "ab");
  EXPECT_THROW(append_to_file(folder / "none/file", "a"), Error);
}
