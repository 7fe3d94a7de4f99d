// What holds for clusters of any graph: seeded random signed graphs against a plain reference and against themselves.
#include <gtest/gtest.h>

#include <numeric>
#include <set>

#include "tests/matchers/fellegi_sunter/made_clusters.h"

namespace hearth::linkage {
namespace {

// Average linkage by the book: every pair of clusters, every pair between them, each time anew.
std::vector<uint32_t> PlainAverage(const MadeGraph& g, double threshold) {
  std::vector<std::vector<uint32_t>> clusters;
  for (uint32_t i = 0; i < g.records; ++i) clusters.push_back({i});
  const auto cannot = [&g](uint32_t a, uint32_t b) {
    const Pair pair{std::min(a, b), std::max(a, b)};
    return std::find(g.cannot.begin(), g.cannot.end(), pair) != g.cannot.end();
  };
  for (;;) {
    double best = -1e-9;
    size_t into = 0, from = 0;
    for (size_t x = 0; x < clusters.size(); ++x) {
      for (size_t y = x + 1; y < clusters.size(); ++y) {
        double sum = 0;
        bool forbidden = false, linked = false;
        for (const uint32_t a : clusters[x]) {
          for (const uint32_t b : clusters[y]) {
            sum += std::clamp(g.At(a, b) - threshold, -40.0, 40.0);
            linked |= g.At(a, b) >= threshold;
            forbidden |= cannot(a, b);
          }
        }
        const double n = static_cast<double>(clusters[x].size()), m = static_cast<double>(clusters[y].size());
        const double cohesion = sum / (n * m) + 10 / std::min(n, m);
        if (linked && !forbidden && cohesion > best) {
          best = cohesion;
          into = x;
          from = y;
        }
      }
    }
    if (into == from) break;
    clusters[into].insert(clusters[into].end(), clusters[from].begin(), clusters[from].end());
    clusters.erase(clusters.begin() + static_cast<std::ptrdiff_t>(from));
  }
  std::vector<uint32_t> label(g.records);
  for (const std::vector<uint32_t>& cluster : clusters) {
    for (const uint32_t i : cluster) label[i] = *std::min_element(cluster.begin(), cluster.end());
  }
  return label;
}

TEST(ClusterProperties, EqualAverageLinkageByTheBook) {
  for (uint64_t seed = 1; seed <= 150; ++seed) {
    MadeGraph g = MakeGraph(seed, 4 + seed % 30, 3 + static_cast<double>(seed % 4));
    if (seed % 3 == 0) {
      for (size_t i = 0; i < g.links.size(); i += 5) g.cannot.push_back({g.links[i].left, g.links[i].right});
    }
    const double threshold = static_cast<double>(seed % 2) * 1.5;
    EXPECT_EQ(Cluster(g.Input(), {.threshold_bits = threshold}).cluster_of, PlainAverage(g, threshold))
        << "seed " << seed;
  }
}

TEST(ClusterProperties, DoNotDependOnOrderOfLinksNorThreads) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    MadeGraph g = MakeGraph(seed, 300, 5);
    const Clustering want = Cluster(g.Input(), {});
    std::mt19937_64 random(seed);
    for (const int threads : {1, 2, 5}) {
      std::shuffle(g.links.begin(), g.links.end(), random);
      for (Link& link : g.links) {
        if (random() % 2 == 0) std::swap(link.left, link.right);
      }
      const Clustering got = Cluster(g.Input(), {.threads = threads});
      EXPECT_EQ(got.cluster_of, want.cluster_of) << "seed " << seed;
      EXPECT_EQ(got.refused_links, want.refused_links);
      ASSERT_EQ(got.facts.size(), want.facts.size());
      for (size_t i = 0; i < got.facts.size(); ++i) {
        EXPECT_EQ(got.facts[i].first, want.facts[i].first);
        EXPECT_EQ(got.facts[i].links, want.facts[i].links);
        EXPECT_EQ(got.facts[i].bridges, want.facts[i].bridges);
        EXPECT_EQ(got.facts[i].weakest_bits, want.facts[i].weakest_bits);
      }
    }
  }
}

TEST(ClusterProperties, DoNotDependOnTheNumberingOfRecords) {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    const MadeGraph g = MakeGraph(seed, 120, 6);
    std::vector<uint32_t> to(g.records);
    std::iota(to.begin(), to.end(), 0);
    std::shuffle(to.begin(), to.end(), std::mt19937_64(seed));
    MadeGraph h = g;
    for (uint32_t a = 0; a < g.records; ++a) {
      for (uint32_t b = 0; b < g.records; ++b) h.weight[to[a] * g.records + to[b]] = g.At(a, b);
    }
    for (Link& link : h.links) link = {to[link.left], to[link.right], link.weight};
    const ClusterOptions options{.clamp_bits = 100};  // no two weights equal
    const Clustering plain = Cluster(g.Input(), options), moved = Cluster(h.Input(), options);
    std::vector<uint32_t> back(g.records);
    for (uint32_t i = 0; i < g.records; ++i) back[i] = moved.cluster_of[to[i]];
    EXPECT_EQ(SmallestOf(back), plain.cluster_of) << "seed " << seed;
  }
}

