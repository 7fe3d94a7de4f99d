// A CaseFile is what one generation holds about one family unit (or about the people of a household that nobody lives
// in any more): members, their rows with feed and line, and the facts drawn from them. The explain, household and
// person commands read from it; a determination made again from it equals the night's.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/alert.h"
#include "ingest/registry_schema.h"
#include "nightly/decide.h"
#include "store/codec.h"
#include "store/generation.h"

namespace hearth {

struct CaseRow {
  TableRow at;
  uint16_t role = 0;
  RowLink link;
  bool listed = false;  // counts in the person's own portrait
};

struct CaseMember {
  StoredPerson stored;
  MembershipReason reason = MembershipReason::kHead;
  std::vector<CaseRow> rows;  // sorted by registry and key
};

struct CaseFile {
  StoredHousehold household;
  std::optional<StoredUnit> unit;
  std::vector<RecordTable> tables;  // by schema: the rows of these people only
  std::vector<CaseMember> members;  // head first

  std::vector<const RecordTable*> TablePointers() const;
};

// NotFound when the generation has no such unit, household or person.
StatusOr<CaseFile> OpenUnitCase(const Generation& g, const SchemaList& schemas, FamilyUnitId unit);
// People of the household who are in no unit.
StatusOr<CaseFile> OpenAbsentCase(const Generation& g, const SchemaList& schemas, HouseholdId household);
// One person alone, whatever unit.
StatusOr<CaseFile> OpenPersonCase(const Generation& g, const SchemaList& schemas, PersonId person);

// Registries that some feed has answered, by schema.
std::vector<bool> AnsweredOf(const Generation& g, const SchemaList& schemas);

UnitFacts FactsOf(const CaseFile& file, const SchemaList& schemas, const ProfileModel& profile, const Pack& pack,
                  const std::vector<bool>& answered, CivilDay as_of);

// "ga_vehicles seq 3 line 4812 (vehicles 02|浙Z12345)"; keys of sensitive fields are masked.
std::string DescribeRow(const Generation& g, const RecordTable& table, uint32_t row);

// Household by its number, by the number itself (scans); person by citizen number or by household record number.
StatusOr<StoredHousehold> FindHousehold(const Generation& g, std::string_view number);
StatusOr<PersonId> FindPerson(const Generation& g, const SchemaList& schemas, std::string_view text);

}  // namespace hearth
