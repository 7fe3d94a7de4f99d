// Clusters: records held to be one, from scored pairs, so that one weak link does not chain two humans together.
//
//   ClusterInput input{records.size(), links, cannot, must, score_missing};
//   Clustering c = Cluster(input, {.method = ClusterMethod::kCohesive, .threshold_bits = 3.2, .threads = 2});
//
// See cohesion.cc for the method and docs/adr/0043-clusters-that-hold.md for its measure. The result depends on the set
// of links alone, not on their order, on threads or on hash order; numbering decides between equal joins only. A
// component's clusters depend on the component alone, so that work may be redone for the components that changed.
// Several thresholds: call Cluster once for each, with the same links.
// Memory: some 40 bytes a record and 16 a link inside a component. Cost besides `score`: 1.3 s of processor time for
// a million records and five million links of which nine components in ten are not complete; it spreads over threads.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "matchers/fellegi_sunter/model.h"
#include "matchers/fellegi_sunter/pattern.h"

namespace hearth::linkage {

// Weights in bits of pairs that no blocking rule made; bits[i] belongs to pairs[i].
using ScorePairs = std::function<void(std::span<const Pair> pairs, double* bits)>;

struct ClusterInput {
  size_t records = 0;
  std::span<const Link> links{};   // at or above threshold count as for; others (if given) as against
  std::span<const Pair> cannot{};  // known to be two: never in one cluster
  std::span<const Pair> must{};    // known to be one; of a pair in both, must wins
  // Asked for pairs inside one component only. Called from many threads. Absent: such a pair counts unscored_bits.
  ScorePairs score{};
};

// What holds a cluster together; kAverage is the method, the others are what the bench measures it against.
enum class Cohesion : uint8_t {
  kAverage,   // the mean evidence of all pairs between two clusters, and an allowance
  kSum,       // its sum: greedy correlation clustering
  kComplete,  // its least
};
struct ClusterOptions {
  ClusterMethod method = ClusterMethod::kCohesive;
  double threshold_bits = 0;
  int threads = 1;
  // How pairs count (cohesion.cc); fixed by the ADR, varied by the bench alone.
  Cohesion cohesion = Cohesion::kAverage;
  double allowance_bits = 10, clamp_bits = 40, unscored_bits = -8;
};

struct ClusterFacts {
  uint32_t first = 0;  // its smallest record
  uint32_t records = 0;
  uint32_t links = 0;       // at or above threshold inside it
  uint32_t bridges = 0;     // links whose loss would part what the links join
  double density = 0;       // links / possible pairs; 1 for a single record
  double weakest_bits = 0;  // of its links; 0 when must-link facts alone hold it
};
struct Clustering {
  std::vector<uint32_t> cluster_of;  // by record: the cluster's smallest record
  std::vector<ClusterFacts> facts;   // clusters of two records or more, by first
  uint64_t clusters = 0;             // single records included
  uint64_t refused_links = 0;        // at or above threshold, yet their ends are in two clusters
  uint64_t overruled_cannot = 0;     // cannot pairs inside one cluster, as must pairs hold it together
};
Clustering Cluster(const ClusterInput& input, const ClusterOptions& options);

// Keeps, of links across two tables (left of one, right of the other), those of the assignment with the greatest sum of
// (weight - threshold) in each component in which a record has one link at most; of equal sums, one of the most links.
// Optimal for components of up to 200 records, greedy by weight beyond. Ordered by (left, right).
std::vector<Link> OneToOne(std::span<const Link> links, double threshold_bits);

}  // namespace hearth::linkage
