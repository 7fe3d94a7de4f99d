// Training: m and u from the night's own data, without anybody's labels.
//
// m: records that a usable number already linked are pairs of one person; how often their other fields agree is m.
//    With too few of them (a site without numbers) m comes from expectation maximisation on the agreement patterns of
//    candidate pairs, one run a blocking rule, leaving out the comparisons that the rule itself blocks on.
// u: how often two persons share a value by chance, counted exactly for keys (sum of squared frequencies) and on seeded
//    random pairs for graded levels.
// Starting values weigh as a few dozen observations, so that small tables keep them. Inside matchers only.
// Source: Fellegi and Sunter 1969; Winkler 1988 for EM.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "matchers/candidates.h"
#include "matchers/scoring.h"

namespace hearth {

struct TrainingResult {
  LinkModel model;
  uint64_t pairs = 0;  // labelled pairs, or pairs that EM ran on
};

TrainingResult TrainModel(const Identities& ids, const Grouping& grouping, const Scorer& start,
                          std::span<const CandidatePair> candidates, uint64_t seed, int threads);

// Clusters by name id, names of one folded form counted together.
std::vector<uint32_t> CountNames(const Identities& ids, const Grouping& grouping);

}  // namespace hearth
