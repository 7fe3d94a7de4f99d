// Clusters: what holds together and what does not, told in small cases.
#include "matchers/fellegi_sunter/clusters.h"

#include <gtest/gtest.h>

#include "tests/matchers/fellegi_sunter/made_clusters.h"

namespace hearth::linkage {
namespace {

using Labels = std::vector<uint32_t>;

ScorePairs Always(double bits) {
  return [bits](std::span<const Pair> pairs, double* out) { std::fill(out, out + pairs.size(), bits); };
}

// All pairs of [first, last) linked at `bits`.
void AddGroup(uint32_t first, uint32_t last, double bits, std::vector<Link>* links) {
  for (uint32_t a = first; a < last; ++a) {
    for (uint32_t b = a + 1; b < last; ++b) links->push_back({a, b, bits});
  }
}

TEST(Clusters, NoRecordsGiveNoClusters) {
  const Clustering c = Cluster({}, {});
  EXPECT_EQ(c.clusters, 0u);
  EXPECT_TRUE(c.cluster_of.empty());
  EXPECT_TRUE(c.facts.empty());
}

TEST(Clusters, RecordsWithoutLinksStandAlone) {
  const Clustering c = Cluster({.records = 3}, {});
  EXPECT_EQ(c.cluster_of, (Labels{0, 1, 2}));
  EXPECT_EQ(c.clusters, 3u);
  EXPECT_TRUE(c.facts.empty());
}

TEST(Clusters, ALinkAtTheThresholdJoinsAndOneBelowDoesNot) {
  const std::vector<Link> links = {{0, 1, 3.0}, {2, 3, 2.999}};
  const Clustering c = Cluster({.records = 4, .links = links}, {.threshold_bits = 3});
  EXPECT_EQ(c.cluster_of, (Labels{0, 0, 2, 3}));
  ASSERT_EQ(c.facts.size(), 1u);
  EXPECT_EQ(c.facts[0].links, 1u);
  EXPECT_EQ(c.facts[0].bridges, 1u);
  EXPECT_EQ(c.facts[0].density, 1);
  EXPECT_EQ(c.facts[0].weakest_bits, 3);
}

TEST(Clusters, AWeakBridgeBetweenTwoDenseGroupsDoesNotJoinThem) {
  std::vector<Link> links;
  AddGroup(0, 4, 12, &links);
  AddGroup(4, 8, 12, &links);
  links.push_back({3, 4, 4});
  const ClusterInput input{.records = 8, .links = links, .score = Always(-10)};
  EXPECT_EQ(Cluster(input, {}).cluster_of, (Labels{0, 0, 0, 0, 4, 4, 4, 4}));
  EXPECT_EQ(Cluster(input, {}).refused_links, 1u);
  EXPECT_EQ(Cluster(input, {.method = ClusterMethod::kConnected}).cluster_of, Labels(8, 0));
}

TEST(Clusters, AStrongBridgeWithCrossPairsThatHardlyObjectJoinsThem) {
  // (15 + 15 x) / 16 + 10 / 4 is 2.5 at x = -1 and -3.125 at x = -7.
  std::vector<Link> links;
  AddGroup(0, 4, 20, &links);
  AddGroup(4, 8, 20, &links);
  links.push_back({3, 4, 15});
  EXPECT_EQ(Cluster({.records = 8, .links = links, .score = Always(-1)}, {}).cluster_of, Labels(8, 0));
  EXPECT_EQ(Cluster({.records = 8, .links = links, .score = Always(-7)}, {}).cluster_of,
            (Labels{0, 0, 0, 0, 4, 4, 4, 4}));
}

TEST(Clusters, ARecordMayDifferFromOneOfTwoByItsTyposButNotContradictIt) {
  // Mean and allowance: (5 - 8) / 2 + 10, (5 - 30) / 2 + 10.
  const std::vector<Link> links = {{0, 1, 12}, {1, 2, 5}};
  EXPECT_EQ(Cluster({.records = 3, .links = links, .score = Always(-8)}, {}).cluster_of, Labels(3, 0));
  EXPECT_EQ(Cluster({.records = 3, .links = links, .score = Always(-30)}, {}).cluster_of, (Labels{0, 0, 2}));
}

TEST(Clusters, AScantRecordThatFitsManyJoinsOnlyOneOfThem) {
  // 0 says little and is linked to eight people who are not one another.
  std::vector<Link> links;
  for (uint32_t i = 1; i <= 8; ++i) links.push_back({0, i, 4.0 + i});
  const Clustering c = Cluster({.records = 9, .links = links, .score = Always(-40)}, {});
  EXPECT_EQ(c.cluster_of, (Labels{0, 1, 2, 3, 4, 5, 6, 7, 0}));
}

TEST(Clusters, ALinkBelowTheThresholdCountsAgainstAndIsNotScoredAgain) {
  const std::vector<Link> links = {{0, 1, 10}, {1, 2, 5}, {0, 2, -28}};
  const ScorePairs never = [](std::span<const Pair>, double*) { FAIL() << "scored a pair that was given"; };
  EXPECT_EQ(Cluster({.records = 3, .links = links, .score = never}, {}).cluster_of, (Labels{0, 0, 2}));
}

TEST(Clusters, WithoutAScorerAPairNobodyMadeCountsEightBitsAgainst) {
  std::vector<Link> links;
  AddGroup(0, 4, 20, &links);
  AddGroup(4, 8, 20, &links);
  links.push_back({3, 4, 15});
  EXPECT_EQ(Cluster({.records = 8, .links = links}, {}).cluster_of, (Labels{0, 0, 0, 0, 4, 4, 4, 4}));
  for (uint32_t a = 0; a < 4; ++a) links.push_back({a, 7 - a, 19});
  EXPECT_EQ(Cluster({.records = 8, .links = links}, {}).cluster_of, Labels(8, 0));
}

TEST(Clusters, AThresholdIsTakenOffEveryWeight) {
  // (14 - 30) / 2 + 10 holds; (6 - 38) / 2 + 10 does not.
  const std::vector<Link> links = {{0, 1, 20}, {1, 2, 14}, {0, 2, -30}};
  EXPECT_EQ(Cluster({.records = 3, .links = links}, {.threshold_bits = 0}).cluster_of, Labels(3, 0));
  EXPECT_EQ(Cluster({.records = 3, .links = links}, {.threshold_bits = 8}).cluster_of, (Labels{0, 0, 2}));
}

TEST(Clusters, CannotPartsALinkedPairAndMustWinsOverIt) {
  const std::vector<Link> links = {{0, 1, 30}};
  const std::vector<Pair> fact = {{0, 1}};
  EXPECT_EQ(Cluster({.records = 2, .links = links, .cannot = fact}, {}).cluster_of, (Labels{0, 1}));
  const Clustering both = Cluster({.records = 2, .links = links, .cannot = fact, .must = fact}, {});
  EXPECT_EQ(both.cluster_of, (Labels{0, 0}));
  EXPECT_EQ(both.overruled_cannot, 1u);
}

TEST(Clusters, CannotHoldsForWhateverTheTwoHaveJoined) {
  std::vector<Link> links;
  AddGroup(0, 6, 10, &links);
  links[0].weight = 20;      // 0 - 1
  links.back().weight = 20;  // 4 - 5
  const std::vector<Pair> cannot = {{1, 4}};
  for (const ClusterMethod method : {ClusterMethod::kCohesive, ClusterMethod::kConnected}) {
    const Clustering c = Cluster({.records = 6, .links = links, .cannot = cannot}, {.method = method});
    EXPECT_EQ(c.cluster_of[0], c.cluster_of[1]);
    EXPECT_EQ(c.cluster_of[4], c.cluster_of[5]);
    EXPECT_NE(c.cluster_of[0], c.cluster_of[5]);
    EXPECT_EQ(c.clusters, 2u);
  }
}

TEST(Clusters, MustJoinsWhatNoLinkDoes) {
  const std::vector<Pair> must = {{0, 3}, {3, 5}};
  const Clustering c = Cluster({.records = 6, .must = must}, {});
  EXPECT_EQ(c.cluster_of, (Labels{0, 1, 2, 0, 4, 0}));
  ASSERT_EQ(c.facts.size(), 1u);
  EXPECT_EQ(c.facts[0].records, 3u);
  EXPECT_EQ(c.facts[0].links, 0u);
  EXPECT_EQ(c.facts[0].density, 0);
}

TEST(Clusters, MustGroupsAreJudgedAsOne) {
  // 2 is linked to 1 alone; 0 and 1 are one by decision, and 0 objects.
  const std::vector<Link> links = {{1, 2, 6}};
  const std::vector<Pair> must = {{0, 1}};
  EXPECT_EQ(Cluster({.records = 3, .links = links, .must = must, .score = Always(-29)}, {}).cluster_of,
            (Labels{0, 0, 2}));
  EXPECT_EQ(Cluster({.records = 3, .links = links, .must = must, .score = Always(-9)}, {}).cluster_of, Labels(3, 0));
}

TEST(Clusters, OneMonstrousWeightDoesNotOutvoteManyPairs) {
  // 500 bits for a rare name: the clamp lets one pair count no more than 40.
  std::vector<Link> links;
  AddGroup(0, 4, 45, &links);
  AddGroup(4, 8, 45, &links);
  links.push_back({3, 4, 500});
  EXPECT_EQ(Cluster({.records = 8, .links = links, .score = Always(-10)}, {}).cluster_of,
            (Labels{0, 0, 0, 0, 4, 4, 4, 4}));
}

TEST(Clusters, ALinkGivenTwiceCountsOnce) {
  const std::vector<Link> links = {{0, 1, 10}, {1, 2, 5}, {1, 2, 5}, {2, 1, 4}};
  const Clustering c = Cluster({.records = 3, .links = links, .score = Always(-29)}, {});
  EXPECT_EQ(c.cluster_of, (Labels{0, 0, 2}));
  EXPECT_EQ(c.refused_links, 1u);
}

TEST(Clusters, WeightsThatAreNoNumberCountAsAgainst) {
  const std::vector<Link> links = {{0, 1, 10}, {1, 2, 5}, {3, 4, std::nan("")}};
  const Clustering c = Cluster({.records = 5, .links = links, .score = Always(std::nan(""))}, {});
  EXPECT_EQ(c.cluster_of, (Labels{0, 0, 2, 3, 4}));
}

struct Hostile {
  const char* why;
  size_t records;
  std::vector<Link> links;
};
std::vector<Hostile> HostileCases(size_t chain, size_t star, size_t clique) {
  std::vector<Hostile> cases = {{"chain", chain, {}}, {"star", star, {}}, {"clique", clique, {}}, {"torn", clique, {}}};
  for (uint32_t i = 0; i + 1 < chain; ++i) cases[0].links.push_back({i, i + 1, 5.0 + i % 7});
  for (uint32_t i = 1; i < star; ++i) cases[1].links.push_back({0, i, 5.0 + i % 7});
  AddGroup(0, static_cast<uint32_t>(clique), 8, &cases[2].links);
  cases[3].links = cases[2].links;
  std::erase_if(cases[3].links, [](const Link& l) { return (l.left * 31 + l.right) % 10 == 0; });
  return cases;
}

TEST(Clusters, HostileComponentsEndAndStayWithinBounds) {
  for (const Hostile& h : HostileCases(200'000, 20'000, 1'000)) {
    SCOPED_TRACE(h.why);
    std::atomic<uint64_t> scored = 0;
    const ScorePairs score = [&scored](std::span<const Pair> pairs, double* bits) {
      scored += pairs.size();
      std::fill(bits, bits + pairs.size(), -18.0);
    };
    const Clustering c = Cluster({.records = h.records, .links = h.links, .score = score}, {.threads = 2});
    uint32_t largest = 1;
    for (const ClusterFacts& f : c.facts) largest = std::max(largest, f.records);
    if (h.records == 1'000) {
      EXPECT_EQ(largest, 1'000u);  // nine in ten pairs hold it
    } else {
      EXPECT_LE(largest, 4u);  // the chain and the star fall apart
    }
    EXPECT_LE(scored, 20 * h.links.size());
  }
}

TEST(Clusters, AllPairsContradictoryStayApart) {
  std::vector<Link> links;
  std::vector<Pair> cannot;
  AddGroup(0, 700, 9, &links);
  for (const Link& link : links) cannot.push_back({link.left, link.right});
  for (const ClusterMethod method : {ClusterMethod::kCohesive, ClusterMethod::kConnected}) {
    const Clustering c = Cluster({.records = 700, .links = links, .cannot = cannot}, {.method = method});
    EXPECT_EQ(c.clusters, 700u);
    EXPECT_EQ(c.refused_links, links.size());
  }
}

}  // namespace
}  // namespace hearth::linkage
