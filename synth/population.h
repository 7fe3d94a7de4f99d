// Who lives in a block: ages by today's pyramid, couples, children, households reaching over generations, and schools.
#pragma once

#include "synth/block.h"

namespace hearth::synth {

struct PopulationOptions {
  uint64_t seed = 1;
  int index = 0;  // of the block
  int people = kBlockPeople;
  int64_t city_people = kBlockPeople;  // decides how many schools and firms there are
  CivilDay as_of;
};

// About options.people living people and the recently dead, with kin, households, schools and telephones.
// Every minor has a parent on record; spouses are of different parents; a mother is 16 to 47 years older than her
// child.
Block MakePopulation(const PopulationOptions& options);

// Adds a newborn of this mother to her block, with number, name and place in her registered household; returns its
// index.
int AddNewborn(Block& block, uint64_t seed, int mother, CivilDay birth);

// The relation code of a person towards the head, from true kin (GB/T 4761); `style` picks among equal terms.
std::string RelationCode(const Block& block, int head, int person, uint64_t style);

// Name and code of a school of a stage.
struct School {
  std::string code, name;
};
School SchoolOf(Stage stage, int school);

}  // namespace hearth::synth
