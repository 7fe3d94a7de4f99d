#include "cli/benefit_list.h"

#include <algorithm>
#include <set>

#include "nightly/entitlement.h"

namespace hearth {
namespace {

constexpr std::string_view kPaid = "_paid_month";  // facts of what a register pays

// The registers' word: classes that the unit or a member is in, and money that is paid.
Status AddReceived(const ActivePack& active, Evaluator* evaluator, const UnitFacts& facts, BenefitList* list) {
  const Pack& pack = active.pack;
  const auto add = [&](FactPlace place, const std::string& fact, uint32_t rule) -> Status {
    const int members = static_cast<int>(facts.members.size());
    const bool own = place == FactPlace::kMember;
    for (int m = own ? 0 : -1; m < (own ? members : 0); ++m) {
      HEARTH_ASSIGN_OR_RETURN(const Value v, evaluator->Fact(facts, place, fact, m));
      BenefitLine line;
      line.pack = &active;
      line.rule = rule;
      line.member = m;
      line.fact = fact;
      if (v.kind() == Value::Kind::kNumber && !v.number().IsZero()) {
        line.amount = v.number().ToMoney(Rounding::kHalfUp);
        line.per = Period::kMonth;
        list->received.push_back(std::move(line));
      } else if (v.IsTrue()) {
        list->received.push_back(std::move(line));
      }
    }
    return OkStatus();
  };
  std::set<std::string> seen;
  for (uint32_t r = 0; r < pack.rules().size(); ++r) {
    const Rule& rule = pack.rules()[r];
    for (const std::string& fact : {rule.recognises, rule.programme + std::string(kPaid)}) {
      if (fact != rule.recognises && !IsBenefit(rule)) continue;  // what is paid goes by the name of a benefit
      for (const FactPlace place : {FactPlace::kHousehold, FactPlace::kMember}) {
        if (fact.empty() || pack.layout().Slot(place, fact) < 0 || !seen.insert(fact).second) continue;
        HEARTH_RETURN_IF_ERROR(add(place, fact, r));
      }
    }
  }
  return OkStatus();
}

bool IsListed(const Rule& rule) { return IsBenefit(rule) || rule.kind == "recognition"; }

BenefitLine LineOf(const ActivePack& active, const Determination& d) {
  BenefitLine line;
  line.pack = &active;
  line.rule = d.rule;
  line.member = d.member;
  line.amount = d.amount;
  line.per = d.per;
  return line;
}

// The classes that recognition rules would give and the register does not.
std::vector<std::string> ClassesToGrant(const Pack& pack, Evaluator* evaluator, const UnitFacts& facts,
                                        std::span<const Determination> made) {
  std::vector<std::string> granted;
  for (const Determination& d : made) {
    const Rule& rule = pack.rules()[d.rule];
    if (d.outcome != Outcome::kEligible || rule.recognises.empty()) continue;
    const FactPlace place =
        pack.layout().Slot(FactPlace::kHousehold, rule.recognises) >= 0 ? FactPlace::kHousehold : FactPlace::kMember;
    if (place == FactPlace::kMember && d.member < 0) continue;
    const auto value = evaluator->Fact(facts, place, rule.recognises, place == FactPlace::kMember ? d.member : -1);
    const bool fresh = std::find(granted.begin(), granted.end(), rule.recognises) == granted.end();
    if (value.ok() && !value->IsTrue() && fresh) granted.push_back(rule.recognises);
  }
  return granted;
}

Status AddPack(const ActivePack& active, const SiteParameters& site, const UnitFacts& facts, BenefitList* list,
               std::map<std::pair<std::string, std::string>, std::set<std::string>>* questions) {
  const Pack& pack = active.pack;
  HEARTH_ASSIGN_OR_RETURN(Evaluator evaluator, Evaluator::Create(pack, site, list->as_of));
  HEARTH_RETURN_IF_ERROR(AddReceived(active, &evaluator, facts, list));
  std::vector<Determination> made, due;
  evaluator.Evaluate(facts, &made);
  for (const Determination& d : made) {
    if (!IsListed(pack.rules()[d.rule])) continue;
    if (d.outcome == Outcome::kEligible) due.push_back(d);
    for (const std::string& name : d.missing) {
      (*questions)[{SourceOfMissing(pack, name), name}].insert(pack.rules()[d.rule].id);
    }
  }
  HEARTH_ASSIGN_OR_RETURN(std::vector<Outlook> outlooks, LookAhead(pack, site, facts, list->as_of, due));
  for (size_t i = 0; i < due.size(); ++i) {
    BenefitLine line = LineOf(active, due[i]);
    line.next = std::move(outlooks[i].next);
    const Rule& rule = line.TheRule();
    if (line.amount && line.per != Period::kNone) list->sums[{rule.kind, line.per}] += *line.amount;
    if (!line.amount && !rule.amount.empty()) ++list->open_amounts;
    list->due.push_back(std::move(line));
  }
  EvaluateOptions options;
  options.granted = ClassesToGrant(pack, &evaluator, facts, made);
  if (options.granted.empty()) return OkStatus();
  HEARTH_ASSIGN_OR_RETURN(Evaluator second, Evaluator::Create(pack, site, list->as_of, options));
  std::vector<Determination> then;
  second.Evaluate(facts, &then);
  for (size_t i = 0; i < then.size(); ++i) {
    const bool is_new = then[i].outcome == Outcome::kEligible && made[i].outcome != Outcome::kEligible;
    if (is_new && IsListed(pack.rules()[then[i].rule])) list->if_recognised.push_back(LineOf(active, then[i]));
  }
  return OkStatus();
}

}  // namespace

StatusOr<BenefitList> MakeBenefitList(const OpenStore& store, const NightPacks& packs, const CaseFile& file,
                                      CivilDay as_of) {
  BenefitList list;
  list.as_of = as_of;
  std::map<std::pair<std::string, std::string>, std::set<std::string>> questions;
  for (const ActivePack& active : packs.active) {
    HEARTH_ASSIGN_OR_RETURN(const SiteParameters site, SiteAt(active, file.household.region));
    const UnitFacts facts =
        FactsOf(file, store.schemas, packs.profile, active.pack, AnsweredOf(*store.generation, store.schemas), as_of);
    HEARTH_RETURN_IF_ERROR(AddPack(active, site, facts, &list, &questions));
  }
  for (const auto& [key, rules] : questions) {
    OpenQuestion question{key.first, key.second, {rules.begin(), rules.end()}, {}};
    for (const std::string& id : rules) {
      const bool entitles = std::any_of(packs.active.begin(), packs.active.end(), [&](const ActivePack& active) {
        const int rule = active.pack.FindRule(id);
        return rule >= 0 && IsEntitlement(active.pack.rules()[static_cast<size_t>(rule)]);
      });
      if (entitles) question.entitlements.push_back(id);
    }
    list.questions.push_back(std::move(question));
  }
  return list;
}

std::string_view ListedName(Listed l) {
  static constexpr std::string_view kNames[] = {"shown", "no_entitlement", "zero"};
  return kNames[static_cast<size_t>(l)];
}

bool IsEntitlement(const Rule& rule) {
  return IsBenefit(rule) || (rule.kind == "recognition" && !rule.recognises.empty());
}

Listed BenefitLine::listed() const {
  if (!fact.empty()) return Listed::kShown;  // the register's word
  if (!IsEntitlement(TheRule())) return Listed::kNoEntitlement;
  return amount && amount->fen() == 0 ? Listed::kZero : Listed::kShown;
}

std::string_view KindTitle(std::string_view kind) {
  static const std::map<std::string_view, std::string_view> kTitles = {
      {"cash", "现金"},           {"in-kind", "实物与服务"}, {"recognition", "认定"},
      {"fee-waiver", "费用减免"}, {"education", "教育"},     {"employer-subsidy", "用人单位补贴"},
      {"employment", "就业"},     {"housing", "住房"},       {"insurance-premium", "保险费"},
      {"loan", "贷款"},           {"medical", "医疗"},       {"priority", "优先"},
      {"mechanism", "机制"}};
  const auto it = kTitles.find(kind);
  return it == kTitles.end() ? kind : it->second;
}

}  // namespace hearth
