#include "policy/outlook.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/record_table.h"
#include "policy/feel/compile.h"
#include "policy/unit_run.h"

namespace hearth {
namespace {

using feel::Node;
using feel::Op;

constexpr int kFactDepth = 16;  // derived facts followed down from a rule
constexpr size_t kQuestionsMax = 12;
constexpr size_t kAnswersMax = 8;
constexpr size_t kNearestMax = 3;

// Where a missing name is looked for: a member's own fact covers the family's.
constexpr FactPlace kPlacesOfMissing[] = {FactPlace::kMember, FactPlace::kHousehold, FactPlace::kEmployer,
                                          FactPlace::kInstitution, FactPlace::kCity};

// ---- conditions

// Whether a fact of this type may be followed into what it is derived from.
const feel::Expression* DerivationOf(const UnitRun& run, const UnitFacts& facts, FactPlace place, int member,
                                     int32_t slot) {
  const SlotUse& use = run.data().slots[static_cast<int>(place)][static_cast<size_t>(slot)];
  if (use.kind != SlotUse::Kind::kDerived) return nullptr;
  if (run.data().derived[static_cast<size_t>(use.index)].type != FactType::kBoolean) return nullptr;
  if (place != FactPlace::kMember && place != FactPlace::kHousehold) return nullptr;
  const FactRow& row = place == FactPlace::kMember ? facts.members[static_cast<size_t>(member)] : facts.household;
  const size_t s = static_cast<size_t>(slot);
  if (s < row.given.size() && row.given[s]) return nullptr;
  return &run.data().derived_expressions[static_cast<size_t>(use.index)];
}

enum class Walk : uint8_t {
  kFailing,     // what keeps the whole from being as wanted
  kSupporting,  // what keeps it as wanted
  kAll
};

class Conditions {
 public:
  Conditions(UnitRun* run, const UnitFacts& facts) : run_(*run), facts_(facts) {}

  std::vector<Condition> Of(uint32_t rule, int member, Walk walk) {
    found_.clear();
    walk_ = walk;
    const Rule& r = run_.data().rules[rule];
    const Context context{&run_.data().compiled[rule].when, &r.clause, PlaceOfUnit(r.unit), member};
    Visit(*context.expression->root, context, true, 0);
    return std::move(found_);
  }

 private:
  struct Context {
    const feel::Expression* expression;
    const std::string* clause;
    FactPlace place;
    int member;
  };

  void Visit(const Node& n, const Context& c, bool wanted, int depth) {
    const Value v = run_.RunNode(*c.expression, n, c.member);
    const bool as_wanted = v.kind() == Value::Kind::kBoolean && v.boolean() == wanted;
    if (walk_ == Walk::kFailing && as_wanted) return;
    if (walk_ == Walk::kSupporting && !as_wanted) return;
    if (n.op == Op::kAnd || n.op == Op::kOr) {
      for (const auto& kid : n.kids) Visit(*kid, c, wanted, depth);
      return;
    }
    if (n.op == Op::kCall && n.kids.size() == 1 && n.text == "not") return Visit(*n.kids[0], c, !wanted, depth);
    if (n.op == Op::kIf) {
      const Value condition = run_.RunNode(*c.expression, *n.kids[0], c.member);
      if (condition.kind() == Value::Kind::kBoolean) {
        if (walk_ == Walk::kAll) Visit(*n.kids[0], c, condition.boolean(), depth);
        return Visit(condition.boolean() ? *n.kids[1] : *n.kids[2], c, wanted, depth);
      }
    }
    if (n.op == Op::kFact && depth < kFactDepth) {
      if (const feel::Expression* e = DerivationOf(run_, facts_, n.place, c.member, n.index)) {
        const SlotUse& use = run_.data().slots[static_cast<int>(n.place)][static_cast<size_t>(n.index)];
        const Context inner{e, &run_.data().derived[static_cast<size_t>(use.index)].clause, n.place,
                            n.place == FactPlace::kMember ? c.member : -1};
        return Visit(*e->root, inner, wanted, depth + 1);
      }
    }
    Add(n, c, wanted, v);
  }

