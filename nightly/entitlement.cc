#include "nightly/entitlement.h"

#include <algorithm>
#include <array>

namespace hearth {
namespace {

constexpr int kPassesMax = 3;

const RuleColumn* ColumnOf(const BatchResult& result, uint32_t rule) {
  const auto rules = result.rules();
  const auto it =
      std::lower_bound(rules.begin(), rules.end(), rule, [](const RuleColumn& c, uint32_t r) { return c.rule < r; });
  return it != rules.end() && it->rule == rule ? &*it : nullptr;
}

// What the rules say of a class; nullopt: they need information.
std::optional<bool> InClass(const BatchResult& result, const Programme& programme, size_t unit, size_t member_lane) {
  bool unknown = false;
  for (const std::vector<uint32_t>* rules : {&programme.recognition, &programme.exits}) {
    for (const uint32_t rule : *rules) {
      const RuleColumn* column = ColumnOf(result, rule);
      if (column == nullptr) continue;
      const size_t lane = column->of_members ? member_lane : unit;
      if (column->IsEligible(lane)) return true;
      unknown = unknown || column->OutcomeAt(lane) == Outcome::kNeedsInformation;
    }
  }
  if (unknown) return std::nullopt;
  return false;
}

}  // namespace

bool IsBenefit(const Rule& rule) {
  static constexpr std::array<std::string_view, 7> kNone = {"income-rule", "asset-rule", "recognition", "target",
                                                            "monitoring",  "priority",   "loan"};
  return !rule.amount.empty() && std::find(kNone.begin(), kNone.end(), rule.kind) == kNone.end();
}

StatusOr<EntitlementRun> EntitlementRun::Create(std::shared_ptr<const BatchLayout> layout, const SiteParameters& site,
                                                CivilDay as_of) {
  std::vector<Programme> programmes = ProgrammesOf(layout->pack());
  BatchOptions classes;
  for (const Programme& p : programmes) {
    classes.rules.insert(classes.rules.end(), p.recognition.begin(), p.recognition.end());
    classes.rules.insert(classes.rules.end(), p.exits.begin(), p.exits.end());
  }
  std::sort(classes.rules.begin(), classes.rules.end());
  classes.rules.erase(std::unique(classes.rules.begin(), classes.rules.end()), classes.rules.end());
  if (classes.rules.empty()) programmes.clear();
  HEARTH_ASSIGN_OR_RETURN(BatchEvaluator first, BatchEvaluator::Create(layout, site, as_of, classes));
  HEARTH_ASSIGN_OR_RETURN(BatchEvaluator all, BatchEvaluator::Create(layout, site, as_of));
  return EntitlementRun(std::move(layout), std::move(programmes), std::move(first), std::move(all));
}

EntitlementRun::EntitlementRun(std::shared_ptr<const BatchLayout> layout, std::vector<Programme> programmes,
                               BatchEvaluator classes, BatchEvaluator all)
    : layout_(std::move(layout)),
      programmes_(std::move(programmes)),
      classes_(std::move(classes)),
      all_(std::move(all)) {
  for (const Programme& p : programmes_) {
    ClassFact fact;
    fact.place = p.unit == RuleUnit::kPerson ? FactPlace::kMember : FactPlace::kHousehold;
    fact.slot = layout_->pack().layout().Slot(fact.place, p.class_fact);
    fact.in_columns = fact.slot >= 0 && layout_->Fact(fact.place, fact.slot).kind == ColumnKind::kBoolean;
    class_facts_.push_back(fact);
  }
}

void EntitlementBatch::Fill(std::span<UnitFacts> units) {
  facts = units;
  columns.Clear();
  for (const UnitFacts& unit : facts) columns.Append(unit);
}

FactRow& EntitlementRun::RowOf(UnitFacts* unit, FactPlace place, size_t member) {
  return place == FactPlace::kMember ? unit->members[member] : unit->household;
}

void EntitlementRun::Set(const ClassFact& fact, FactRow* row, const Value& value, bool given) const {
  row->values[static_cast<size_t>(fact.slot)] = value;
  if (fact.in_columns) return;
  row->given.resize(row->values.size());
  row->given[static_cast<size_t>(fact.slot)] = given;
}

ClassValues EntitlementRun::Read(const EntitlementBatch& batch) const {
  ClassValues values(programmes_.size());
  for (size_t p = 0; p < programmes_.size(); ++p) {
    const ClassFact& fact = class_facts_[p];
    if (fact.slot < 0) continue;
    for (UnitFacts& unit : batch.facts) {
      const size_t count = fact.place == FactPlace::kMember ? unit.members.size() : 1;
      for (size_t m = 0; m < count; ++m) {
        values[p].push_back(RowOf(&unit, fact.place, m).values[static_cast<size_t>(fact.slot)]);
      }
    }
  }
  return values;
}

// One pass: sets the class facts to what the last evaluation says; true when one changed.
bool EntitlementRun::Decide(EntitlementBatch* batch) {
  bool changed = false, refill = false;
  for (size_t p = 0; p < programmes_.size(); ++p) {
    const ClassFact& fact = class_facts_[p];
    if (fact.slot < 0) continue;
    const bool of_members = fact.place == FactPlace::kMember;
    for (size_t u = 0; u < batch->facts.size(); ++u) {
      const size_t count = of_members ? batch->facts[u].members.size() : 1;
      for (size_t m = 0; m < count; ++m) {
        const size_t lane = of_members ? batch->columns.MemberOffset(u) + m : u;
        const std::optional<bool> says = InClass(result_, programmes_[p], u, lane);
        FactRow& row = RowOf(&batch->facts[u], fact.place, m);
        const Value& value = row.values[static_cast<size_t>(fact.slot)];
        if (!says || (value.kind() == Value::Kind::kBoolean && value.boolean() == *says)) continue;
        Set(fact, &row, Value::Boolean(*says), true);
        if (fact.in_columns) batch->columns.Replace(fact.place, fact.slot, lane, value);
        changed = true;
        refill = refill || !fact.in_columns;
      }
    }
  }
  if (refill) batch->Fill(batch->facts);
  return changed;
}

void EntitlementRun::Restore(const ClassValues& originals, EntitlementBatch* batch) const {
  bool refill = false;
  for (size_t p = 0; p < programmes_.size(); ++p) {
    const ClassFact& fact = class_facts_[p];
    if (fact.slot < 0) continue;
    size_t lane = 0;
    for (UnitFacts& unit : batch->facts) {
      const size_t count = fact.place == FactPlace::kMember ? unit.members.size() : 1;
      for (size_t m = 0; m < count; ++m, ++lane) {
        FactRow& row = RowOf(&unit, fact.place, m);
        const Value& value = row.values[static_cast<size_t>(fact.slot)];
        if (value == originals[p][lane]) continue;
        Set(fact, &row, originals[p][lane], false);
        if (fact.in_columns) batch->columns.Replace(fact.place, fact.slot, lane, value);
        refill = refill || !fact.in_columns;
      }
    }
  }
  if (refill) batch->Fill(batch->facts);
}

UnitFacts EntitlementRun::WithClasses(const EntitlementBatch& batch, const ClassValues& classes, size_t unit) const {
  UnitFacts facts = batch.facts[unit];
  for (size_t p = 0; p < programmes_.size(); ++p) {
    const ClassFact& fact = class_facts_[p];
    if (fact.slot < 0) continue;
    const bool of_members = fact.place == FactPlace::kMember;
    const size_t first = of_members ? batch.columns.MemberOffset(unit) : unit;
    const size_t count = of_members ? facts.members.size() : 1;
    for (size_t m = 0; m < count; ++m) {
      FactRow& row = RowOf(&facts, fact.place, m);
      const Value& value = classes[p][first + m];
      if (!(value == row.values[static_cast<size_t>(fact.slot)])) Set(fact, &row, value, true);
    }
  }
  return facts;
}

Status EntitlementRun::Run(EntitlementBatch* batch, std::vector<std::vector<Entitled>>* entitled,
                           ClassValues* classes) {
  const ClassValues originals = Read(*batch);
  for (int pass = 0; pass < kPassesMax && !programmes_.empty(); ++pass) {
    HEARTH_RETURN_IF_ERROR(classes_.Evaluate(batch->columns, &result_));
    if (!Decide(batch)) break;
  }
  HEARTH_RETURN_IF_ERROR(all_.Evaluate(batch->columns, &result_));
  entitled->resize(batch->facts.size());
  for (auto& list : *entitled) list.clear();
  for (const RuleColumn& column : result_.rules()) {
    for (size_t u = 0; u < batch->facts.size(); ++u) {
      const size_t begin = column.of_members ? batch->columns.MemberOffset(u) : u;
      const size_t count = column.of_members ? batch->facts[u].members.size() : 1;
      for (size_t i = 0; i < count; ++i) {
        const size_t lane = begin + i;
        if (!column.IsEligible(lane)) continue;
        (*entitled)[u].push_back(
            {column.rule, column.of_members ? static_cast<int32_t>(i) : -1, column.AmountAt(lane), column.per});
      }
    }
  }
  *classes = Read(*batch);
  Restore(originals, batch);
  return OkStatus();
}

}  // namespace hearth
