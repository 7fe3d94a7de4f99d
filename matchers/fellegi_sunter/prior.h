// The prior: the probability that two random records are one.
//
// From rules whose pairs are nearly always one human and that find a stated share (recall) of them:
//   pairs of any of the rules / recall / all pairs.
// Where no recall is stated, from the runs of expectation maximisation. A run knows how many matches its rule found;
// all matches are more, as some disagree on the rule's key. How many agree on a part of the key shows among the matches
// of the other runs, those whose rules do not hold that part: as one estimates fish in a pond by marking a catch and
// counting the marked in the next.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/status.h"
#include "matchers/fellegi_sunter/em.h"
#include "matchers/fellegi_sunter/em_pairs.h"

namespace hearth::linkage {

struct Prior {
  std::optional<double> value;
  uint64_t pairs = 0;  // made by the rules, each once
  std::vector<std::string> warnings;
};

// No value when the model states no rules or no recall, or the rules make no pairs (a warning).
// Errors are those of Blocking::Make.
StatusOr<Prior> PriorFromRules(const Model& model, const RecordSet& records, int threads);

// One rule with what its run found; agreeing follows the probes given to PriorFromRuns.
struct RuleRun {
  const BlockingRule* rule = nullptr;
  const EmPairs* pairs = nullptr;
  const EmResult* result = nullptr;
};
// Parts of all the rules' keys, each once: the probes that CountEmPairs needs.
std::vector<KeyPart> ProbesOf(const std::vector<BlockingRule>& rules);
// Always a value; a warning when it is a lower bound, as no run shows how often matches agree on a key.
Prior PriorFromRuns(const Model& model, const RecordSet& records, const std::vector<KeyPart>& probes,
                    const std::vector<RuleRun>& runs);

}  // namespace hearth::linkage
