// What every linkage model must satisfy, whatever text it was read from.
//
// Readers build a model part by part and let these functions complete and check it; they add where it stands. Each
// problem says what is wrong and what would be right. Pure functions.
#pragma once

#include <optional>
#include <string>

#include "matchers/fellegi_sunter/model.h"

namespace hearth::linkage {

struct Problem {
  int part = -1;  // the level, or -1: the whole
  std::string message;
};

// Sets labels that are empty, Level::exact and Level::tf_level (one that is set stays), and checks the comparison.
std::optional<Problem> CompleteComparison(Comparison* comparison, const Model& model);

// Sets the rule's text and checks it.
std::optional<Problem> CompleteRule(BlockingRule* rule, const Model& model);

// What only the whole shows. `part` is the comparison with the same name as another, else -1.
std::optional<Problem> CheckComparisonNames(const Model& model);
// The EM rule that leaves no comparison to train.
std::optional<Problem> CheckEmRules(const Model& model);

}  // namespace hearth::linkage
