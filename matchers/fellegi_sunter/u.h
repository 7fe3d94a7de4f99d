// u: how often two random records are at a level.
//
//   UFacts facts = MeasureU(comparer, threads, &model);     // sets u where the model does not give it
//   TakeOutMatches(facts, &model);                          // once m and the prior are known
//
// A comparison with a level whose u is not given is measured, all of its levels but those with fixed_u; one whose u are
// all given stays as it is. A comparison that begins with equality of one column is counted over the whole table at
// that level, and sampled only for the share of its other levels in what remains. A level that never occurs gets half a
// pair.
#pragma once

#include <string>
#include <vector>

#include "matchers/fellegi_sunter/comparer.h"

namespace hearth::linkage {

// True when u (or m) of some level has to be found.
bool LacksU(const Comparison& comparison);
bool LacksM(const Comparison& comparison);

struct UFacts {
  uint64_t sample_records = 0;
  std::vector<std::string> warnings;
  struct Measured {
    int comparison = 0, level = 0;
    double share = 0, least = 0;  // of random pairs not null at this level; half a pair
  };
  std::vector<Measured> measured;
};
UFacts MeasureU(const Comparer& comparer, int threads, Model* model);

// Random pairs hold matches, few but alike: where two of a thousand pairs are matches, no rarer agreement than that is
// ever seen. Sets each u that was measured to the share among non-matches, from m and prior of the model.
void TakeOutMatches(const UFacts& facts, Model* model);

}  // namespace hearth::linkage
