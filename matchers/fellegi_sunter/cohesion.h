// Parts one component into clusters that hold together (the method stands in the source).
//
//   ClusterWorkspace workspace;                                          // one a thread; grows to the largest
//   component PartComponent(component, score, options, 1, &workspace, cluster);    // cluster[i] is a place: its
//   smallest record's
//
// Time: for n <= kDenseRecords records at most n * n / 2 scored pairs and n^3 steps, in practice n^2; beyond, see
// kDenseRecords. Memory: 17 * n * n bytes, 4.5 MB at most, beside the component itself.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "matchers/fellegi_sunter/components.h"

namespace hearth::linkage {

// Larger components are worked on in batches of so many clusters, joined best links first, round by round.
constexpr size_t kDenseRecords = 512;

struct ClusterWorkspace {
  // Square matrices over the clusters of a batch: sum of evidence (or least), cohesion (minus infinity: not
  // joinable), and what is known.
  std::vector<double> value, key;
  std::vector<uint8_t> state;
  // By cluster of the batch.
  std::vector<uint8_t> alive;
  std::vector<uint32_t> best, head, tail, count;
  std::vector<double> best_key;
  // By record of the component: the next member of its cluster.
  std::vector<uint32_t> next;
  // What is still to be scored.
  std::vector<Pair> missing;
  std::vector<double> bits;
  std::vector<uint32_t> left_members, right_members;
};

// component must be tidy.
void PartComponent(const Component& component, const ScorePairs& score, const ClusterOptions& options, int threads,
                   ClusterWorkspace* workspace, std::span<uint32_t> cluster);

// The control, ClusterMethod::kConnected: joins along the links, best first, where no cannot-link fact forbids.
void PartConnected(const Component& component, double threshold_bits, std::span<uint32_t> cluster);

}  // namespace hearth::linkage