  void Add(const Node& n, const Context& c, bool wanted, const Value& v) {
    Condition condition;
    condition.text = Slice(n, c);
    condition.clause = *c.clause;
    condition.subject = run_.SubjectName(c.place, c.member);
    condition.wanted = wanted;
    if (v.kind() == Value::Kind::kBoolean) condition.holds = v.boolean();
    for (const Condition& other : found_) {
      if (other.text == condition.text && other.subject == condition.subject) return;
    }
    Measure(n, c, &condition);
    Say(&condition);
    found_.push_back(std::move(condition));
  }

  static std::string Slice(const Node& n, const Context& c) {
    std::string text;
    for (const char ch : c.expression->text.substr(n.begin, n.end - n.begin)) {
      const bool space = ch == ' ' || ch == '\n' || ch == '\t';
      if (!space) text += ch;
      if (space && !text.empty() && text.back() != ' ') text += ' ';
    }
    return text;
  }

  std::string UnitOf(const Node& n) const {
    if (n.op == Op::kParameter) return run_.data().parameters[static_cast<size_t>(n.index)].unit;
    if (n.op != Op::kFact && n.op != Op::kSubjectFact) return "";
    const SlotUse& use = run_.data().slots[static_cast<int>(n.place)][static_cast<size_t>(n.index)];
    if (use.kind == SlotUse::Kind::kRaw) return run_.data().raw[static_cast<size_t>(use.index)].unit;
    if (use.kind == SlotUse::Kind::kDerived) return run_.data().derived[static_cast<size_t>(use.index)].unit;
    return "";
  }

  // The figure and the line that it meets: of a range the end that it misses, or the nearer one.
  void Measure(const Node& n, const Context& c, Condition* out) {
    const Node* line = nullptr;
    const auto value_of = [&](const Node& node) { return run_.RunNode(*c.expression, node, c.member); };
    if (n.op == Op::kCompare) {
      line = n.kids[1].get();
    } else if (n.op == Op::kBetween || (n.op == Op::kIn && n.kids.size() == 2 && n.kids[1]->op == Op::kRange)) {
      const Node& low = n.op == Op::kBetween ? *n.kids[1] : *n.kids[1]->kids[0];
      const Node& high = n.op == Op::kBetween ? *n.kids[2] : *n.kids[1]->kids[1];
      const std::optional<Decimal> to_low = Between(value_of(*n.kids[0]), value_of(low));
      const std::optional<Decimal> to_high = Between(value_of(*n.kids[0]), value_of(high));
      if (!to_low || !to_high) return;
      const bool below = !to_low->IsNegative() && !to_low->IsZero();
      const bool above = to_high->IsNegative();
      line = below ? &low : above ? &high : (Magnitude(*to_low) < Magnitude(*to_high) ? &low : &high);
    } else if (n.op == Op::kIn && n.kids.size() == 2 && n.kids[1]->op == Op::kUnaryRange) {
      line = n.kids[1]->kids[0].get();
    }
    if (line == nullptr) return;
    const Node& figure = *n.kids[0];
    out->value = value_of(figure);
    out->line = value_of(*line);
    out->figure = Slice(figure, c);
    out->distance = Between(out->value, out->line);
    out->unit = out->value.kind() == Value::Kind::kDate ? "days" : UnitOf(figure);
    if (out->unit.empty()) out->unit = UnitOf(*line);
  }

  static std::optional<Decimal> Between(const Value& value, const Value& line) {
    if (value.kind() == Value::Kind::kNumber && line.kind() == Value::Kind::kNumber) {
      const std::optional<Decimal> d = Decimal::Subtract(line.number(), value.number());
      return d ? std::optional<Decimal>(d->Guarded()) : d;
    }
    if (value.kind() == Value::Kind::kDate && line.kind() == Value::Kind::kDate) {
      return Decimal::FromInt(int64_t{line.date().days} - value.date().days);
    }
    return std::nullopt;
  }
  static Decimal Magnitude(const Decimal& d) { return d.IsNegative() ? -d : d; }

  // Two digits after the point are enough to read; dates as they are.
  static std::string Shown(const Value& v) {
    if (v.kind() == Value::Kind::kNumber) return v.number().Round(2, Decimal::Mode::kHalfEven).ToString();
    return v.ToString();
  }