TEST(ClusterProperties, ComponentsBeyondTheDenseBoundDoNotDependOnThreadsEither) {
  // 1,500 records in one component: groups of ten, each tied to the next by one link.
  MadeGraph g;
  g.records = 1500;
  std::mt19937_64 random(5);
  for (uint32_t a = 0; a < g.records; ++a) {
    for (uint32_t b = a + 1; b < a / 10 * 10 + 10; ++b)
      g.links.push_back({a, b, 8 + static_cast<double>(random() % 999) / 999});
    if (a + 1 < g.records && a % 10 == 9) g.links.push_back({a, a + 1, 1 + static_cast<double>(random() % 999) / 999});
  }
  ClusterInput input{.records = g.records, .links = g.links};
  input.score = [](std::span<const Pair> pairs, double* bits) { std::fill(bits, bits + pairs.size(), -6.0); };
  std::vector<uint32_t> want;
  for (uint32_t i = 0; i < g.records; ++i) want.push_back(i / 10 * 10);
  for (const int threads : {1, 2, 4}) {
    std::shuffle(g.links.begin(), g.links.end(), random);
    EXPECT_EQ(Cluster(input, {.threads = threads}).cluster_of, want);
  }
}

TEST(ClusterProperties, CannotPairsAreNeverTogether) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    MadeGraph g = MakeGraph(seed, 60, 5);
    std::mt19937_64 random(seed);
    for (int i = 0; i < 40; ++i) {
      const uint32_t a = random() % 60, b = random() % 60;
      if (a != b) g.cannot.push_back({std::min(a, b), std::max(a, b)});
    }
    for (const ClusterMethod method : {ClusterMethod::kCohesive, ClusterMethod::kConnected}) {
      const Clustering c = Cluster(g.Input(), {.method = method});
      for (const Pair& pair : g.cannot) EXPECT_NE(c.cluster_of[pair.left], c.cluster_of[pair.right]) << seed;
    }
  }
}

TEST(ClusterProperties, MustPairsAreAlwaysTogetherAndCannotYieldsOnlyToThem) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    MadeGraph g = MakeGraph(seed, 60, 5);
    std::mt19937_64 random(seed);
    for (int i = 0; i < 30; ++i) {
      const uint32_t a = random() % 60, b = random() % 60;
      if (a != b) (i % 3 == 0 ? g.must : g.cannot).push_back({std::min(a, b), std::max(a, b)});
    }
    // Groups by must facts alone, by repeated passes.
    std::vector<uint32_t> group(60);
    std::iota(group.begin(), group.end(), 0);
    for (size_t pass = 0; pass < 60; ++pass) {
      for (const Pair& p : g.must) group[p.left] = group[p.right] = std::min(group[p.left], group[p.right]);
    }
    for (const ClusterMethod method : {ClusterMethod::kCohesive, ClusterMethod::kConnected}) {
      const Clustering c = Cluster(g.Input(), {.method = method});
      for (const Pair& p : g.must) EXPECT_EQ(c.cluster_of[p.left], c.cluster_of[p.right]) << seed;
      std::set<Pair> overruled;
      for (const Pair& p : g.cannot) {
        if (c.cluster_of[p.left] != c.cluster_of[p.right]) continue;
        EXPECT_EQ(group[p.left], group[p.right]) << seed;
        overruled.insert(p);
      }
      EXPECT_EQ(c.overruled_cannot, overruled.size()) << seed;
    }
  }
}

TEST(ClusterProperties, AComponentDoneAgainAloneEqualsTheBatch) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const MadeGraph g = MakeGraph(seed, 200, 3.5);
    const Clustering all = Cluster(g.Input(), {});
    const Clustering connected = Cluster(g.Input(), {.method = ClusterMethod::kConnected});
    std::set<uint32_t> roots(connected.cluster_of.begin(), connected.cluster_of.end());
    std::vector<uint32_t> together(g.records);
    for (const uint32_t root : roots) {
      MadeGraph alone = g, without = g;
      std::erase_if(alone.links, [&](const Link& l) { return connected.cluster_of[l.left] != root; });
      std::erase_if(without.links, [&](const Link& l) { return connected.cluster_of[l.left] == root; });
      const Clustering redone = Cluster(alone.Input(), {}), others = Cluster(without.Input(), {});
      for (uint32_t i = 0; i < g.records; ++i) {
        const bool inside = connected.cluster_of[i] == root;
        if (inside) together[i] = redone.cluster_of[i];
        EXPECT_EQ(others.cluster_of[i], inside ? i : all.cluster_of[i]) << "seed " << seed;
      }
    }
    EXPECT_EQ(together, all.cluster_of) << "seed " << seed;
  }
}

TEST(ClusterProperties, CountsAgreeWithTheLabels) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const MadeGraph g = MakeGraph(seed, 150, 5);
    const Clustering c = Cluster(g.Input(), {});
    std::map<uint32_t, uint32_t> size;
    for (const uint32_t first : c.cluster_of) ++size[first];
    EXPECT_EQ(c.clusters, size.size());
    EXPECT_EQ(SmallestOf(c.cluster_of), c.cluster_of);
    uint64_t inside = 0;
    for (const ClusterFacts& f : c.facts) {
      EXPECT_EQ(f.records, size[f.first]);
      EXPECT_GE(f.records, 2u);
      inside += f.links;
    }
    EXPECT_EQ(inside + c.refused_links, g.links.size());
  }
}

}  // namespace
}  // namespace hearth::linkage
