// Made signed graphs for the tests of clusters: records of made entities, a weight for each pair, and links for the
// pairs that a blocking of its own kind found.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <random>
#include <vector>

#include "matchers/fellegi_sunter/clusters.h"

namespace hearth::linkage {

struct MadeGraph {
  size_t records = 0;
  std::vector<uint32_t> entity;
  std::vector<double> weight;  // records * records
  std::vector<Link> links;     // weight at least 0, blocked
  std::vector<Pair> cannot, must;

  double At(uint32_t a, uint32_t b) const { return weight[a * records + b]; }
  ClusterInput Input() const {
    return {records, links, cannot, must, [this](std::span<const Pair> pairs, double* bits) {
              for (size_t i = 0; i < pairs.size(); ++i) bits[i] = At(pairs[i].left, pairs[i].right);
            }};
  }
};

// Weights are distinct, so nothing is left to numbering: true pairs around 6 bits, others around -6.
inline MadeGraph MakeGraph(uint64_t seed, size_t records, double spread) {
  std::mt19937_64 random(seed);
  MadeGraph g;
  g.records = records;
  for (size_t i = 0; i < records; ++i) g.entity.push_back(static_cast<uint32_t>(random() % (1 + records / 4)));
  g.weight.resize(records * records);
  std::normal_distribution<double> noise(0, spread);
  for (uint32_t a = 0; a < records; ++a) {
    for (uint32_t b = a + 1; b < records; ++b) {
      const double w = (g.entity[a] == g.entity[b] ? 6 : -6) + noise(random);
      g.weight[a * records + b] = g.weight[b * records + a] = w;
      const bool blocked = random() % 4 != 0;
      if (w >= 0 && blocked) g.links.push_back({a, b, w});
      // What no rule made is below the threshold, as far as these tests go.
      if (w >= 0 && !blocked) g.weight[a * records + b] = g.weight[b * records + a] = -0.001 - w / 8;
    }
  }
  return g;
}

inline std::vector<uint32_t> SmallestOf(const std::vector<uint32_t>& labels) {
  std::map<uint32_t, uint32_t> first;
  std::vector<uint32_t> result;
  for (uint32_t i = 0; i < labels.size(); ++i) result.push_back(first.try_emplace(labels[i], i).first->second);
  return result;
}

}  // namespace hearth::linkage