  static void Say(Condition* c) {
    const std::string needs = c->wanted ? "" : "not ";
    const bool good = c->holds && *c->holds == c->wanted;
    if (!c->holds) {
      c->words_en = "unknown whether " + needs + c->text;
      c->words_zh = "尚不清楚：" + std::string(c->wanted ? "" : "不应") + c->text;
    } else {
      c->words_en = std::string(good ? "holds: " : "fails: ") + needs + c->text;
      c->words_zh = std::string(good ? "满足：" : "不满足：") + (c->wanted ? "" : "不应 ") + c->text;
    }
    if (!c->distance) return;
    const std::string unit = c->unit.empty() || c->value.kind() == Value::Kind::kDate ? "" : " " + c->unit;
    const std::string far = Shown(Value::Number(Magnitude(*c->distance)));
    if (c->distance->IsZero()) {
      c->words_en += "; " + c->figure + " is " + Shown(c->value) + unit + ", at the line";
      c->words_zh += "；" + c->figure + " 为 " + Shown(c->value) + UnitTitle(c->unit) + "，正在界线上";
      return;
    }
    const bool low = !c->distance->IsNegative();
    c->words_en += "; " + c->figure + " is " + Shown(c->value) + unit + ", the line " + Shown(c->line) + ": " + far +
                   (c->unit.empty() ? "" : " " + c->unit) + (low ? " below" : " above");
    c->words_zh += "；" + c->figure + " 为 " + Shown(c->value) + "，界线 " + Shown(c->line) + "，" +
                   (low ? "低" : "高") + " " + far + UnitTitle(c->unit);
  }

  UnitRun& run_;
  const UnitFacts& facts_;
  Walk walk_ = Walk::kAll;
  std::vector<Condition> found_;
};

// ---- what a rule rests on

struct Reach {
  std::set<std::pair<int, int32_t>> slots;  // (place, slot)
  std::set<int32_t> parameters;
  std::set<int64_t> days;  // lengths in days that stand in the expressions
};

void AddReach(const PackData& data, const feel::Expression& e, Reach* reach) {
  if (e.root == nullptr) return;
  feel::ForEachNode(*e.root, [&](const Node& n) {
    if (n.op == Op::kParameter || n.op == Op::kParameterOn) reach->parameters.insert(n.index);
    if (n.op == Op::kLiteral && n.literal.kind() == Value::Kind::kDays) {
      reach->days.insert(n.literal.seconds() / 86400);
    }
    if (n.op != Op::kFact && n.op != Op::kSubjectFact) return;
    if (!reach->slots.insert({static_cast<int>(n.place), n.index}).second) return;
    const SlotUse& use = data.slots[static_cast<int>(n.place)][static_cast<size_t>(n.index)];
    if (use.kind == SlotUse::Kind::kDerived) {
      AddReach(data, data.derived_expressions[static_cast<size_t>(use.index)], reach);
    }
  });
}

Reach ReachOf(const PackData& data, std::span<const Determination> determinations) {
  Reach reach;
  std::set<uint32_t> rules;
  for (const Determination& d : determinations) rules.insert(d.rule);
  for (const uint32_t rule : rules) {
    AddReach(data, data.compiled[rule].when, &reach);
    AddReach(data, data.compiled[rule].amount, &reach);
  }
  return reach;
}

// Reads a month column of rows, or rows picked by one: a window over a monthly feed.
bool ReadsMonths(const PackData& data, const feel::Expression& e) {
  bool reads = false;
  feel::ForEachNode(*e.root, [&](const Node& n) {
    if (n.op == Op::kColumn && n.index >= 0 && !n.kids.empty() && n.kids[0]->type.registry != nullptr) {
      const RegistrySchema& registry = *n.kids[0]->type.registry;
      reads |= registry.fields[static_cast<size_t>(n.index)].type == FieldType::kMonth;
    }
    if (n.op != Op::kFact && n.op != Op::kSubjectFact) return;
    const SlotUse& use = data.slots[static_cast<int>(n.place)][static_cast<size_t>(n.index)];
    if (use.kind != SlotUse::Kind::kDerived) return;
    const size_t at = static_cast<size_t>(use.index);
    if (data.derived[at].type == FactType::kRows) reads |= ReadsMonths(data, data.derived_expressions[at]);
  });
  return reads;
}

bool ReadsRows(const PackData& data, const feel::Expression& e) {
  bool reads = false;
  feel::ForEachNode(*e.root, [&](const Node& n) {
    if (n.op != Op::kFact && n.op != Op::kSubjectFact) return;
    const SlotUse& use = data.slots[static_cast<int>(n.place)][static_cast<size_t>(n.index)];
    reads |=
        use.kind == SlotUse::Kind::kRegistry ||
        (use.kind == SlotUse::Kind::kDerived && data.derived[static_cast<size_t>(use.index)].type == FactType::kRows);
  });
  return reads;
}

// ---- days

void AddDates(const Value& v, std::set<int32_t>* dates) {
  const auto add = [&](CivilDay day) { dates->insert(day.days); };
  switch (v.kind()) {
    case Value::Kind::kDate:
      add(v.date());
      break;
    case Value::Kind::kList:
      for (const Value& item : v.list()) AddDates(item, dates);
      break;
    case Value::Kind::kContext:
      for (const auto& [name, item] : v.context()) AddDates(item, dates);
      break;
    case Value::Kind::kRows:
      for (const uint32_t row : v.rows().rows) {
        const RecordTable& t = *v.rows().table;
        for (size_t f = 0; f < t.schema().fields.size(); ++f) {
          const FieldType type = t.schema().fields[f].type;
          if (type != FieldType::kDay && type != FieldType::kMonth) continue;
          AddDates(FieldValue({v.rows().table, row}, static_cast<int>(f)), dates);
        }
      }
      break;
    default:
      break;
  }
}

class Looker {
 public:
  Looker(const Pack& pack, const SiteParameters& site, const UnitFacts& facts, CivilDay as_of,
         std::span<const Determination> determinations)
      : pack_(pack), site_(site), facts_(facts), held_(facts), as_of_(as_of), determinations_(determinations) {
    const PackData& data = pack.data();
    reach_ = ReachOf(data, determinations);
    std::set<uint32_t> rules;
    for (const Determination& d : determinations) {
      rules.insert(d.rule);
      const int group = data.compiled[d.rule].stack_group;
      for (uint32_t r = 0; group >= 0 && r < data.rules.size(); ++r) {
        if (data.compiled[r].stack_group == group) rules.insert(r);
      }
    }
    options_.rules.assign(rules.begin(), rules.end());
    HoldMoney();
  }

