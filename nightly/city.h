// A City is a generation read back into memory as far as packs need it: persons, the rows that count in their
// portraits, and family units. It is what a what-if is worked out on, where every household is asked.
//
//   ASSIGN City city = LoadCity(generation, schemas, RegistriesOf(profile, pack, schemas), threads, progress);
//   UnitFacts facts = portrait.Draw(city.Source(unit), as_of);
//
// Cost: one pass over the tables, registries in parallel; memory about that of the rows asked for.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/person.h"
#include "core/record_table.h"
#include "core/status.h"
#include "ingest/registry_schema.h"
#include "policy/pack.h"
#include "profile/portrait.h"
#include "store/generation.h"

namespace hearth {

struct CityUnit {
  FamilyUnitId id;
  std::string household_no, region;
  std::vector<FamilyUnitMember> members;  // head first
};

struct City {
  CivilDay as_of;
  std::vector<RecordTable> tables;    // by schema; empty for a registry not asked for
  std::vector<bool> answered;         // by schema
  std::vector<Person> persons;        // sorted by id; mention ranges are not set
  std::vector<CityUnit> units;        // sorted by id
  std::vector<uint32_t> row_offsets;  // persons + 1
  std::vector<TableRow> rows;         // listed rows of each person, sorted

  std::vector<const RecordTable*> TablePointers() const;
  UnitSource Source(const CityUnit& unit) const;
};

// Registries, by schema, whose rows the portrait for this pack reads.
std::vector<bool> RegistriesOf(const ProfileModel& profile, const Pack& pack, const SchemaList& schemas);

// done(n) is called, from any thread, as entries are read. DataLoss for bytes that do not decode.
StatusOr<City> LoadCity(const Generation& g, const SchemaList& schemas, const std::vector<bool>& registries,
                        int threads, const std::function<void(size_t)>& done);

}  // namespace hearth
