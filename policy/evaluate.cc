#include "policy/evaluate.h"

#include <algorithm>
#include <set>

#include "policy/unit_run.h"

namespace hearth {

struct Evaluator::Impl {
  Impl(const Pack& p, const SiteParameters& site, CivilDay as_of, const EvaluateOptions& options)
      : pack(p), options_(options), run(pack.data(), site, as_of, options_.granted) {
    if (options_.rules.empty()) {
      for (uint32_t i = 0; i < pack.rules().size(); ++i) options_.rules.push_back(i);
    }
    std::sort(options_.rules.begin(), options_.rules.end());
  }

  Pack pack;
  EvaluateOptions options_;
  UnitRun run;
};

namespace {

// The local amount of F.5-like clauses: what a place already gives stays when it is higher.
void TakeHigher(const std::optional<Decimal>& local, Rounding rounding, Determination* d) {
  if (!local || d->outcome != Outcome::kEligible) return;
  const std::optional<Money> money = local->ToMoney(rounding);
  if (money && (!d->amount || *d->amount < *money)) d->amount = money;
}

// Of the eligible determinations of one group and subject one stands, as the group's mode says.
void ApplyStacking(const PackData& data, std::span<Determination> made) {
  if (data.groups.empty()) return;
  for (size_t i = 0; i < made.size(); ++i) {
    Determination& a = made[i];
    const int group = data.compiled[a.rule].stack_group;
    if (group < 0 || a.outcome != Outcome::kEligible) continue;
    const StackMode mode = data.groups[static_cast<size_t>(group)].mode;
    if (mode == StackMode::kAdditive) continue;
    for (size_t j = i + 1; j < made.size(); ++j) {
      Determination& b = made[j];
      if (b.member != a.member || data.compiled[b.rule].stack_group != group || b.outcome != Outcome::kEligible)
        continue;
      const Money x = a.amount.value_or(Money()), y = b.amount.value_or(Money());
      Determination& loser = mode == StackMode::kNoDuplicate || x >= y ? b : a;
      loser.outcome = Outcome::kNotEligible;
      loser.amount.reset();
      if (&loser == &a) break;
    }
  }
}

Determination Decide(UnitRun* run, uint32_t rule, int member, bool name_missing = true) {
  const PackData& data = run->data();
  const Rule& r = data.rules[rule];
  const CompiledRule& c = data.compiled[rule];
  Determination d;
  d.rule = rule;
  d.member = member;
  const Value holds = run->Run(c.when, member);
  if (holds.IsFalse()) return d;
  if (!holds.IsTrue()) {
    d.outcome = Outcome::kNeedsInformation;
    if (name_missing) d.missing = run->Missing(c.when, member).facts;
    return d;
  }
  d.outcome = Outcome::kEligible;
  d.per = r.per;
  if (c.amount.root == nullptr) return d;
  const Value amount = run->Run(c.amount, member);
  if (amount.kind() == Value::Kind::kNumber) {
    d.amount = amount.number().ToMoney(r.rounding);
    TakeHigher(run->LocalAmount(rule), r.rounding, &d);
    return d;
  }
  const UnitRun::MissingFacts missing = run->Missing(c.amount, member);
  if (missing.only_parameters) {  // the locality has not set it: the rule holds, its amount is open
    TakeHigher(run->LocalAmount(rule), r.rounding, &d);
    return d;
  }
  d.outcome = Outcome::kNeedsInformation;
  d.per = Period::kNone;
  if (name_missing) d.missing = missing.facts;
  return d;
}

bool PlaceIsThere(const UnitFacts& facts, FactPlace place) {
  switch (place) {
    case FactPlace::kEmployer:
      return !facts.employer.values.empty();
    case FactPlace::kInstitution:
      return !facts.institution.values.empty();
    case FactPlace::kCity:
      return !facts.city.values.empty();
    default:
      return !facts.household.values.empty();
  }
}

}  // namespace

Evaluator::Evaluator(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Evaluator::Evaluator(Evaluator&&) noexcept = default;
Evaluator& Evaluator::operator=(Evaluator&&) noexcept = default;
Evaluator::~Evaluator() = default;

StatusOr<Evaluator> Evaluator::Create(const Pack& pack, const SiteParameters& site, CivilDay as_of,
                                      const EvaluateOptions& options) {
  if (as_of < pack.valid_from() || pack.valid_to() < as_of) {
    return FailedPrecondition("no pack in force on " + as_of.ToString() + ": " + pack.id() + " runs from " +
                              pack.valid_from().ToString() + " to " + pack.valid_to().ToString());
  }
  for (const uint32_t rule : options.rules) {
    if (rule >= pack.rules().size())
      return OutOfRange("pack " + pack.id() + " has no rule of index " + std::to_string(rule));
  }
  return Evaluator(std::make_unique<Impl>(pack, site, as_of, options));
}

namespace {

// Each rule for each of its subjects, then stacking.
void DecideAll(UnitRun* run, std::span<const uint32_t> rules, const UnitFacts& facts, bool name_missing,
               std::vector<Determination>* out) {
  run->Begin(facts);
  const PackData& data = run->data();
  const size_t first = out->size();
  for (const uint32_t rule : rules) {
    const RuleUnit unit = data.rules[rule].unit;
    if (unit == RuleUnit::kPerson) {
      for (size_t m = 0; m < facts.members.size(); ++m) {
        out->push_back(Decide(run, rule, static_cast<int>(m), name_missing));
      }
    } else if (PlaceIsThere(facts, PlaceOfUnit(unit))) {
      out->push_back(Decide(run, rule, -1, name_missing));
    }
  }
  ApplyStacking(data, std::span<Determination>(*out).subspan(first));
}

}  // namespace

void Evaluator::Evaluate(const UnitFacts& facts, std::vector<Determination>* out) {
  const size_t first = out->size();
  DecideAll(&impl_->run, impl_->options_.rules, facts, true, out);
  if (!impl_->options_.keep_not_eligible) {
    out->erase(std::remove_if(out->begin() + static_cast<std::ptrdiff_t>(first), out->end(),
                              [](const Determination& d) { return d.outcome == Outcome::kNotEligible; }),
               out->end());
  }
}

void Evaluator::EvaluateMarked(const UnitFacts& facts, std::vector<Determination>* out) {
  impl_->run.NoteTaken(true);
  DecideAll(&impl_->run, impl_->options_.rules, facts, false, out);
  impl_->run.NoteTaken(false);
}

bool Evaluator::Taken(FactPlace place, int member, int slot) const { return impl_->run.Taken(place, member, slot); }

const Value& Evaluator::TakenValue(FactPlace place, int member, int slot) {
  return impl_->run.Fact(place, member, slot);
}

StatusOr<Value> Evaluator::Fact(const UnitFacts& facts, FactPlace place, std::string_view name, int member) {
  const PackData& data = impl_->run.data();
  const auto alias = data.aliases.find(name);
  const int slot = data.layout.Slot(place, alias == data.aliases.end() ? name : std::string_view(alias->second));
  if (slot < 0) return NotFound("pack " + data.id + " has no fact \"" + std::string(name) + "\" there");
  if (place == FactPlace::kMember && (member < 0 || static_cast<size_t>(member) >= facts.members.size())) {
    return OutOfRange("the unit has no member " + std::to_string(member));
  }
  impl_->run.Begin(facts);
  return impl_->run.Fact(place, member, slot);
}

StatusOr<Value> Evaluator::ParameterValue(std::string_view name) const {
  const int index = impl_->pack.FindParameter(name);
  if (index < 0) return NotFound("pack " + impl_->pack.id() + " has no parameter \"" + std::string(name) + "\"");
  return impl_->run.Parameter(index);
}

namespace {

Status CheckSubject(const PackData& data, const UnitFacts& facts, uint32_t rule, int member) {
  if (rule >= data.rules.size()) return OutOfRange("no rule of index " + std::to_string(rule));
  const bool person = data.rules[rule].unit == RuleUnit::kPerson;
  const bool good = person ? member >= 0 && static_cast<size_t>(member) < facts.members.size() : member == -1;
  if (good) return OkStatus();
  return OutOfRange("rule " + data.rules[rule].id + " is asked of " + (person ? "a member" : "the whole unit") +
                    ", not of member " + std::to_string(member));
}

}  // namespace

StatusOr<Value> Evaluator::Breach(const UnitFacts& facts, uint32_t rule, int member) {
  UnitRun& run = impl_->run;
  HEARTH_RETURN_IF_ERROR(CheckSubject(run.data(), facts, rule, member));
  const feel::Expression& e = run.data().compiled[rule].breach;
  if (e.root == nullptr) return InvalidArgument("rule " + run.data().rules[rule].id + " states no breach");
  run.Begin(facts);
  return run.Run(e, member);
}

StatusOr<Value> Evaluator::Due(const UnitFacts& facts, uint32_t rule, int member) {
  UnitRun& run = impl_->run;
  HEARTH_RETURN_IF_ERROR(CheckSubject(run.data(), facts, rule, member));
  const feel::Expression& e = run.data().compiled[rule].due;
  if (e.root == nullptr) return InvalidArgument("rule " + run.data().rules[rule].id + " states no last day");
  run.Begin(facts);
  return run.Run(e, member);
}

StatusOr<Trace> Evaluator::Explain(const UnitFacts& facts, uint32_t rule, int member) {
  UnitRun& run = impl_->run;
  const PackData& data = run.data();
  HEARTH_RETURN_IF_ERROR(CheckSubject(data, facts, rule, member));
  const Rule& r = data.rules[rule];
  const CompiledRule& c = data.compiled[rule];

  // The rule as it ends up among its stack group, decided without tracing.
  Determination final_one;
  if (c.stack_group >= 0) {
    run.Begin(facts);
    std::vector<Determination> group;
    for (uint32_t other = 0; other < data.rules.size(); ++other) {
      if (data.compiled[other].stack_group == c.stack_group) group.push_back(Decide(&run, other, member));
    }
    ApplyStacking(data, group);
    for (const Determination& d : group) {
      if (d.rule == rule) final_one = d;
    }
  }

  Trace trace;
  run.Begin(facts);
  run.StartTrace(&trace);
  TraceStep when;
  when.kind = TraceStep::Kind::kDerived;
  when.depth = 1;
  when.name = "when";
  when.expression = r.when;
  when.clause = r.clause;
  when.subject = run.SubjectName(PlaceOfUnit(r.unit), member);
  when.value = run.RunTraced(c.when, member, 2, &when.rows);
  const bool holds = when.value.IsTrue();
  trace.steps.push_back(when);
  if (holds && c.amount.root != nullptr) {
    TraceStep amount = when;
    amount.name = "amount";
    amount.expression = r.amount;
    amount.rows.clear();
    amount.value = run.RunTraced(c.amount, member, 2, &amount.rows);
    trace.steps.push_back(amount);
  }
  run.StopTrace();
  const Determination d = c.stack_group >= 0 ? final_one : Decide(&run, rule, member);
  TraceStep last;
  last.kind = TraceStep::Kind::kRule;
  last.name = r.id;
  last.clause = r.clause;
  last.subject = when.subject;
  if (d.outcome == Outcome::kEligible) {
    last.value = d.amount ? Value::Number(Decimal::FromMoney(*d.amount)) : Value::Boolean(true);
  } else if (d.outcome == Outcome::kNotEligible) {
    last.value = Value::Boolean(false);
    if (holds) last.expression = "another rule of the group \"" + r.stack_group + "\" stands";
  }
  trace.steps.push_back(std::move(last));
  return trace;
}

StatusOr<Trace> Evaluator::ExplainFact(const UnitFacts& facts, FactPlace place, std::string_view name, int member) {
  HEARTH_RETURN_IF_ERROR(Fact(facts, place, name, member).status());
  UnitRun& run = impl_->run;
  const auto alias = run.data().aliases.find(name);
  const int slot =
      run.data().layout.Slot(place, alias == run.data().aliases.end() ? name : std::string_view(alias->second));
  Trace trace;
  run.Begin(facts);
  run.StartTrace(&trace);
  run.Fact(place, member, slot);
  run.StopTrace();
  return trace;
}

const Pack& Evaluator::pack() const { return impl_->pack; }
CivilDay Evaluator::as_of() const { return impl_->run.as_of(); }

UnitFacts EmptyFacts(const Pack& pack, size_t members) {
  UnitFacts facts;
  facts.household.values.resize(pack.layout().Count(FactPlace::kHousehold));
  facts.members.resize(members);
  for (FactRow& m : facts.members) m.values.resize(pack.layout().Count(FactPlace::kMember));
  return facts;
}

Status SetFact(const Pack& pack, UnitFacts* facts, FactPlace place, std::string_view name, Value value, int member) {
  const auto& aliases = pack.data().aliases;
  const auto alias = aliases.find(name);
  const int slot = pack.layout().Slot(place, alias == aliases.end() ? name : std::string_view(alias->second));
  if (slot < 0) return NotFound("pack " + pack.id() + " has no fact \"" + std::string(name) + "\" there");
  FactRow* row = &facts->household;
  if (place == FactPlace::kEmployer) row = &facts->employer;
  if (place == FactPlace::kInstitution) row = &facts->institution;
  if (place == FactPlace::kCity) row = &facts->city;
  if (place == FactPlace::kMember) {
    if (member < 0 || static_cast<size_t>(member) >= facts->members.size()) {
      return OutOfRange("the unit has no member " + std::to_string(member));
    }
    row = &facts->members[static_cast<size_t>(member)];
  }
  const size_t size = pack.layout().Count(place);
  if (row->values.size() < size) row->values.resize(size);
  if (row->given.size() < size) row->given.resize(size);
  row->values[static_cast<size_t>(slot)] = std::move(value);
  row->given[static_cast<size_t>(slot)] = true;
  return OkStatus();
}

StatusOr<std::vector<Determination>> EvaluateUnit(const Pack& pack, const SiteParameters& site, const UnitFacts& facts,
                                                  CivilDay as_of, const EvaluateOptions& options) {
  HEARTH_ASSIGN_OR_RETURN(Evaluator evaluator, Evaluator::Create(pack, site, as_of, options));
  std::vector<Determination> out;
  evaluator.Evaluate(facts, &out);
  return out;
}

StatusOr<Trace> ExplainRule(const Pack& pack, const SiteParameters& site, const UnitFacts& facts, CivilDay as_of,
                            uint32_t rule, int member) {
  HEARTH_ASSIGN_OR_RETURN(Evaluator evaluator, Evaluator::Create(pack, site, as_of));
  return evaluator.Explain(facts, rule, member);
}

}  // namespace hearth
