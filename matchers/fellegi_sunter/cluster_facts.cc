// Bridges by depth-first search with low links, on a stack of its own, as a chain may be a million records long.
// Source: Tarjan 1974. Test: tests/matchers/fellegi_sunter/cluster_facts_test.cc.
#include "matchers/fellegi_sunter/cluster_facts.h"

#include <algorithm>
#include <numeric>

namespace hearth::linkage {

void CountBridges(const Component& component, double threshold_bits, std::span<const uint32_t> cluster,
                  BridgeWorkspace* workspace, std::span<uint32_t> bridges) {
  BridgeWorkspace& w = *workspace;
  const uint32_t n = static_cast<uint32_t>(cluster.size());
  const auto inside = [&](const Arc& arc) {
    return arc.weight >= threshold_bits && cluster[arc.left] == cluster[arc.right];
  };
  w.starts.assign(n + 1, 0);
  for (const Arc& arc : component.arcs) {
    if (!inside(arc)) continue;
    ++w.starts[arc.left + 1];
    ++w.starts[arc.right + 1];
  }
  std::partial_sum(w.starts.begin(), w.starts.end(), w.starts.begin());
  w.ends.resize(w.starts[n]);
  w.edges.resize(w.starts[n]);
  w.at.assign(w.starts.begin(), w.starts.end() - 1);
  for (uint32_t a = 0; a < component.arcs.size(); ++a) {
    const Arc& arc = component.arcs[a];
    if (!inside(arc)) continue;
    w.ends[w.at[arc.left]] = arc.right;
    w.edges[w.at[arc.left]++] = a;
    w.ends[w.at[arc.right]] = arc.left;
    w.edges[w.at[arc.right]++] = a;
  }

  w.at.assign(w.starts.begin(), w.starts.end() - 1);
  w.order.assign(n, 0);  // 1-based time of the first visit
  w.low.assign(n, 0);
  w.parent_edge.assign(n, UINT32_MAX);
  uint32_t time = 0;
  for (uint32_t root = 0; root < n; ++root) {
    if (w.order[root] != 0) continue;
    w.order[root] = w.low[root] = ++time;
    w.stack.assign(1, root);
    while (!w.stack.empty()) {
      const uint32_t v = w.stack.back();
      if (w.at[v] < w.starts[v + 1]) {
        const uint32_t end = w.ends[w.at[v]], edge = w.edges[w.at[v]++];
        if (edge == w.parent_edge[v]) continue;
        if (w.order[end] != 0) {
          w.low[v] = std::min(w.low[v], w.order[end]);
        } else {
          w.order[end] = w.low[end] = ++time;
          w.parent_edge[end] = edge;
          w.stack.push_back(end);
        }
        continue;
      }
      w.stack.pop_back();
      if (w.stack.empty()) continue;
      const uint32_t parent = w.stack.back();
      w.low[parent] = std::min(w.low[parent], w.low[v]);
      if (w.low[v] > w.order[parent]) ++bridges[cluster[v]];
    }
  }
}

void AppendFacts(const Component& component, double threshold_bits, std::span<const uint32_t> cluster,
                 BridgeWorkspace* workspace, std::vector<ClusterFacts>* facts) {
  const size_t n = cluster.size();
  std::vector<ClusterFacts> by_place(n);
  for (size_t i = 0; i < n; ++i) ++by_place[cluster[i]].records;
  for (const Arc& arc : component.arcs) {
    if (arc.weight < threshold_bits || cluster[arc.left] != cluster[arc.right]) continue;
    ClusterFacts& f = by_place[cluster[arc.left]];
    f.weakest_bits = f.links == 0 ? arc.weight : std::min(f.weakest_bits, arc.weight);
    ++f.links;
  }
  // A bridge parts its cluster into a and n - a records, so a (n - a) - 1 pairs have no link, n - 2 at least.
  const bool may_have_bridges = std::any_of(by_place.begin(), by_place.end(), [](const ClusterFacts& f) {
    const uint64_t pairs = static_cast<uint64_t>(f.records) * (f.records - uint64_t{1}) / 2;
    return f.records > 1 && pairs - f.links + 2 >= f.records;
  });
  std::vector<uint32_t> bridges(n);
  if (may_have_bridges) CountBridges(component, threshold_bits, cluster, workspace, bridges);
  for (size_t i = 0; i < n; ++i) {
    ClusterFacts& f = by_place[i];
    if (f.records < 2) continue;
    f.first = component.records[i];
    f.bridges = bridges[i];
    f.density = f.links / (0.5 * f.records * (f.records - 1.0));
    facts->push_back(f);
  }
}

}  // namespace hearth::linkage
