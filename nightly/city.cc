#include "nightly/city.h"

#include <algorithm>
#include <unordered_map>

#include "core/parallel.h"
#include "nightly/case_file.h"
#include "store/codec.h"

namespace hearth {
namespace {

constexpr size_t kProgressGrain = 16384;

struct OwnedRow {
  uint64_t person = 0;
  TableRow at;
};

// Scans what starts with `prefix` and hands each entry to `visit`, which says whether it decoded.
Status ScanAll(const Generation& g, Table table, std::string_view prefix, const std::function<void(size_t)>& done,
               const std::function<Status(std::string_view, std::string_view)>& visit) {
  Status status;
  size_t seen = 0;
  HEARTH_RETURN_IF_ERROR(g.Scan(table, prefix, [&](std::string_view key, std::string_view value) {
    status = visit(key, value);
    if (++seen % kProgressGrain == 0) done(kProgressGrain);
    return status.ok();
  }));
  done(seen % kProgressGrain);
  return status;
}

Status LoadRows(const Generation& g, const std::shared_ptr<const RegistrySchema>& schema, uint16_t index,
                RecordTable* table, std::vector<OwnedRow>* owned, const std::function<void(size_t)>& done) {
  std::vector<RowLink> links;
  const std::string prefix = RowKey(schema->id, "");
  return ScanAll(g, Table::kRows, prefix, done, [&](std::string_view key, std::string_view value) -> Status {
    links.clear();
    const uint32_t row = static_cast<uint32_t>(table->size());
    HEARTH_RETURN_IF_ERROR(DecodeRow(key.substr(prefix.size()), value, table, &links));
    for (uint16_t role = 0; role < links.size(); ++role) {
      const RowLink& link = links[role];
      if (link.person.value == 0 || link.basis == LinkBasis::kNameOnly || !IsListedRole(*schema, role)) continue;
      owned->push_back({link.person.value, {index, row}});
    }
    return OkStatus();
  });
}

Status LoadPersons(const Generation& g, std::vector<Person>* persons, const std::function<void(size_t)>& done) {
  return ScanAll(g, Table::kPersons, "", done, [&](std::string_view, std::string_view value) -> Status {
    HEARTH_ASSIGN_OR_RETURN(Person person, DecodePersonHead(value));
    persons->push_back(std::move(person));
    return OkStatus();
  });
}

using Regions = std::unordered_map<uint64_t, std::string>;

Status LoadRegions(const Generation& g, Regions* regions, const std::function<void(size_t)>& done) {
  return ScanAll(g, Table::kHouseholds, "", done, [&](std::string_view, std::string_view value) -> Status {
    HEARTH_ASSIGN_OR_RETURN(const StoredHousehold h, DecodeHousehold(value));
    regions->emplace(h.id.value, h.region);
    return OkStatus();
  });
}

Status LoadUnits(const Generation& g, std::vector<StoredUnit>* units, const std::function<void(size_t)>& done) {
  return ScanAll(g, Table::kUnits, "", done, [&](std::string_view, std::string_view value) -> Status {
    HEARTH_ASSIGN_OR_RETURN(StoredUnit unit, DecodeUnit(value));
    unit.determinations.clear();
    units->push_back(std::move(unit));
    return OkStatus();
  });
}

PersonIndex IndexOf(const std::vector<Person>& persons, uint64_t id) {
  const auto it = std::lower_bound(persons.begin(), persons.end(), id,
                                   [](const Person& p, uint64_t wanted) { return p.id.value < wanted; });
  if (it == persons.end() || it->id.value != id) return kNoPerson;
  return static_cast<PersonIndex>(it - persons.begin());
}

// Counting sort of the owned rows by person; within a person by table and row, each once.
void SortRows(const std::vector<std::vector<OwnedRow>>& owned, const std::vector<std::vector<PersonIndex>>& owners,
              City* city) {
  city->row_offsets.assign(city->persons.size() + 1, 0);
  for (const auto& list : owners) {
    for (const PersonIndex p : list) {
      if (p != kNoPerson) ++city->row_offsets[p + 1];
    }
  }
  for (size_t p = 0; p < city->persons.size(); ++p) city->row_offsets[p + 1] += city->row_offsets[p];
  city->rows.resize(city->row_offsets.back());
  std::vector<uint32_t> next(city->row_offsets.begin(), city->row_offsets.end() - 1);
  for (size_t t = 0; t < owned.size(); ++t) {
    for (size_t i = 0; i < owned[t].size(); ++i) {
      if (owners[t][i] != kNoPerson) city->rows[next[owners[t][i]]++] = owned[t][i].at;
    }
  }
}

}  // namespace

std::vector<const RecordTable*> City::TablePointers() const {
  std::vector<const RecordTable*> pointers;
  for (const RecordTable& t : tables) pointers.push_back(&t);
  return pointers;
}

UnitSource City::Source(const CityUnit& unit) const {
  UnitSource source;
  source.household_no = unit.household_no;
  source.members.reserve(unit.members.size());
  for (const FamilyUnitMember& m : unit.members) {
    const auto begin = rows.begin() + row_offsets[m.person], end = rows.begin() + row_offsets[m.person + 1];
    MemberSource member{&persons[m.person], m.reason, std::vector<TableRow>(begin, end)};
    // A person may stand in two roles of one row.
    member.rows.erase(std::unique(member.rows.begin(), member.rows.end()), member.rows.end());
    source.members.push_back(std::move(member));
  }
  return source;
}

std::vector<bool> RegistriesOf(const ProfileModel& profile, const Pack& pack, const SchemaList& schemas) {
  std::vector<bool> needed(schemas.size(), false);
  for (size_t i = 0; i < schemas.size(); ++i) {
    needed[i] =
        std::find(pack.registries().begin(), pack.registries().end(), schemas[i]->id) != pack.registries().end();
  }
  for (const FactDefinition& fact : profile.facts) {
    if (fact.registry >= 0 && pack.layout().Slot(fact.place, fact.name) >= 0) {
      needed[static_cast<size_t>(fact.registry)] = true;
    }
  }
  return needed;
}

StatusOr<City> LoadCity(const Generation& g, const SchemaList& schemas, const std::vector<bool>& registries,
                        int threads, const std::function<void(size_t)>& done) {
  City city;
  city.as_of = g.meta().as_of;
  city.answered = AnsweredOf(g, schemas);
  for (const auto& schema : schemas) city.tables.emplace_back(schema);
  std::vector<std::vector<OwnedRow>> owned(schemas.size());
  std::vector<StoredUnit> units;
  Regions regions;
  // The heavy tables first, so that the threads end together.
  std::vector<std::function<Status()>> tasks;
  std::vector<std::pair<uint64_t, size_t>> by_rows;
  for (size_t t = 0; t < schemas.size(); ++t) {
    if (!registries[t]) continue;
    uint64_t rows = 0;
    for (const FeedState& f : g.meta().feeds) rows += f.registry == schemas[t]->id ? f.present : 0;
    by_rows.emplace_back(rows, t);
  }
  std::sort(by_rows.rbegin(), by_rows.rend());
  for (const auto& [rows, t] : by_rows) {
    tasks.push_back([&, t = t, rows = rows] {
      city.tables[t].Reserve(rows);
      return LoadRows(g, schemas[t], static_cast<uint16_t>(t), &city.tables[t], &owned[t], done);
    });
  }
  const size_t first = std::min<size_t>(2, tasks.size());
  tasks.insert(tasks.begin() + static_cast<std::ptrdiff_t>(first),
               {[&] { return LoadPersons(g, &city.persons, done); }, [&] { return LoadUnits(g, &units, done); },
                [&] { return LoadRegions(g, &regions, done); }});
  std::vector<Status> failed(tasks.size());
  ParallelFor(tasks.size(), threads, [&](size_t i) { failed[i] = tasks[i](); });
  for (const Status& s : failed) HEARTH_RETURN_IF_ERROR(s);

  std::vector<std::vector<PersonIndex>> owners(schemas.size());
  for (size_t t = 0; t < schemas.size(); ++t) {
    owners[t].resize(owned[t].size());
    ParallelChunks(owned[t].size(), kProgressGrain, threads, [&](size_t begin, size_t end) {
      for (size_t i = begin; i < end; ++i) owners[t][i] = IndexOf(city.persons, owned[t][i].person);
    });
  }
  SortRows(owned, owners, &city);
  city.units.reserve(units.size());
  for (StoredUnit& u : units) {
    CityUnit unit{u.id, std::move(u.household_no), {}, {}};
    if (const auto it = regions.find(u.household.value); it != regions.end()) unit.region = it->second;
    for (const auto& [person, reason] : u.members) {
      const PersonIndex p = IndexOf(city.persons, person.value);
      if (p == kNoPerson) return DataLoss("units: a member is not among the persons");
      unit.members.push_back({p, reason});
    }
    city.units.push_back(std::move(unit));
  }
  return city;
}

}  // namespace hearth