  Status Look(std::vector<Outlook>* out) {
    for (const Determination& d : determinations_) {
      Outlook o;
      o.now = d;
      out->push_back(std::move(o));
    }
    HEARTH_RETURN_IF_ERROR(FindChanges(out));
    for (Outlook& o : *out) {
      HEARTH_RETURN_IF_ERROR(Describe(&o));
    }
    return OkStatus();
  }

 private:
  struct DayResult {
    bool in_force = false;
    std::map<std::pair<uint32_t, int32_t>, Determination> made;
  };

  // Money that is worked out from rows, and what is read off a monthly feed, stays what it is today.
  void HoldMoney() {
    const PackData& data = pack_.data();
    UnitRun run(data, site_, as_of_, {});
    run.Begin(facts_);
    for (const auto& [place_number, slot] : reach_.slots) {
      const FactPlace place = static_cast<FactPlace>(place_number);
      const SlotUse& use = data.slots[place_number][static_cast<size_t>(slot)];
      if (use.kind != SlotUse::Kind::kDerived) continue;
      const DerivedFact& fact = data.derived[static_cast<size_t>(use.index)];
      const feel::Expression& e = data.derived_expressions[static_cast<size_t>(use.index)];
      const bool money = fact.type == FactType::kMoney && ReadsRows(data, e);
      if (fact.type == FactType::kRows || (!money && !ReadsMonths(data, e))) continue;
      const int members = static_cast<int>(facts_.members.size());
      for (int m = place == FactPlace::kMember ? 0 : -1; m < (place == FactPlace::kMember ? members : 0); ++m) {
        const Status set = SetFact(pack_, &held_, place, fact.name, run.Fact(place, m, slot), m);
        HEARTH_CHECK(set.ok(), "a fact of the pack is set");
      }
    }
  }

