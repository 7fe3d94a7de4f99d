// Households: the registered household (户) read from registries that have a household rule.
//
// Every row of such a registry becomes a HouseholdRow; rows of persons who live in the city make the members. A person
// registered twice belongs to the household of the smaller number. Inside matchers only.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/person.h"
#include "core/record_table.h"
#include "core/relation_code.h"
#include "matchers/build_families.h"

namespace hearth {

struct HouseholdRow {
  std::string_view number;
  PersonIndex person = kNoPerson;
  RelationEdge relation = RelationEdge::kNone;
  int required_sex = 0;
  bool resident = false, dead = false, collective = false;
  Mention mention;
  std::string_view region;
};

struct HouseholdData {
  std::vector<HouseholdRow> rows;         // sorted by (number, person)
  std::vector<uint32_t> starts;           // rows of registered household h: [starts[h], starts[h + 1])
  std::vector<Household> households;      // one each, in order of number; not yet by id
  std::vector<uint32_t> household_of;     // by PersonIndex; kNoHousehold
  std::vector<uint8_t> alive;             // by PersonIndex: no register says dead
  std::vector<PersonIndex> written_head;  // by household: whom the rows call head, dead or not; kNoPerson
};
inline constexpr uint32_t kNoHousehold = 0xFFFFFFFF;

HouseholdData ReadHouseholds(std::span<const RecordTable* const> tables, const LinkedPersons& linked, CivilDay as_of,
                             const FamilyOptions& options, std::vector<FamilyFinding>* findings);

// True when a is older than b, or as old (unknown birth dates last) and of the smaller index.
bool IsElder(const LinkedPersons& linked, PersonIndex a, PersonIndex b);

}  // namespace hearth
