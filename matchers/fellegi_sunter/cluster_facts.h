// What the links inside a cluster say about how well it is tied: density, bridges, the weakest link.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "matchers/fellegi_sunter/components.h"

namespace hearth::linkage {

struct BridgeWorkspace {
  std::vector<uint32_t> starts, ends, edges, order, low, at, stack, parent_edge;
};

// Adds, for each cluster of the component, the links whose loss would part what links join, to bridges[its smallest
// place]. arcs are distinct; those below the threshold or between clusters are left out. O(records + links).
void CountBridges(const Component& component, double threshold_bits, std::span<const uint32_t> cluster,
                  BridgeWorkspace* workspace, std::span<uint32_t> bridges);

// Facts of the clusters of two records or more, by their smallest record. component must be tidy.
void AppendFacts(const Component& component, double threshold_bits, std::span<const uint32_t> cluster,
                 BridgeWorkspace* workspace, std::vector<ClusterFacts>* facts);

}  // namespace hearth::linkage
