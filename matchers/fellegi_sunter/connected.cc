// Kruskal's algorithm with cannot-link facts: each set remembers the records it must not meet, and the shorter of two
// lists is looked through before they join. Without such facts the result is the component itself.
#include <algorithm>
#include <tuple>

#include "matchers/fellegi_sunter/cohesion.h"
#include "matchers/fellegi_sunter/union_find.h"

namespace hearth::linkage {

void PartConnected(const Component& component, double threshold_bits, std::span<uint32_t> cluster) {
  const size_t n = component.records.size();
  UnionFind sets(n);
  for (const Pair& pair : component.must) sets.Join(pair.left, pair.right);

  std::vector<std::vector<uint32_t>> enemies(n);  // by root
  for (const Pair& pair : component.cannot) {
    enemies[sets.Find(pair.left)].push_back(pair.right);
    enemies[sets.Find(pair.right)].push_back(pair.left);
  }
  std::vector<Arc> arcs;
  for (const Arc& arc : component.arcs) {
    if (arc.weight >= threshold_bits) arcs.push_back(arc);
  }
  std::sort(arcs.begin(), arcs.end(), [](const Arc& a, const Arc& b) {
    return std::tie(b.weight, a.left, a.right) < std::tie(a.weight, b.left, b.right);
  });
  for (const Arc& arc : arcs) {
    uint32_t into = sets.Find(arc.left), from = sets.Find(arc.right);
    if (into == from) continue;
    if (enemies[into].size() < enemies[from].size()) std::swap(into, from);
    const bool clash = std::any_of(enemies[from].begin(), enemies[from].end(),
                                   [&](uint32_t enemy) { return sets.Find(enemy) == into; });
    if (clash) continue;
    enemies[into].insert(enemies[into].end(), enemies[from].begin(), enemies[from].end());
    enemies[from] = {};
    sets.Join(into, from);
    if (const uint32_t root = sets.Find(into); root != into) std::swap(enemies[root], enemies[into]);
  }
  for (uint32_t i = 0; i < n; ++i) cluster[i] = sets.Find(i);
}

}  // namespace hearth::linkage
