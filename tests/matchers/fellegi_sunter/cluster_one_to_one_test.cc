// One link a record at most, the best sum of all.
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "tests/matchers/fellegi_sunter/made_clusters.h"

namespace hearth::linkage {
namespace {

std::vector<Pair> Kept(const std::vector<Link>& links, double threshold) {
  std::vector<Pair> pairs;
  for (const Link& link : OneToOne(links, threshold)) pairs.push_back({link.left, link.right});
  return pairs;
}

TEST(OneToOne, TakesTheBestSumRatherThanTheBestLink) {
  // 0, 1 on the left, 8, 9 on the right.
  EXPECT_EQ(Kept({{0, 8, 10}, {0, 9, 9}, {1, 8, 8}}, 0), (std::vector<Pair>{{0, 9}, {1, 8}}));
  EXPECT_EQ(Kept({{0, 8, 10}, {0, 9, 4}, {1, 8, 5}}, 0), (std::vector<Pair>{{0, 8}}));
}

TEST(OneToOne, CountsWeightAboveTheThresholdAndDropsLinksBelowIt) {
  // Over 0 the two weak links weigh 17 against 10; over 8 they weigh 1 against 2.
  EXPECT_EQ(Kept({{0, 8, 10}, {0, 9, 9}, {1, 8, 8}}, 8), (std::vector<Pair>{{0, 8}}));
  EXPECT_TRUE(Kept({{0, 8, 2.9}}, 3).empty());
  EXPECT_EQ(Kept({{0, 8, 3}}, 3), (std::vector<Pair>{{0, 8}}));
}

TEST(OneToOne, OfEqualSumsTakesMoreLinks) {
  EXPECT_EQ(Kept({{0, 8, 4}, {0, 9, 2}, {1, 8, 2}}, 0), (std::vector<Pair>{{0, 9}, {1, 8}}));
}

TEST(OneToOne, KeepsTheLinksWholeAndInOrder) {
  const std::vector<Link> links = {{1, 9, 5, 0x21}, {0, 8, 7, 0x12}};
  const std::vector<Link> want = {{0, 8, 7, 0x12}, {1, 9, 5, 0x21}};
  EXPECT_EQ(OneToOne(links, 0), want);
}

double BestSum(const std::vector<Link>& links, size_t from, std::set<uint32_t>* used) {
  if (from == links.size()) return 0;
  double best = BestSum(links, from + 1, used);
  if (!used->contains(links[from].left) && !used->contains(links[from].right)) {
    used->insert(links[from].left);
    used->insert(links[from].right);
    best = std::max(best, links[from].weight + BestSum(links, from + 1, used));
    used->erase(links[from].left);
    used->erase(links[from].right);
  }
  return best;
}

TEST(OneToOne, EqualsTryingAllAssignments) {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    std::mt19937_64 random(seed);
    const uint32_t lefts = 1 + random() % 5, rights = 1 + random() % 5;
    std::vector<Link> links;
    for (uint32_t l = 0; l < lefts; ++l) {
      for (uint32_t r = 0; r < rights; ++r) {
        if (random() % 3 != 0) links.push_back({l, 100 + r, static_cast<double>(random() % 64) / 4});
      }
    }
    std::shuffle(links.begin(), links.end(), random);
    double sum = 0;
    std::set<uint32_t> used;
    for (const Link& link : OneToOne(links, 0)) {
      sum += link.weight;
      EXPECT_TRUE(used.insert(link.left).second && used.insert(link.right).second) << "seed " << seed;
    }
    used.clear();
    EXPECT_EQ(sum, BestSum(links, 0, &used)) << "seed " << seed;
  }
}

TEST(OneToOne, DoesNotDependOnTheOrderOfLinks) {
  std::mt19937_64 random(3);
  std::vector<Link> links;
  for (int i = 0; i < 3000; ++i) {  // some components small, one beyond the bound
    const uint32_t l = random() % 900;
    links.push_back(
        {l, 1000 + static_cast<uint32_t>((l + random() % 3) % 900), 1 + static_cast<double>(random() % 40)});
  }
  const std::vector<Link> want = OneToOne(links, 4);
  std::set<uint32_t> used;
  for (const Link& link : want) EXPECT_TRUE(used.insert(link.left).second && used.insert(link.right).second);
  EXPECT_GT(want.size(), 500u);
  for (int round = 0; round < 3; ++round) {
    std::shuffle(links.begin(), links.end(), random);
    EXPECT_EQ(OneToOne(links, 4), want);
  }
}

}  // namespace
}  // namespace hearth::linkage
