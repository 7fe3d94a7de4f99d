// The facts of one subject of a unit, by its place.
#pragma once

#include "core/facts.h"

namespace hearth {

// member: of FactPlace::kMember, within the unit's members.
inline const FactRow& FactRowAt(const UnitFacts& facts, FactPlace place, int32_t member) {
  switch (place) {
    case FactPlace::kMember:
      return facts.members[static_cast<size_t>(member)];
    case FactPlace::kEmployer:
      return facts.employer;
    case FactPlace::kInstitution:
      return facts.institution;
    case FactPlace::kCity:
      return facts.city;
    case FactPlace::kHousehold:
      break;
  }
  return facts.household;
}

}  // namespace hearth