  std::vector<CivilDay> Candidates() {
    const PackData& data = pack_.data();
    std::set<int32_t> dates, days;
    UnitRun run(data, site_, as_of_, {});
    run.Begin(held_);
    for (const auto& [place_number, slot] : reach_.slots) {
      const FactPlace place = static_cast<FactPlace>(place_number);
      if (place == FactPlace::kMember) {
        for (int m = 0; m < static_cast<int>(facts_.members.size()); ++m) AddDates(run.Fact(place, m, slot), &dates);
      } else {
        AddDates(run.Fact(place, -1, slot), &dates);
      }
    }
    std::set<int64_t> lengths = reach_.days;
    const auto add_day = [&](int64_t day) {  // and the day after, for what lasts up to it
      for (int64_t d = day; d <= day + 1; ++d) {
        if (d > as_of_.days && d <= horizon_.days) days.insert(static_cast<int32_t>(d));
      }
    };
    const auto add_dated = [&](const std::vector<DatedValue>& dated) {
      for (const DatedValue& v : dated) {
        if (v.from > as_of_ && v.from <= horizon_) days.insert(v.from.days);
      }
    };
    for (const int32_t index : reach_.parameters) {
      const Parameter& p = data.parameters[static_cast<size_t>(index)];
      add_dated(p.values);
      if (const auto it = site_.values.find(p.name); it != site_.values.end()) add_dated(it->second);
      const Value& v = run.Parameter(index);
      if (v.kind() == Value::Kind::kNumber && p.unit == "days") lengths.insert(v.number().ToInt().value_or(0));
      if (v.kind() == Value::Kind::kDays) lengths.insert(v.seconds() / 86400);
      AddDates(v, &dates);
    }
    for (const auto& [rule, dated] : site_.local_amount) add_dated(dated);
    // A period of months ends on a date's own day of some month.
    std::set<int> days_of_month = {1};
    for (const int32_t d : dates) {
      days_of_month.insert(CivilDay{d}.Ymd().day);
      add_day(d);
      for (const int64_t length : lengths) add_day(d + length);
    }
    for (CivilMonth month = as_of_.Month(); month <= horizon_.Month(); month = month.AddMonths(1)) {
      const int last = month.LastDay().Ymd().day;
      for (const int day : days_of_month) add_day(month.FirstDay().days + std::min(day, last) - 1);
    }
    if (pack_.valid_to() < horizon_) days.insert(pack_.valid_to().days + 1);
    days.insert(horizon_.days);
    std::vector<CivilDay> sorted;
    for (const int32_t d : days) sorted.push_back(CivilDay{d});
    return sorted;
  }

  StatusOr<const DayResult*> On(CivilDay day) {
    if (const auto it = results_.find(day.days); it != results_.end()) return &it->second;
    DayResult& result = results_[day.days];
    if (day < pack_.valid_from() || pack_.valid_to() < day) return &result;
    result.in_force = true;
    HEARTH_ASSIGN_OR_RETURN(Evaluator evaluator, Evaluator::Create(pack_, site_, day, options_));
    std::vector<Determination> made;
    evaluator.EvaluateMarked(held_, &made);
    for (Determination& d : made) result.made.insert({{d.rule, d.member}, d});
    return &result;
  }

  StatusOr<bool> Differs(const Determination& now, CivilDay day) {
    HEARTH_ASSIGN_OR_RETURN(const DayResult* result, On(day));
    if (!result->in_force) return now.outcome == Outcome::kEligible;
    const auto it = result->made.find({now.rule, now.member});
    if (it == result->made.end()) return false;
    return it->second.outcome != now.outcome || it->second.amount != now.amount || it->second.per != now.per;
  }

