// LinkRates says how one registry's rows, or those of one group of people, fared in a night's linking: what their
// numbers are worth, how often two rows of one person differ, and how their links came about. Counts alone, no person.
//
// Two sets of counts may be compared: a group whose rows differ more often, stay alone more often or go to review more
// often is treated worse than others, and a person should look at why.
// Values; made by LinkPersons.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "core/person.h"
#include "matchers/link_model.h"

namespace hearth {

inline constexpr int kLinkBases = 6;  // of LinkBasis

// How often a record differs from all that other registries say of its person under the same usable number: anything
// but the comparison's best level.
struct Disagreement {
  ComparisonKind kind = ComparisonKind::kName;
  uint64_t pairs = 0, differ = 0;  // pairs in which both sides have a value
  double trained = 0;              // 1 - m of the best level as used; 0 for a group, which has no model
};

struct LinkRates {
  std::string name;  // registry, or PersonGroupName
  uint64_t mentions = 0;
  uint64_t numbered = 0;  // mentions in registries that hold a number
  uint64_t number_missing = 0, number_invalid = 0;
  uint64_t number_conflicting = 0;  // usable, but its names clash and another person owns it
  uint64_t number_old = 0;          // usable and its person's, but not the one that the person has now
  std::array<uint64_t, kLinkBases> by_basis{};
  uint64_t review_pairs = 0;
  std::vector<Disagreement> disagreements;  // in the common model's order, numbers and kin left out
};

}  // namespace hearth
