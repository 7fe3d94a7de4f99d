// Components first, in parallel; then each component alone: a complete one is a cluster at once, as every join in it
// would hold; any other is parted by cohesion (cohesion.cc). Large components come one after the other and use all
// threads inside, the others are dealt out in shares of about equal work.
#include "matchers/fellegi_sunter/clusters.h"

#include <algorithm>
#include <atomic>
#include <numeric>

#include "core/parallel.h"
#include "core/status.h"
#include "matchers/fellegi_sunter/cluster_facts.h"
#include "matchers/fellegi_sunter/cohesion.h"
#include "matchers/fellegi_sunter/components.h"

namespace hearth::linkage {
namespace {

constexpr size_t kShare = 1 << 14;  // records and links a thread takes at a time

struct Workspace {
  ClusterWorkspace parting;
  BridgeWorkspace bridges;
  std::vector<uint32_t> cluster;
};

struct Found {
  std::vector<ClusterFacts> facts;
  uint64_t refused_links = 0, overruled_cannot = 0;
};

void ClusterOne(Component component, const ClusterInput& input, const ClusterOptions& options, int threads,
                Workspace* workspace, std::vector<uint32_t>* cluster_of, Found* found) {
  component.Tidy();
  const uint64_t n = component.records.size(), all = n * (n - 1) / 2;
  uint64_t links = 0;
  double weakest = 0;
  for (const Arc& arc : component.arcs) {
    if (!(arc.weight >= options.threshold_bits)) continue;
    weakest = links == 0 ? arc.weight : std::min(weakest, arc.weight);
    ++links;
  }
  const bool connected = options.method == ClusterMethod::kConnected;
  if (component.cannot.empty() && links == all) {
    for (const uint32_t record : component.records) (*cluster_of)[record] = component.records[0];
    found->facts.push_back({.first = component.records[0],
                            .records = static_cast<uint32_t>(n),
                            .links = static_cast<uint32_t>(links),
                            .bridges = n == 2 ? 1u : 0u,
                            .density = 1,
                            .weakest_bits = weakest});
    return;
  }
  workspace->cluster.resize(n);
  const std::span<uint32_t> cluster = workspace->cluster;
  if (!connected) {
    PartComponent(component, input.score, options, threads, &workspace->parting, cluster);
  } else if (component.cannot.empty()) {
    std::fill(cluster.begin(), cluster.end(), 0);
  } else {
    PartConnected(component, options.threshold_bits, cluster);
  }
  for (size_t i = 0; i < n; ++i) (*cluster_of)[component.records[i]] = component.records[cluster[i]];
  for (const Arc& arc : component.arcs) {
    found->refused_links += arc.weight >= options.threshold_bits && cluster[arc.left] != cluster[arc.right];
  }
  for (const Pair& pair : component.cannot) found->overruled_cannot += cluster[pair.left] == cluster[pair.right];
  AppendFacts(component, options.threshold_bits, cluster, &workspace->bridges, &found->facts);
}

}  // namespace

Clustering Cluster(const ClusterInput& input, const ClusterOptions& options) {
  HEARTH_CHECK(options.threads >= 1, "at least one thread");
  Components components(input, options.threshold_bits, options.threads);
  Clustering result;
  result.cluster_of.resize(input.records);
  std::iota(result.cluster_of.begin(), result.cluster_of.end(), 0);

  std::vector<size_t> share_starts, large;
  size_t weight = kShare;
  for (size_t i = 0; i < components.size(); ++i) {
    if (components[i].records.size() > kDenseRecords) {
      large.push_back(i);
      continue;
    }
    if (weight >= kShare) {
      share_starts.push_back(i);
      weight = 0;
    }
    weight += components.Weight(i);
  }
  std::vector<Found> found(share_starts.size() + 1);
  ParallelFor(share_starts.size(), options.threads, [&](size_t share) {
    Workspace workspace;
    const size_t end = share + 1 < share_starts.size() ? share_starts[share + 1] : components.size();
    for (size_t i = share_starts[share]; i < end; ++i) {
      const Component component = components[i];
      if (component.records.size() > kDenseRecords) continue;
      ClusterOne(component, input, options, 1, &workspace, &result.cluster_of, &found[share]);
    }
  });
  Workspace workspace;
  for (const size_t i : large) {
    ClusterOne(components[i], input, options, options.threads, &workspace, &result.cluster_of, &found.back());
  }

  // Facts fall into their places by counting; clusters are those records that are their own cluster.
  std::vector<uint32_t> place(input.records);
  for (const Found& f : found) {
    for (const ClusterFacts& facts : f.facts) place[facts.first] = 1;
    result.refused_links += f.refused_links;
    result.overruled_cannot += f.overruled_cannot;
  }
  uint32_t places = 0;
  for (size_t r = 0; r < input.records; ++r) {
    result.clusters += result.cluster_of[r] == r;
    if (place[r] != 0) place[r] = places++;
  }
  result.facts.resize(places);
  for (const Found& f : found) {
    for (const ClusterFacts& facts : f.facts) result.facts[place[facts.first]] = facts;
  }
  return result;
}

}  // namespace hearth::linkage
