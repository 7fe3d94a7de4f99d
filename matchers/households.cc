#include "matchers/households.h"

#include <algorithm>
#include <charconv>
#include <tuple>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace hearth {
namespace {

const Relation* RelationOf(const CodeValue& code) {
  for (const Relation& r : Relations()) {
    if (r.value == code.value) return &r;
  }
  int number = 0;
  std::from_chars(code.code.data(), code.code.data() + code.code.size(), number);
  return FindRelation(number);
}

void ReadRows(std::span<const RecordTable* const> tables, const LinkedPersons& linked, const FamilyOptions& options,
              std::vector<HouseholdRow>* out) {
  for (uint16_t t = 0; t < tables.size(); ++t) {
    const RecordTable& table = *tables[t];
    const RegistrySchema& schema = table.schema();
    const HouseholdRule& rule = schema.household;
    if (rule.person < 0) continue;
    std::vector<const Relation*> relations;
    if (rule.relation >= 0) {
      for (const CodeValue& code : schema.fields[rule.relation].codes) relations.push_back(RelationOf(code));
    }
    const uint16_t role = static_cast<uint16_t>(rule.person);
    for (uint32_t row = 0; row < table.size(); ++row) {
      HouseholdRow item;
      item.person = linked.Of(t, row, role, schema.persons.size());
      item.number = table.Text(rule.number, row);
      if (item.person == kNoPerson || item.number.empty()) continue;
      if (table.Has(rule.relation, row)) {
        if (const Relation* relation = relations[static_cast<size_t>(table.Int(rule.relation, row))]) {
          item.relation = relation->edge;
          item.required_sex = relation->required_sex;
        }
      }
      const std::string_view status = table.Has(rule.status, row) ? table.CodeAt(rule.status, row) : std::string_view();
      item.resident = status.empty() || std::find(options.resident_statuses.begin(), options.resident_statuses.end(),
                                                  status) != options.resident_statuses.end();
      item.dead = status == options.dead_status;
      item.collective = table.Has(rule.kind, row) && table.CodeAt(rule.kind, row) == "collective";
      item.mention = {t, role, row};
      if (table.Has(schema.persons[role].region, row)) item.region = table.Text(schema.persons[role].region, row);
      out->push_back(item);
    }
  }
  std::sort(out->begin(), out->end(), [&](const HouseholdRow& a, const HouseholdRow& b) {
    return std::tuple(a.number, a.person, !a.resident, a.relation) <
           std::tuple(b.number, b.person, !b.resident, b.relation);
  });
}

// The living head first, then the eldest of several.
PersonIndex ChooseHead(const LinkedPersons& linked, std::span<const HouseholdRow> rows,
                       const std::vector<uint8_t>& alive, std::vector<PersonIndex>* heads) {
  heads->clear();
  for (const HouseholdRow& row : rows) {
    if (row.relation != RelationEdge::kSelf || !(row.resident || row.dead)) continue;
    if (std::find(heads->begin(), heads->end(), row.person) == heads->end()) heads->push_back(row.person);
    if (heads->size() > 64) break;  // a collective household where everybody is "self"
  }
  PersonIndex best = kNoPerson;
  for (const PersonIndex p : *heads) {
    const bool better =
        best == kNoPerson || (alive[p] != alive[best] ? alive[p] > alive[best] : IsElder(linked, p, best));
    if (better) best = p;
  }
  return best;
}

}  // namespace

bool IsElder(const LinkedPersons& linked, PersonIndex a, PersonIndex b) {
  const auto& x = linked.persons[a].birth_date;
  const auto& y = linked.persons[b].birth_date;
  if (x.has_value() != y.has_value()) return x.has_value();
  if (x && *x != *y) return *x < *y;
  return a < b;
}

HouseholdData ReadHouseholds(std::span<const RecordTable* const> tables, const LinkedPersons& linked, CivilDay as_of,
                             const FamilyOptions& options, std::vector<FamilyFinding>* findings) {
  HouseholdData out;
  ReadRows(tables, linked, options, &out.rows);
  out.household_of.assign(linked.persons.size(), kNoHousehold);
  out.alive.assign(linked.persons.size(), 1);
  for (size_t p = 0; p < linked.persons.size(); ++p) {
    if (linked.persons[p].death_date && *linked.persons[p].death_date <= as_of) out.alive[p] = 0;
  }
  for (const HouseholdRow& row : out.rows) {
    if (row.dead) out.alive[row.person] = 0;
  }
  std::vector<PersonIndex> heads;
  for (size_t i = 0; i < out.rows.size();) {
    size_t j = i;
    while (j < out.rows.size() && out.rows[j].number == out.rows[i].number) ++j;
    const std::span<const HouseholdRow> rows = std::span(out.rows).subspan(i, j - i);
    const uint32_t h = static_cast<uint32_t>(out.households.size());
    out.starts.push_back(static_cast<uint32_t>(i));
    i = j;
    Household household;
    household.number = std::string(rows[0].number);
    household.id = {XXH3_64bits(household.number.data(), household.number.size())};
    size_t collective = 0;
    for (const HouseholdRow& row : rows) {
      collective += row.collective;
      if (!row.resident || row.dead) {
        if (household.absent.empty() || household.absent.back() != row.person) household.absent.push_back(row.person);
        if (household.members.empty() && household.region.empty()) household.region = std::string(row.region);
        continue;
      }
      if (out.household_of[row.person] == kNoHousehold) {
        out.household_of[row.person] = h;
      } else if (out.household_of[row.person] != h) {
        findings->push_back({"registered_twice", {row.person}});
        continue;
      }
      if (household.members.empty() || household.members.back() != row.person) household.members.push_back(row.person);
      if (household.members.size() == 1 || household.region.empty() ||
          (row.relation == RelationEdge::kSelf && !row.region.empty())) {
        household.region = std::string(row.region);
      }
      const Person& person = linked.persons[row.person];
      if (row.required_sex != 0 && person.sex != 0 && row.required_sex != person.sex) {
        findings->push_back({"sex_contradicts_relation", {row.person}});
      }
    }
    household.collective = collective * 2 > rows.size();
    const PersonIndex head = ChooseHead(linked, rows, out.alive, &heads);
    household.head = head;
    out.written_head.push_back(head);
    if (household.members.empty()) {
      findings->push_back({"empty_household", {rows[0].person}});
    } else if (!household.collective) {
      if (heads.size() > 1) findings->push_back({"two_heads", heads});
      if (heads.empty()) findings->push_back({"no_head", {household.members[0]}});
      if (head != kNoPerson && !out.alive[head]) findings->push_back({"dead_head", {head}});
    }
    out.households.push_back(std::move(household));
  }
  out.starts.push_back(static_cast<uint32_t>(out.rows.size()));
  // Who moved within the city is at home elsewhere.
  for (Household& household : out.households) {
    std::erase_if(household.absent, [&](PersonIndex p) { return out.household_of[p] != kNoHousehold; });
  }
  return out;
}

}  // namespace hearth
