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
std::optional<bool> InClass(const BatchResult& result, const Programme& programme, size_t unit, size_t member) {
  bool unknown = false;
  for (const std::vector<uint32_t>* rules : {&programme.recognition, &programme.exits}) {
    for (const uint32_t rule : *rules) {
      const RuleColumn* column = ColumnOf(result, rule);
      if (column == nullptr) continue;
      const size_t lane = column->of_members ? member : unit;
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
      all_(std::move(all)),
      batch_(layout_) {}

void EntitlementRun::Fill(std::span<const UnitFacts> facts) {
  batch_.Clear();
  for (const UnitFacts& unit : facts) batch_.Append(unit);
}

bool EntitlementRun::SetClasses(std::span<UnitFacts> facts) {
  bool changed = false;
  bool refill = false;
  const auto set = [&](FactPlace place, int slot, size_t lane, FactRow* row, std::optional<bool> says) {
    const size_t s = static_cast<size_t>(slot);
    Value& value = row->values[s];
    if (!says || (value.kind() == Value::Kind::kBoolean && value.boolean() == *says)) return;
    value = Value::Boolean(*says);
    changed = true;
    if (layout_->Fact(place, slot).kind == ColumnKind::kBoolean) {
      batch_.Replace(place, slot, lane, value);
    } else {  // derived by the pack: now given, which the batch must see
      row->given.resize(row->values.size());
      row->given[s] = true;
      refill = true;
    }
  };
  for (const Programme& programme : programmes_) {
    const bool of_members = programme.unit == RuleUnit::kPerson;
    const FactPlace place = of_members ? FactPlace::kMember : FactPlace::kHousehold;
    const int slot = layout_->pack().layout().Slot(place, programme.class_fact);
    if (slot < 0) continue;
    for (size_t u = 0; u < facts.size(); ++u) {
      if (!of_members) {
        set(place, slot, u, &facts[u].household, InClass(result_, programme, u, 0));
        continue;
      }
      for (size_t m = 0; m < facts[u].members.size(); ++m) {
        const size_t lane = batch_.MemberOffset(u) + m;
        set(place, slot, lane, &facts[u].members[m], InClass(result_, programme, u, lane));
      }
    }
  }
  if (refill) Fill(facts);
  return changed;
}

Status EntitlementRun::Run(std::span<UnitFacts> facts, std::vector<std::vector<Entitled>>* entitled) {
  Fill(facts);
  for (int pass = 0; pass < kPassesMax && !programmes_.empty(); ++pass) {
    HEARTH_RETURN_IF_ERROR(classes_.Evaluate(batch_, &result_));
    if (!SetClasses(facts)) break;
  }
  HEARTH_RETURN_IF_ERROR(all_.Evaluate(batch_, &result_));
  entitled->resize(facts.size());
  for (auto& list : *entitled) list.clear();
  for (const RuleColumn& column : result_.rules()) {
    for (size_t u = 0; u < facts.size(); ++u) {
      const size_t begin = column.of_members ? batch_.MemberOffset(u) : u;
      const size_t count = column.of_members ? facts[u].members.size() : 1;
      for (size_t i = 0; i < count; ++i) {
        const size_t lane = begin + i;
        if (!column.IsEligible(lane)) continue;
        (*entitled)[u].push_back(
            {column.rule, column.of_members ? static_cast<int32_t>(i) : -1, column.AmountAt(lane), column.per});
      }
    }
  }
  return OkStatus();
}

}  // namespace hearth
