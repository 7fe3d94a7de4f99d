// Clusters: records held to be one, from scored pairs, so that one weak link does not chain two humans together.
//
//   ClusterInput input{records.size(), links, cannot, must, score_missing};
//   Clustering c = Cluster(input, {.method = ClusterMethod::kCohesive, .threshold_bits = 3.2, .threads = 2});
//
// See clusters.cc for the method and its measure. The result depends on the set of links alone, not on their order,
// on threads or on hash order; a component's clusters depend on the component alone, so that work may be redone for the
// components that changed.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "matchers/fellegi_sunter/model.h"
#include "matchers/fellegi_sunter/pattern.h"

namespace hearth::linkage {

struct ClusterInput {
  size_t records = 0;
  std::span<const Link> links;   // at or above threshold count as for; others (if given) as against
  std::span<const Pair> cannot;  // known to be two: never in one cluster
  std::span<const Pair> must;    // known to be one; of a pair in both, must wins
  // Weight in bits of pairs that no blocking rule made, asked for inside one component only. Called from many threads.
  std::function<void(std::span<const Pair> pairs, double* bits)> score;
};
struct ClusterOptions {
  ClusterMethod method = ClusterMethod::kCohesive;
  double threshold_bits = 0;
  int threads = 1;
};

struct ClusterFacts {
  uint32_t first = 0;  // its smallest record
  uint32_t records = 0;
  uint32_t links = 0;       // at or above threshold inside it
  uint32_t bridges = 0;     // links whose loss would part it
  double density = 0;       // links / possible pairs; 1 for a single record
  double weakest_bits = 0;  // of its links
};
struct Clustering {
  std::vector<uint32_t> cluster_of;  // by record: the cluster's smallest record
  std::vector<ClusterFacts> facts;   // clusters of two records or more, by first
  uint64_t clusters = 0;             // single records included
  uint64_t refused_links = 0;        // at or above threshold, yet their ends are in two clusters
};
Clustering Cluster(const ClusterInput& input, const ClusterOptions& options);

// Keeps, of links across two tables, those of the assignment with the greatest sum of (weight - threshold) in each
// component in which a record has one link at most. Optimal for components of up to 200 records, greedy by weight
// beyond.
std::vector<Link> OneToOne(std::span<const Link> links, double threshold_bits);

}  // namespace hearth::linkage
