// What happens in a block between two nights: births, deaths, jobs found and lost, wages corrected, cars, savings,
// moves, pensions, and families that enter or leave the civil-affairs register.
#pragma once

#include "synth/block.h"

namespace hearth::synth {

struct ChangeOptions {
  uint64_t seed = 1;
  int64_t city_people = kBlockPeople;
  int night = 2;       // the night that will see the changes, from 2
  CivilDay as_of;      // of that night
  double rate = 0.01;  // share of households
};

// Changes the block in place; returns the number of households in which something changed.
int ChangeBlock(Block& block, const ChangeOptions& options);

}  // namespace hearth::synth