  Status FindChanges(std::vector<Outlook>* out) {
    CivilDay before = as_of_;
    std::vector<bool> done(out->size(), false);
    // What holding money changes is no change in time.
    HEARTH_ASSIGN_OR_RETURN(const DayResult* today, On(as_of_));
    std::vector<Determination> start;
    for (const Outlook& o : *out) {
      const auto it = today->made.find({o.now.rule, o.now.member});
      start.push_back(it == today->made.end() ? o.now : it->second);
    }
    for (const CivilDay day : Candidates()) {
      bool open = false;
      for (size_t i = 0; i < out->size(); ++i) {
        if (done[i]) continue;
        HEARTH_ASSIGN_OR_RETURN(const bool differs, Differs(start[i], day));
        if (!differs) {
          open = true;
          continue;
        }
        CivilDay low = before, high = day;  // as today on low, otherwise on high
        while (high.days - low.days > 1) {
          const CivilDay middle{low.days + (high.days - low.days) / 2};
          HEARTH_ASSIGN_OR_RETURN(const bool otherwise, Differs(start[i], middle));
          (otherwise ? high : low) = middle;
        }
        HEARTH_RETURN_IF_ERROR(SetChange(high, &(*out)[i]));
        done[i] = true;
      }
      if (!open) break;
      before = day;
    }
    return OkStatus();
  }

  Status SetChange(CivilDay on, Outlook* o) {
    OutlookChange change;
    change.on = on;
    HEARTH_ASSIGN_OR_RETURN(const DayResult* result, On(on));
    if (!result->in_force) {
      change.pack_ends = true;
      change.causes.push_back(pack_.id() + " is in force until " + pack_.valid_to().ToString());
      o->next = std::move(change);
      return OkStatus();
    }
    const Determination& d = result->made.at({o->now.rule, o->now.member});
    change.outcome = d.outcome;
    change.amount = d.amount;
    change.per = d.per;
    const PackData& data = pack_.data();
    UnitRun last(data, site_, on.AddDays(-1), {}), first(data, site_, on, {});
    last.Begin(held_);
    first.Begin(held_);
    const std::vector<Condition> was = Conditions(&last, held_).Of(d.rule, d.member, Walk::kAll);
    for (Condition& c : Conditions(&first, held_).Of(d.rule, d.member, Walk::kAll)) {
      const auto same = [&](const Condition& w) { return w.text == c.text && w.subject == c.subject; };
      const auto it = std::find_if(was.begin(), was.end(), same);
      if (it == was.end() || it->holds != c.holds) change.flipped.push_back(std::move(c));
    }
    Reach reach;
    AddReach(data, data.compiled[d.rule].when, &reach);
    AddReach(data, data.compiled[d.rule].amount, &reach);
    const auto changed = [&](const std::string& name, const Value& a, const Value& b, const std::string& clause) {
      if (a == b) return;
      change.causes.push_back(name + ": " + a.ToString() + " -> " + b.ToString() +
                              (clause.empty() ? "" : " [" + clause + "]"));
    };
    for (const int32_t p : reach.parameters) {
      const Parameter& parameter = data.parameters[static_cast<size_t>(p)];
      changed(parameter.name, last.Parameter(p), first.Parameter(p), parameter.clause);
    }
    for (const auto& [place_number, slot] : reach.slots) {
      const SlotUse& use = data.slots[place_number][static_cast<size_t>(slot)];
      if (use.kind != SlotUse::Kind::kDerived) continue;
      const FactPlace place = static_cast<FactPlace>(place_number);
      const DerivedFact& fact = data.derived[static_cast<size_t>(use.index)];
      if (fact.type == FactType::kRows || fact.type == FactType::kDate) continue;
      if (place == FactPlace::kMember && d.member < 0) {
        for (int m = 0; m < static_cast<int>(held_.members.size()); ++m) {
          changed(last.SubjectName(place, m) + " " + fact.name, last.Fact(place, m, slot), first.Fact(place, m, slot),
                  fact.clause);
        }
      } else {
        const int m = place == FactPlace::kMember ? d.member : -1;
        changed(fact.name, last.Fact(place, m, slot), first.Fact(place, m, slot), fact.clause);
      }
    }
    o->next = std::move(change);
    return OkStatus();
  }

  // ---- the line, and what would change it

  static Decimal Nearness(const Condition& c) {
    const Decimal distance = c.distance->IsNegative() ? -*c.distance : *c.distance;
    if (c.line.kind() != Value::Kind::kNumber || c.line.number().IsZero()) return distance;
    const Decimal line = c.line.number().IsNegative() ? -c.line.number() : c.line.number();
    return Decimal::Divide(distance, line).value_or(distance);
  }

