// Training: m and u from the night's own data, without anybody's labels.
//
// m: a record that a usable number already linked, against all that other registries say of its person under that
//    number, is a pair of one person; how often their other fields agree is m.
//    With too few of them (a site without numbers) m comes from expectation maximisation on the agreement patterns of
//    candidate pairs, one run a blocking rule, leaving out the comparisons that the rule itself blocks on.
// u: how often two persons share a value by chance, counted exactly for keys (sum of squared frequencies) and on seeded
//    random pairs for graded levels.
// Each registry's m comes from the pairs whose record is its own. It starts from the common model as trained, bent
// by what the registry's file says beside the common file (level by level, m there over m here), and that start weighs
// as so many pairs that a small registry keeps it. u is common: who shares a value by chance is a matter of the city's
// people. Starting values weigh as a few dozen observations, so that small tables keep them. Inside matchers only.
// Source: Fellegi and Sunter 1969; Winkler 1988 for EM.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "matchers/candidates.h"
#include "matchers/person_groups.h"
#include "matchers/scoring.h"

namespace hearth {

using LevelCounts = std::array<std::array<double, kLevelsMax>, kComparisonKinds>;

// Levels of the pairs that a usable number linked.
struct ObservedPairs {
  uint64_t pairs = 0;
  LevelCounts levels{};
};

struct TrainingResult {
  LinkModels models;
  uint64_t pairs = 0;                                     // labelled pairs, or pairs that EM ran on
  std::vector<ObservedPairs> by_registry;                 // of the record, as Identity::registry
  std::array<ObservedPairs, kPersonGroups + 1> by_group;  // last: people of no group
};

TrainingResult TrainModel(const Identities& ids, const Grouping& grouping, const Scorer& start,
                          std::span<const CandidatePair> candidates, uint64_t seed, int threads);

// Clusters by name id, names of one folded form counted together.
std::vector<uint32_t> CountNames(const Identities& ids, const Grouping& grouping);
// The same by hash, for explanations later.
NameFrequencies FrequenciesOf(const Identities& ids, const std::vector<uint32_t>& counts, size_t clusters);

}  // namespace hearth
