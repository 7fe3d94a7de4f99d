// The true family units of a block on a day, by docs/adr/0003-family-unit-first-version.md, from true kin.
// Written apart from the matchers, so that the two can be held against one another.
#pragma once

#include <vector>

#include "synth/block.h"

namespace hearth::synth {

struct Unit {
  int household;             // where it lives
  std::vector<int> members;  // the head first, then by age
};

// Units partition the block's residents: by household, the unit of the head before the others.
std::vector<Unit> FindUnits(const Block& block, CivilDay as_of);

}  // namespace hearth::synth