  Status Describe(Outlook* o) {
    const PackData& data = pack_.data();
    UnitRun run(data, site_, as_of_, {});
    run.Begin(facts_);
    Conditions conditions(&run, facts_);
    const bool eligible = o->now.outcome == Outcome::kEligible;
    std::vector<Condition> found =
        conditions.Of(o->now.rule, o->now.member, eligible ? Walk::kSupporting : Walk::kFailing);
    const auto numeric = [](const Condition& c) {
      return c.distance.has_value() && c.value.kind() == Value::Kind::kNumber;
    };
    if (eligible) {
      std::vector<Condition> near;
      std::copy_if(found.begin(), found.end(), std::back_inserter(near), numeric);
      std::stable_sort(near.begin(), near.end(),
                       [](const Condition& a, const Condition& b) { return Nearness(a) < Nearness(b); });
      if (!near.empty()) o->line = near.front();
      if (near.size() > kNearestMax) near.resize(kNearestMax);
      o->would_change = std::move(near);
    } else {
      const auto it = std::find_if(found.begin(), found.end(), numeric);
      if (it != found.end()) o->line = *it;
      o->would_change = std::move(found);
    }
    if (o->now.outcome != Outcome::kNeedsInformation) return OkStatus();
    for (const std::string& name : o->now.missing) {
      if (o->questions.size() >= kQuestionsMax) break;
      HEARTH_ASSIGN_OR_RETURN(Question q, Ask(o->now, name));
      o->questions.push_back(std::move(q));
    }
    return OkStatus();
  }

  StatusOr<Question> Ask(const Determination& now, const std::string& name) {
    const PackData& data = pack_.data();
    Question q;
    q.fact = name;
    q.source = SourceOfMissing(pack_, name);
    if (q.source == "locality" || name.find('.') != std::string::npos) return q;
    for (const FactPlace place : kPlacesOfMissing) {
      const int slot = data.layout.Slot(place, name);
      if (slot < 0) continue;
      const SlotUse& use = data.slots[static_cast<int>(place)][static_cast<size_t>(slot)];
      std::vector<Value> tried;
      if (use.kind == SlotUse::Kind::kRegistry) {
        tried.push_back(Value::List({}));
      } else {
        const bool raw = use.kind == SlotUse::Kind::kRaw;
        const FactType type =
            raw ? data.raw[static_cast<size_t>(use.index)].type : data.derived[static_cast<size_t>(use.index)].type;
        if (type == FactType::kBoolean) tried = {Value::Boolean(true), Value::Boolean(false)};
        if (raw && type == FactType::kText) {
          for (const std::string& word : data.raw[static_cast<size_t>(use.index)].values) {
            if (tried.size() < kAnswersMax) tried.push_back(Value::Text(word));
          }
        }
      }
      for (const Value& v : tried) {
        HEARTH_ASSIGN_OR_RETURN(Answer answer, Try(now, place, name, slot, v));
        q.answers.push_back(std::move(answer));
      }
      return q;
    }
    return q;
  }

  // The determination with the fact set, for the member asked about or for every member that lacks it.
  StatusOr<Answer> Try(const Determination& now, FactPlace place, const std::string& name, int slot, const Value& v) {
    UnitFacts facts = facts_;
    if (place == FactPlace::kMember) {
      for (int m = 0; m < static_cast<int>(facts.members.size()); ++m) {
        const std::vector<Value>& values = facts.members[static_cast<size_t>(m)].values;
        const bool lacks = static_cast<size_t>(slot) >= values.size() || values[static_cast<size_t>(slot)].IsNull();
        if (now.member >= 0 ? m != now.member : !lacks) continue;
        HEARTH_RETURN_IF_ERROR(SetFact(pack_, &facts, place, name, v, m));
      }
    } else {
      HEARTH_RETURN_IF_ERROR(SetFact(pack_, &facts, place, name, v));
    }
    HEARTH_ASSIGN_OR_RETURN(Evaluator evaluator, Evaluator::Create(pack_, site_, as_of_, options_));
    std::vector<Determination> made;
    evaluator.EvaluateMarked(facts, &made);
    Answer answer;
    answer.value = v.ToString();
    for (const Determination& d : made) {
      if (d.rule != now.rule || d.member != now.member) continue;
      answer.outcome = d.outcome;
      answer.amount = d.amount;
      answer.per = d.per;
    }
    return answer;
  }

