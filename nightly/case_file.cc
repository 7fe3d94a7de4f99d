#include "nightly/case_file.h"

#include <algorithm>
#include <charconv>

namespace hearth {
namespace {

// Adds a person with all rows that name it.
Status AddMember(const Generation& g, const SchemaList& schemas, PersonId id, MembershipReason reason, CaseFile* file) {
  HEARTH_ASSIGN_OR_RETURN(const std::string bytes, g.Get(Table::kPersons, IdKey(id.value)));
  CaseMember member;
  HEARTH_ASSIGN_OR_RETURN(member.stored, DecodePerson(bytes));
  member.reason = reason;
  std::vector<RowLink> links;
  for (const PersonMention& m : member.stored.mentions) {
    if (m.registry >= schemas.size()) return DataLoss("person: names a registry that is not configured");
    RecordTable& table = file->tables[m.registry];
    HEARTH_ASSIGN_OR_RETURN(const std::string value, g.Get(Table::kRows, RowKey(schemas[m.registry]->id, m.key)));
    // A row that names two members is held once.
    uint32_t row = 0;
    while (row < table.size() && table.Key(row) != m.key) ++row;
    links.clear();
    if (row == table.size()) {
      HEARTH_RETURN_IF_ERROR(DecodeRow(m.key, value, &table, &links));
    } else {
      RecordTable spare(schemas[m.registry]);
      HEARTH_RETURN_IF_ERROR(DecodeRow(m.key, value, &spare, &links));
    }
    CaseRow entry{{static_cast<uint16_t>(m.registry), row}, static_cast<uint16_t>(m.role), {}, false};
    if (m.role < links.size()) entry.link = links[m.role];
    entry.listed = entry.link.basis != LinkBasis::kNameOnly && IsListedRole(*schemas[m.registry], entry.role);
    member.rows.push_back(entry);
  }
  file->members.push_back(std::move(member));
  return OkStatus();
}

StatusOr<CaseFile> Start(const Generation& g, const SchemaList& schemas, HouseholdId household) {
  if (g.meta().registries.size() != schemas.size()) {
    return FailedPrecondition("the store was written with other registries; run hearth night first");
  }
  CaseFile file;
  for (size_t i = 0; i < schemas.size(); ++i) {
    if (g.meta().registries[i] != schemas[i]->id) {
      return FailedPrecondition("the store was written with other registries; run hearth night first");
    }
    file.tables.emplace_back(schemas[i]);
  }
  if (household.value != 0) {
    HEARTH_ASSIGN_OR_RETURN(const std::string bytes, g.Get(Table::kHouseholds, IdKey(household.value)));
    HEARTH_ASSIGN_OR_RETURN(file.household, DecodeHousehold(bytes));
  }
  return file;
}

}  // namespace

std::vector<const RecordTable*> CaseFile::TablePointers() const {
  std::vector<const RecordTable*> pointers;
  for (const RecordTable& t : tables) pointers.push_back(&t);
  return pointers;
}

StatusOr<CaseFile> OpenUnitCase(const Generation& g, const SchemaList& schemas, FamilyUnitId unit) {
  HEARTH_ASSIGN_OR_RETURN(const std::string bytes, g.Get(Table::kUnits, IdKey(unit.value)));
  HEARTH_ASSIGN_OR_RETURN(StoredUnit stored, DecodeUnit(bytes));
  HEARTH_ASSIGN_OR_RETURN(CaseFile file, Start(g, schemas, stored.household));
  for (const auto& [person, reason] : stored.members) {
    HEARTH_RETURN_IF_ERROR(AddMember(g, schemas, person, reason, &file));
  }
  file.unit = std::move(stored);
  return file;
}

StatusOr<CaseFile> OpenAbsentCase(const Generation& g, const SchemaList& schemas, HouseholdId household) {
  HEARTH_ASSIGN_OR_RETURN(CaseFile file, Start(g, schemas, household));
  std::vector<PersonId> people = file.household.members;
  people.insert(people.end(), file.household.absent.begin(), file.household.absent.end());
  for (PersonId id : people) {
    HEARTH_RETURN_IF_ERROR(AddMember(g, schemas, id, MembershipReason::kAlone, &file));
    if (file.members.back().stored.unit.value != 0) file.members.pop_back();
  }
  return file;
}

StatusOr<CaseFile> OpenPersonCase(const Generation& g, const SchemaList& schemas, PersonId person) {
  HEARTH_ASSIGN_OR_RETURN(CaseFile file, Start(g, schemas, HouseholdId{}));
  HEARTH_RETURN_IF_ERROR(AddMember(g, schemas, person, MembershipReason::kAlone, &file));
  const HouseholdId household = file.members[0].stored.household;
  if (household.value != 0) {
    HEARTH_ASSIGN_OR_RETURN(const std::string bytes, g.Get(Table::kHouseholds, IdKey(household.value)));
    HEARTH_ASSIGN_OR_RETURN(file.household, DecodeHousehold(bytes));
  }
  return file;
}

std::vector<bool> AnsweredOf(const Generation& g, const SchemaList& schemas) {
  std::vector<bool> answered(schemas.size(), false);
  for (const FeedState& f : g.meta().feeds) {
    for (size_t i = 0; i < schemas.size(); ++i) {
      if (schemas[i]->id == f.registry && f.seq > 0) answered[i] = true;
    }
  }
  return answered;
}

UnitFacts FactsOf(const CaseFile& file, const SchemaList& schemas, const ProfileModel& profile, const Pack& pack,
                  const std::vector<bool>& answered, CivilDay as_of) {
  const auto tables = file.TablePointers();
  const Portrait portrait = Portrait::Create(profile, pack.layout(), schemas, tables, answered);
  UnitSource source;
  source.household_no = file.household.number;
  for (const CaseMember& m : file.members) {
    MemberSource member{&m.stored.person, m.reason, {}};
    for (const CaseRow& row : m.rows) {
      if (row.listed) member.rows.push_back(row.at);
    }
    std::sort(member.rows.begin(), member.rows.end());
    member.rows.erase(std::unique(member.rows.begin(), member.rows.end()), member.rows.end());
    source.members.push_back(std::move(member));
  }
  return portrait.Draw(source, as_of, Portrait::Sources::kYes);
}

namespace {

// Of a row that an officer wrote: who and when, ", by 3399-01 on 2024-02-01".
std::string AssessedText(const RecordTable& table, uint32_t row) {
  const int who = table.schema().FieldIndex("assessor"), when = table.schema().FieldIndex("assessed_on");
  if (who < 0 || when < 0 || !table.Has(who, row) || !table.Has(when, row)) return "";
  return ", by " + std::string(table.Text(who, row)) + " on " + table.DayAt(when, row).ToString();
}

}  // namespace

std::string DescribeRow(const Generation& g, const RecordTable& table, uint32_t row) {
  const RowOrigin& origin = table.Origin(row);
  const RegistrySchema& schema = table.schema();
  std::string text = origin.feed < g.meta().feeds.size() ? g.meta().feeds[origin.feed].feed : schema.id;
  text += " seq " + std::to_string(origin.batch_seq) + " line " + std::to_string(origin.line) + " (" + schema.id + " ";
  // A key may hold an account or certificate number: sensitive parts are not printed.
  std::string_view rest = table.Key(row);
  for (size_t i = 0; i < schema.key.size(); ++i) {
    const size_t bar = i + 1 < schema.key.size() ? rest.find('|') : std::string_view::npos;
    const std::string_view part = rest.substr(0, bar);
    if (i > 0) text += "|";
    text += schema.fields[schema.key[i]].sensitive ? std::string_view("***") : part;
    if (bar == std::string_view::npos) break;
    rest.remove_prefix(bar + 1);
  }
  return text + ")" + AssessedText(table, row);
}

StatusOr<StoredHousehold> FindHousehold(const Generation& g, std::string_view number) {
  std::optional<StoredHousehold> found;
  Status status;
  HEARTH_RETURN_IF_ERROR(g.Scan(Table::kHouseholds, "", [&](std::string_view, std::string_view value) {
    auto h = DecodeHousehold(value);
    if (!h.ok()) {
      status = h.status();
      return false;
    }
    if (h->number == number) found = std::move(*h);
    return !found.has_value();
  }));
  HEARTH_RETURN_IF_ERROR(status);
  if (!found) return NotFound("no household has that number");
  return std::move(*found);
}

StatusOr<PersonId> FindPerson(const Generation& g, const SchemaList& schemas, std::string_view text) {
  if (text.starts_with("p-")) {
    PersonId id;
    const auto [end, error] = std::from_chars(text.data() + 2, text.data() + text.size(), id.value);
    if (error == std::errc() && end == text.data() + text.size()) return id;
    return InvalidArgument("a person id is p- and digits, such as p-1234567890");
  }
  for (const auto& schema : schemas) {
    if (schema->household.person < 0) continue;
    const auto value = g.Get(Table::kRows, RowKey(schema->id, text));
    if (!value.ok()) continue;
    RecordTable table(schema);
    std::vector<RowLink> links;
    HEARTH_RETURN_IF_ERROR(DecodeRow(text, *value, &table, &links));
    return links[schema->household.person].person;
  }
  std::optional<PersonId> found;
  Status status;
  HEARTH_RETURN_IF_ERROR(g.Scan(Table::kPersons, "", [&](std::string_view, std::string_view value) {
    auto p = DecodePerson(value);
    if (!p.ok()) {
      status = p.status();
      return false;
    }
    if (p->person.number == text) found = p->person.id;
    return !found.has_value();
  }));
  HEARTH_RETURN_IF_ERROR(status);
  if (!found) return NotFound("nobody has that person id, record number or citizen number");
  return *found;
}

}  // namespace hearth
