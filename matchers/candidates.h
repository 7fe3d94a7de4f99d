// Candidates: which clusters are worth comparing, by the model's blocking rules.
//
// Loose clusters (without a usable number) look for any cluster with an equal key; clusters that both have a number
// are never paired. A key shared by more clusters than the rule's max_block yields nothing. Inside matchers only.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "matchers/clusters.h"
#include "matchers/identity.h"
#include "matchers/link_model.h"
#include "matchers/scoring.h"

namespace hearth {

// The clusters of one round, densely numbered in order of their roots.
struct Grouping {
  std::vector<uint32_t> cluster_of;  // by identity
  std::vector<uint32_t> starts;      // clusters + 1; members of c: members[starts[c], starts[c + 1])
  std::vector<uint32_t> members;     // identities, ascending in each cluster
  std::vector<uint8_t> loose;        // by cluster: no usable number
  std::vector<uint32_t> kin_starts;  // clusters + 1
  std::vector<uint32_t> kin;         // sorted in each cluster
  size_t size() const { return loose.size(); }
  std::span<const uint32_t> Members(uint32_t c) const {
    return std::span(members).subspan(starts[c], starts[c + 1] - starts[c]);
  }
  std::span<const uint32_t> Kin(uint32_t c) const {
    return std::span(kin).subspan(kin_starts[c], kin_starts[c + 1] - kin_starts[c]);
  }
};

// identity_of[table][row * roles + role] as LinkedPersons::by_table, kNone where nobody is named.
Grouping GroupClusters(std::span<const RecordTable* const> tables, const Identities& ids, const Clusters& clusters,
                       const std::vector<std::vector<uint32_t>>& identity_of, int threads);

void FillProfile(const Identities& ids, const Grouping& grouping, uint32_t cluster, Profile* out);

struct CandidatePair {
  uint32_t loose = 0, other = 0;  // clusters; both orders when both are loose
  uint32_t rules = 0;             // bit per blocking rule that found it
};

// Sorted by (loose, other). models as RankModels gives them: a loose cluster looks by the rules of its registries.
std::vector<CandidatePair> FindCandidates(const Identities& ids, const Grouping& grouping, const LinkModels& models,
                                          int threads);

}  // namespace hearth