  const Pack& pack_;
  const SiteParameters& site_;
  const UnitFacts& facts_;
  UnitFacts held_;
  CivilDay as_of_;
  CivilDay horizon_ = as_of_.AddMonths(kOutlookMonths);
  std::span<const Determination> determinations_;
  EvaluateOptions options_;
  Reach reach_;
  std::map<int32_t, DayResult> results_;
};

}  // namespace

StatusOr<std::vector<Outlook>> LookAhead(const Pack& pack, const SiteParameters& site, const UnitFacts& facts,
                                         CivilDay as_of, std::span<const Determination> determinations) {
  for (const Determination& d : determinations) {
    if (d.rule >= pack.rules().size()) return OutOfRange("no rule of index " + std::to_string(d.rule));
  }
  std::vector<Outlook> outlooks;
  HEARTH_RETURN_IF_ERROR(Looker(pack, site, facts, as_of, determinations).Look(&outlooks));
  return outlooks;
}

StatusOr<Outlook> LookAhead(const Pack& pack, const SiteParameters& site, const UnitFacts& facts, CivilDay as_of,
                            uint32_t rule, int member) {
  HEARTH_ASSIGN_OR_RETURN(const std::vector<Determination> all, EvaluateUnit(pack, site, facts, as_of));
  for (const Determination& d : all) {
    if (d.rule != rule || d.member != member) continue;
    HEARTH_ASSIGN_OR_RETURN(std::vector<Outlook> outlooks, LookAhead(pack, site, facts, as_of, std::span(&d, 1)));
    return std::move(outlooks.front());
  }
  return OutOfRange("the unit has no determination of rule " + std::to_string(rule) + " for member " +
                    std::to_string(member));
}

std::string SourceOfMissing(const Pack& pack, std::string_view name) {
  const PackData& data = pack.data();
  if (data.parameter_index.find(name) != data.parameter_index.end()) return "locality";
  if (const size_t dot = name.find('.'); dot != std::string_view::npos) return std::string(name.substr(0, dot));
  for (const FactPlace place : kPlacesOfMissing) {
    const int slot = data.layout.Slot(place, name);
    if (slot < 0) continue;
    const SlotUse& use = data.slots[static_cast<int>(place)][static_cast<size_t>(slot)];
    if (use.kind == SlotUse::Kind::kRegistry) return std::string(name);
    return use.kind == SlotUse::Kind::kRaw ? data.raw[static_cast<size_t>(use.index)].source : "case";
  }
  return "";
}

std::string_view OutcomeTitle(Outcome o) {
  switch (o) {
    case Outcome::kEligible:
      return "符合";
    case Outcome::kNotEligible:
      return "不符合";
    case Outcome::kNeedsInformation:
      return "待补信息";
  }
  return "";
}

std::string_view PeriodTitle(Period p) {
  switch (p) {
    case Period::kDay:
      return "每日";
    case Period::kMonth:
      return "每月";
    case Period::kSchoolYear:
      return "每学年";
    case Period::kYear:
      return "每年";
    case Period::kOnce:
      return "一次性";
    case Period::kNone:
      break;
  }
  return "";
}

std::string UnitTitle(std::string_view unit) {
  static const std::map<std::string_view, std::string_view> kTitles = {{"yuan", "元"},
                                                                       {"yuan/month", "元/月"},
                                                                       {"yuan/year", "元/年"},
                                                                       {"yuan/day", "元/日"},
                                                                       {"years", "岁"},
                                                                       {"persons", "人"},
                                                                       {"months", "个月"},
                                                                       {"days", "天"},
                                                                       {"m2", "平方米"},
                                                                       {"dwellings", "套"},
                                                                       {"units", "处"},
                                                                       {"ratio", "倍"},
                                                                       {"yuan/school_year", "元/学年"}};
  const auto it = kTitles.find(unit);
  return std::string(it == kTitles.end() ? unit : it->second);
}

}  // namespace hearth
