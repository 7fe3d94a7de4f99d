// Why a rule comes out otherwise under other parameters: the comparison that flips, else the parameters and facts that
// differ, read off the two traces.
#pragma once

#include <string>
#include <vector>

#include "policy/evaluate.h"
#include "warning/programme.h"

namespace hearth {

// One side: its evaluator and the unit's facts, class facts set.
struct ChangeSide {
  Evaluator* evaluator = nullptr;
  const UnitFacts* facts = nullptr;
};

// The first that is there: a comparison that flips, a fact (a class fact with the rule that decides it), parameters.
// Empty when the traces show no difference. Both sides are of one pack. Follows a class fact that differs to the rule
// that decides it. Cost: two traces, some tenths of a millisecond.
StatusOr<std::string> WhyChanged(const ChangeSide& before, const ChangeSide& after,
                                 const std::vector<Programme>& programmes, uint32_t rule, int32_t member);

}  // namespace hearth
