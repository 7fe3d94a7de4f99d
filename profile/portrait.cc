#include "profile/portrait.h"

#include <algorithm>
#include <tuple>

namespace hearth {
namespace {

// Whether the row meets the definition's conditions on as_of.
bool Counts(const FactDefinition& fact, const RecordTable& table, uint32_t row, CivilDay as_of) {
  for (const auto& [field, accepted] : fact.where) {
    if (!table.Has(field, row)) return false;
    const int code = static_cast<int>(table.Int(field, row));
    if (std::find(accepted.begin(), accepted.end(), code) == accepted.end()) return false;
  }
  if (fact.from >= 0 && table.Has(fact.from, row) && table.DayAt(fact.from, row) > as_of) return false;
  if (fact.to >= 0 && table.Has(fact.to, row) && table.DayAt(fact.to, row) < as_of) return false;
  if (fact.month_within >= 0) {
    if (!table.Has(fact.month_within, row)) return false;
    const CivilMonth month = table.MonthAt(fact.month_within, row);
    if (month > as_of.Month() || month < as_of.Month().AddMonths(-fact.months)) return false;
  }
  return true;
}

// Order of two rows by an integer or text field; rows without a value come first.
bool Before(const RecordTable& table, int by, uint32_t a, uint32_t b) {
  if (by >= 0) {
    const bool has_a = table.Has(by, a), has_b = table.Has(by, b);
    if (has_a != has_b) return has_b;
    if (has_a) {
      if (IsTextType(table.schema().fields[by].type)) {
        const int order = table.Text(by, a).compare(table.Text(by, b));
        if (order != 0) return order < 0;
      } else if (table.Int(by, a) != table.Int(by, b)) {
        return table.Int(by, a) < table.Int(by, b);
      }
    }
  }
  return table.Key(a) < table.Key(b);
}

Value BuiltIn(ProfileBuiltIn what, const MemberSource& member) {
  const Person& p = *member.person;
  switch (what) {
    case ProfileBuiltIn::kPersonId:
      return Value::Text("p-" + std::to_string(p.id.value));
    case ProfileBuiltIn::kBirthDate:
      return p.birth_date ? Value::Date(*p.birth_date) : Value::Null();
    case ProfileBuiltIn::kSex:
      return p.sex == 1 ? Value::Text("male") : p.sex == 2 ? Value::Text("female") : Value();
    case ProfileBuiltIn::kDeathDate:
      return p.death_date ? Value::Date(*p.death_date) : Value::Null();
    case ProfileBuiltIn::kMembershipReason:
      return Value::Text(MembershipReasonName(member.reason));
    default:
      return Value::Null();
  }
}

// The value that an officer wrote; null when it is no value of this fact.
Value ReadAssessed(const AssessedFact& fact, std::string_view text) {
  switch (fact.kind) {
    case Value::Kind::kBoolean:
      return text == "true" ? Value::Boolean(true) : text == "false" ? Value::Boolean(false) : Value::Null();
    case Value::Kind::kNumber: {
      const StatusOr<Decimal> d = Decimal::Parse(text);
      return d.ok() ? Value::Number(*d) : Value::Null();
    }
    case Value::Kind::kDate: {
      const StatusOr<CivilDay> day = ParseIsoDay(text);
      return day.ok() ? Value::Date(*day) : Value::Null();
    }
    case Value::Kind::kText: {
      const bool known =
          fact.words.empty() || std::find(fact.words.begin(), fact.words.end(), text) != fact.words.end();
      return known ? Value::Text(text) : Value::Null();
    }
    default:
      return Value::Null();
  }
}

}  // namespace

bool IsListedRole(const RegistrySchema& schema, uint16_t role) {
  if (role == 0) return true;
  for (const KinRule& rule : schema.kin) {
    if (rule.kind == KinKind::kSpouse && (rule.from == role || rule.to == role)) return true;
  }
  return false;
}

Portrait Portrait::Create(const ProfileModel& model, const FactLayout& layout,
                          std::span<const std::shared_ptr<const RegistrySchema>> schemas,
                          std::span<const RecordTable* const> tables, std::vector<bool> answered) {
  Portrait p;
  p.household_slots_ = layout.Count(FactPlace::kHousehold);
  p.member_slots_ = layout.Count(FactPlace::kMember);
  p.tables_.assign(tables.begin(), tables.end());
  p.answered_ = std::move(answered);
  for (const FactDefinition& fact : model.facts) {
    const int slot = layout.Slot(fact.place, fact.name);
    if (slot < 0) continue;
    (fact.place == FactPlace::kMember ? p.member_facts_ : p.household_facts_).push_back({fact, slot});
  }
  for (size_t i = 0; i < schemas.size(); ++i) {
    const int slot = layout.Slot(FactPlace::kMember, schemas[i]->id);
    if (slot >= 0) p.member_rows_.push_back({static_cast<int>(i), slot});
    p.empty_rows_.push_back(Value::Rows(RowList{tables[i], {}}));
  }
  if (model.assessed.registry >= 0) {
    p.assessed_rows_ = model.assessed;
    for (const AssessedFact& fact : layout.assessed()) {
      const std::string& name = layout.Name(fact.place, fact.slot);
      const bool defined = std::any_of(model.facts.begin(), model.facts.end(), [&](const FactDefinition& d) {
        return d.place == fact.place && d.name == name;
      });
      if (!defined) p.assessed_.push_back({fact, name});
    }
    std::sort(p.assessed_.begin(), p.assessed_.end(), [](const Assessed& a, const Assessed& b) {
      return std::tie(a.fact.place, a.name) < std::tie(b.fact.place, b.name);
    });
  }
  return p;
}

const Portrait::Assessed* Portrait::AssessedBy(uint32_t row, CivilDay as_of, FactPlace place) const {
  const AssessedRows& a = assessed_rows_;
  const RecordTable& table = *tables_[static_cast<size_t>(a.registry)];
  const int code = place == FactPlace::kMember ? a.person_code : a.household_code;
  if (!table.Has(a.subject, row) || table.Int(a.subject, row) != code) return nullptr;
  if (!table.Has(a.from, row) || table.DayAt(a.from, row) > as_of) return nullptr;
  if (a.to >= 0 && table.Has(a.to, row) && table.DayAt(a.to, row) < as_of) return nullptr;
  if (!table.Has(a.fact, row)) return nullptr;
  const std::string_view name = table.Text(a.fact, row);
  const auto it = std::lower_bound(assessed_.begin(), assessed_.end(), std::pair(place, name),
                                   [](const Assessed& x, const std::pair<FactPlace, std::string_view>& y) {
                                     return std::pair(x.fact.place, std::string_view(x.name)) < y;
                                   });
  return it != assessed_.end() && it->fact.place == place && it->name == name ? &*it : nullptr;
}

void Portrait::DrawAssessed(const std::vector<TableRow>& rows, CivilDay as_of, FactPlace place, bool keep,
                            FactRow* to) const {
  if (assessed_.empty() || !answered_[static_cast<size_t>(assessed_rows_.registry)]) return;
  const uint16_t registry = static_cast<uint16_t>(assessed_rows_.registry);
  const RecordTable& table = *tables_[registry];
  std::vector<std::pair<const Assessed*, uint32_t>> latest;
  for (auto it = std::lower_bound(rows.begin(), rows.end(), TableRow{registry, 0});
       it != rows.end() && it->table == registry; ++it) {
    const Assessed* fact = AssessedBy(it->row, as_of, place);
    if (fact == nullptr) continue;
    const auto same = std::find_if(latest.begin(), latest.end(), [&](const auto& l) { return l.first == fact; });
    if (same == latest.end()) {
      latest.emplace_back(fact, it->row);
    } else if (Before(table, assessed_rows_.from, same->second, it->row)) {
      same->second = it->row;
    }
  }
  for (const auto& [assessed, row] : latest) {
    const size_t slot = static_cast<size_t>(assessed->fact.slot);
    const bool has = table.Has(assessed_rows_.value, row);
    to->values[slot] = has ? ReadAssessed(assessed->fact, table.Text(assessed_rows_.value, row)) : Value::Null();
    if (keep) to->sources[slot] = {&table, row};
  }
}

Value Portrait::Pick(const FactDefinition& fact, const std::vector<TableRow>& rows, CivilDay as_of,
                     RowRef* source) const {
  if (!answered_[fact.registry]) return Value::Null();
  const RecordTable& table = *tables_[fact.registry];
  const auto begin = std::lower_bound(rows.begin(), rows.end(), TableRow{static_cast<uint16_t>(fact.registry), 0});
  int64_t count = 0;
  bool found = false;
  uint32_t best = 0;
  Value sum = Value::Number(0);
  for (auto it = begin; it != rows.end() && it->table == fact.registry; ++it) {
    if (!Counts(fact, table, it->row, as_of)) continue;
    ++count;
    if (fact.field >= 0 && !table.Has(fact.field, it->row)) continue;
    const uint32_t row = it->row;
    switch (fact.pick) {
      case FactPick::kSum:
        sum = Value::Number(
            Decimal::Add(sum.number(), FieldValue({&table, row}, fact.field).number()).value_or(Decimal()));
        break;
      case FactPick::kFirst:
        if (!found || Before(table, fact.by, row, best)) best = row;
        break;
      case FactPick::kLast:
        if (!found || Before(table, fact.by, best, row)) best = row;
        break;
      case FactPick::kMin:
        if (!found || Before(table, fact.field, row, best)) best = row;
        break;
      case FactPick::kMax:
        if (!found || Before(table, fact.field, best, row)) best = row;
        break;
      case FactPick::kCount:
      case FactPick::kExists:
        if (!found) best = row;
        break;
    }
    found = true;
  }
  if (found && source != nullptr && fact.pick != FactPick::kSum) *source = {&table, best};
  if (fact.pick == FactPick::kCount) return Value::Number(count);
  if (fact.pick == FactPick::kSum) return sum;
  if (fact.pick == FactPick::kExists) {
    const auto& word = count > 0 ? fact.then : fact.otherwise;
    if (fact.then || fact.otherwise) return word ? Value::Text(*word) : Value::Null();
    return Value::Boolean(count > 0);
  }
  if (found) return FieldValue({&table, best}, fact.field);
  return fact.otherwise ? Value::Text(*fact.otherwise) : Value::Null();
}

UnitFacts Portrait::Draw(const UnitSource& unit, CivilDay as_of, Sources sources) const {
  const bool keep = sources == Sources::kYes;
  UnitFacts facts;
  facts.household.values.resize(household_slots_);
  if (keep) facts.household.sources.resize(household_slots_);
  facts.members.resize(unit.members.size());
  std::vector<TableRow> all_rows;
  for (size_t i = 0; i < unit.members.size(); ++i) {
    const MemberSource& member = unit.members[i];
    FactRow& row = facts.members[i];
    row.values.resize(member_slots_);
    if (keep) row.sources.resize(member_slots_);
    for (const Bound& b : member_facts_) {
      row.values[b.slot] = b.definition.built_in != ProfileBuiltIn::kNone
                               ? BuiltIn(b.definition.built_in, member)
                               : Pick(b.definition, member.rows, as_of, keep ? &row.sources[b.slot] : nullptr);
    }
    DrawAssessed(member.rows, as_of, FactPlace::kMember, keep, &row);
    for (const BoundRows& b : member_rows_) {
      if (!answered_[b.registry]) continue;
      const auto begin =
          std::lower_bound(member.rows.begin(), member.rows.end(), TableRow{static_cast<uint16_t>(b.registry), 0});
      if (begin == member.rows.end() || begin->table != b.registry) {
        row.values[b.slot] = empty_rows_[b.registry];
        continue;
      }
      RowList list{tables_[b.registry], {}};
      for (auto it = begin; it != member.rows.end() && it->table == b.registry; ++it) list.rows.push_back(it->row);
      row.values[b.slot] = Value::Rows(std::move(list));
    }
    if (!household_facts_.empty() || !assessed_.empty())
      all_rows.insert(all_rows.end(), member.rows.begin(), member.rows.end());
  }
  std::sort(all_rows.begin(), all_rows.end());
  // A row that names two members (a marriage) counts once.
  all_rows.erase(std::unique(all_rows.begin(), all_rows.end()), all_rows.end());
  DrawAssessed(all_rows, as_of, FactPlace::kHousehold, keep, &facts.household);
  for (const Bound& b : household_facts_) {
    Value& value = facts.household.values[b.slot];
    switch (b.definition.built_in) {
      case ProfileBuiltIn::kNone:
        value = Pick(b.definition, all_rows, as_of, keep ? &facts.household.sources[b.slot] : nullptr);
        break;
      case ProfileBuiltIn::kHouseholdNumber:
        value = Value::Text(unit.household_no);
        break;
      case ProfileBuiltIn::kUnitSize:
        value = Value::Number(static_cast<int64_t>(unit.members.size()));
        break;
      default:
        // A person's own fact at the household's place is the head's.
        if (!unit.members.empty()) value = BuiltIn(b.definition.built_in, unit.members.front());
    }
  }
  return facts;
}

}  // namespace hearth
