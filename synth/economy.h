// Who works for whom, what people own, whose health fails, and which families the civil-affairs register holds.
#pragma once

#include <string>

#include "synth/block.h"

namespace hearth::synth {

struct EconomyOptions {
  uint64_t seed = 1;
  int64_t city_people = kBlockPeople;
  CivilDay as_of;  // the first night
};

// Fills everything of a block but its people and households. Ordinary families come out well above the lines; the poor,
// and the families whose enrolment and means disagree, are planted in the shares that docs/adr/0030 states.
void MakeEconomy(Block& block, const EconomyOptions& options);

struct Employer {
  std::string code, name;
};
// Firms that pay wages, by number; 0 <= index < EmployerCount(city_people).
Employer EmployerOf(int index);
int EmployerCount(int64_t city_people);
// A firm drawn so that few firms have many workers.
int DrawEmployer(class Dice& dice, int64_t city_people);

// The car and the accounts that later nights add.
void AddCar(Block& block, class Dice& dice, int owner, int64_t value_fen, CivilDay registered);
void AddAccount(Block& block, class Dice& dice, int owner, int product, int64_t balance_fen, CivilDay as_of);

}  // namespace hearth::synth
