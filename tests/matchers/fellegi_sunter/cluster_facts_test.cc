// Bridges, density and weakest link, against cases told by hand and against taking each link away.
#include "matchers/fellegi_sunter/cluster_facts.h"

#include <gtest/gtest.h>

#include <functional>

#include "tests/matchers/fellegi_sunter/made_clusters.h"

namespace hearth::linkage {
namespace {

ClusterFacts FactsOf(size_t records, const std::vector<Link>& links) {
  const Clustering c = Cluster({.records = records, .links = links}, {.method = ClusterMethod::kConnected});
  EXPECT_EQ(c.facts.size(), 1u);
  return c.facts.at(0);
}

TEST(ClusterFacts, TwoTrianglesAndTheLinkBetweenThem) {
  const ClusterFacts f = FactsOf(6, {{0, 1, 9}, {0, 2, 9}, {1, 2, 9}, {3, 4, 9}, {3, 5, 9}, {4, 5, 9}, {2, 3, 4}});
  EXPECT_EQ(f.records, 6u);
  EXPECT_EQ(f.links, 7u);
  EXPECT_EQ(f.bridges, 1u);
  EXPECT_DOUBLE_EQ(f.density, 7.0 / 15);
  EXPECT_EQ(f.weakest_bits, 4);
}

TEST(ClusterFacts, ARingHasNoBridgeAndAPathIsAllBridges) {
  EXPECT_EQ(FactsOf(4, {{0, 1, 9}, {1, 2, 9}, {2, 3, 9}, {0, 3, 9}}).bridges, 0u);
  EXPECT_EQ(FactsOf(4, {{0, 1, 9}, {1, 2, 9}, {2, 3, 9}}).bridges, 3u);
}

TEST(ClusterFacts, AMillionRecordsInARowNeedNoDeepStack) {
  std::vector<Link> links;
  for (uint32_t i = 0; i + 1 < 1'000'000; ++i) links.push_back({i, i + 1, 5});
  EXPECT_EQ(FactsOf(1'000'000, links).bridges, 999'999u);
}

TEST(ClusterFacts, BridgesAreTheLinksWhoseLossPartsTheCluster) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    std::mt19937_64 random(seed);
    const uint32_t n = 2 + random() % 9;
    std::vector<Link> links;
    for (uint32_t a = 0; a < n; ++a) {
      for (uint32_t b = a + 1; b < n; ++b) {
        if (random() % 4 == 0) links.push_back({a, b, 1});
      }
    }
    const auto parts = [n](const std::vector<Link>& with) {
      return Cluster({.records = n, .links = with}, {.method = ClusterMethod::kConnected}).clusters;
    };
    uint64_t want = 0;
    for (size_t i = 0; i < links.size(); ++i) {
      std::vector<Link> without = links;
      without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
      want += parts(without) > parts(links);
    }
    uint64_t got = 0;
    const Clustering c = Cluster({.records = n, .links = links}, {.method = ClusterMethod::kConnected});
    for (const ClusterFacts& f : c.facts) got += f.bridges;
    EXPECT_EQ(got, want) << "seed " << seed;
  }
}

}  // namespace
}  // namespace hearth::linkage
