// m from several runs of expectation maximisation together, and what is doubtful about a run.
//
// A level's m is the share of the matches, of all runs under which its comparison was free, that were at it: a run
// counts by the matches it found. Half a match is added to each level, so that no weight is infinite.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "matchers/fellegi_sunter/em.h"

namespace hearth::linkage {

// Sets m of the comparisons that lack some in `given`; u of the model must be known. runs are under rules of these
// texts. A warning for each level that no run saw.
std::vector<std::string> SetMOfRuns(const Model& given, const std::vector<std::string>& rules,
                                    const std::vector<EmResult>& runs, Model* model);

// A run is swapped when what it calls matches agrees less than chance on most comparisons: it is of no use.
bool IsSwapped(const Model& model, const EmResult& run);

// No convergence, hardly any or nothing but matches, too little to learn from, an exact level that is rarer among
// matches than by chance: each as a sentence with what to change.
std::vector<std::string> DoubtsOf(const Model& model, std::string_view rule, const EmResult& run);

}  // namespace hearth::linkage
