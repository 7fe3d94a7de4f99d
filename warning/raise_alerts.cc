#include "warning/raise_alerts.h"

#include <algorithm>
#include <cctype>

namespace hearth {

struct AlertRaiser::Impl {
  Pack pack;
  std::vector<Programme> programmes;
  Evaluator evaluator;
  Evaluator of_families;           // the recognition rules of families alone, for other readings
  std::vector<Evaluator> granted;  // by programme: its class fact taken as given
  CivilDay as_of;

  // Outcome of a set of rules for one subject: eligible when any is, not eligible when all are not.
  Outcome Combine(const std::vector<uint32_t>& rules, std::span<const Determination> determinations, int member,
                  uint32_t* decisive) const {
    Outcome outcome = Outcome::kNotEligible;
    *decisive = rules.front();
    for (const Determination& d : determinations) {
      if (d.member != member || std::find(rules.begin(), rules.end(), d.rule) == rules.end()) continue;
      if (d.outcome == Outcome::kEligible) {
        *decisive = d.rule;
        return Outcome::kEligible;
      }
      if (d.outcome == Outcome::kNeedsInformation) {
        outcome = Outcome::kNeedsInformation;
        *decisive = d.rule;
      }
    }
    return outcome;
  }

  StatusOr<Value> Enrolled(const Programme& p, const UnitFacts& facts, int member) {
    return evaluator.Fact(facts, p.unit == RuleUnit::kPerson ? FactPlace::kMember : FactPlace::kHousehold, p.class_fact,
                          member);
  }

  Alert Make(const Programme& p, AlertKind kind, uint32_t rule, const AlertSubject& subject, int member) const {
    const Rule& r = pack.rules()[rule];
    Alert a;
    a.kind = kind;
    a.pack = pack.id();
    a.programme = p.id;
    a.rule = r.id;
    a.clause = r.clause;
    a.lead = r.lead.zh;
    a.unit = subject.unit;
    a.household_no = subject.household_no;
    a.region = subject.region;
    if (member >= 0) {
      a.person = subject.members[member].person;
      a.record_no = subject.members[member].record_no;
      a.evidence = subject.members[member].evidence;
    } else {
      for (const AlertMember& m : subject.members) a.evidence = std::max(a.evidence, m.evidence);
    }
    a.raised_on = a.seen_on = as_of;
    a.id = MakeAlertId(kind, p.id, a.household_no, a.record_no);
    return a;
  }

  // The cause is where the rule's condition stopped: the last thing read, followed down through derived facts to the
  // comparison that failed. The distance is that of the outermost
  // comparison of money.
  Status ExplainCause(const UnitFacts& facts, uint32_t rule, int member, Alert* alert) {
    HEARTH_ASSIGN_OR_RETURN(const Trace trace, evaluator.Explain(facts, rule, member));
    int outermost = 1 << 30;
    for (const TraceStep& step : trace.steps) {
      if (step.kind == TraceStep::Kind::kComparison && step.distance && step.depth < outermost &&
          IsMoney(LeftName(step))) {
        outermost = step.depth;
        alert->distance = step.distance->ToMoney(Rounding::kDown);
      }
    }
    alert->cause = alert->kind == AlertKind::kEligibleNotEnrolled ? "recognised" : CauseOf(trace);
    return OkStatus();
  }

  // The name that a comparison's text begins with.
  static std::string LeftName(const TraceStep& comparison) {
    size_t end = 0;
    const std::string& text = comparison.name;
    while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) || text[end] == '_')) ++end;
    return text.substr(0, end);
  }

  bool IsMoney(const std::string& fact) const {
    for (const DerivedFact& f : pack.derived_facts()) {
      if (f.name == fact) return f.type == FactType::kMoney;
    }
    for (const RawFact& f : pack.raw_facts()) {
      if (f.name == fact) return f.type == FactType::kMoney;
    }
    return false;
  }

  // Steps of depth d + 1 before a step of depth d led to it, so the last child stands right before its parent.
  static std::string CauseOf(const Trace& trace) {
    std::string cause;
    int at = static_cast<int>(trace.steps.size()) - 1;  // the rule
    while (at > 0 && trace.steps[at - 1].depth > trace.steps[at].depth) {
      const TraceStep& child = trace.steps[--at];
      if (child.kind != TraceStep::Kind::kComparison) {
        if (child.kind == TraceStep::Kind::kFact || child.kind == TraceStep::Kind::kDerived) cause = child.name;
        if (child.value.kind() != Value::Kind::kBoolean) break;
        continue;
      }
      const std::string left = LeftName(child);
      const bool read =
          std::any_of(trace.steps.begin(), trace.steps.end(), [&](const TraceStep& s) { return s.name == left; });
      return read ? left : cause;
    }
    return cause;
  }

  std::optional<Money> PaysUnderGrant(size_t programme, const UnitFacts& facts, int member) {
    std::vector<Determination> all;
    granted[programme].Evaluate(facts, &all);
    std::optional<Money> money;
    for (const Determination& d : all) {
      if (d.outcome != Outcome::kEligible || !d.amount || d.member != member) continue;
      const auto& pays = programmes[programme].pays;
      if (std::find(pays.begin(), pays.end(), d.rule) == pays.end()) continue;
      money = money.value_or(Money()) + *d.amount;
    }
    return money;
  }

  std::optional<Money> PaidNow(const Programme& p, const UnitFacts& facts, int member) {
    const std::string name = p.id + "_paid_month";
    const FactPlace place = member >= 0 ? FactPlace::kMember : FactPlace::kHousehold;
    const StatusOr<Value> paid = evaluator.Fact(facts, place, name, member);
    if (!paid.ok() || paid->kind() != Value::Kind::kNumber) return std::nullopt;
    return paid->number().ToMoney(Rounding::kHalfUp);
  }

  // An exit period runs when its rule holds and the register has recorded its first day: what has only just failed
  // is for a caseworker to see, who then opens the period or ends the class.
  StatusOr<bool> ExitRuns(const Programme& p, const UnitFacts& facts, std::span<const Determination> determinations,
                          int member) {
    for (const Determination& d : determinations) {
      if (d.member != member || d.outcome != Outcome::kEligible) continue;
      if (std::find(p.exits.begin(), p.exits.end(), d.rule) == p.exits.end()) continue;
      const Rule& rule = pack.rules()[d.rule];
      if (rule.exit_start.empty()) return true;
      const FactPlace place = member >= 0 ? FactPlace::kMember : FactPlace::kHousehold;
      HEARTH_ASSIGN_OR_RETURN(const Value start, evaluator.Fact(facts, place, rule.exit_start, member));
      if (!start.IsNull()) return true;
    }
    return false;
  }

  bool RecognisedElsewhere(size_t index, std::span<const Determination> determinations) const {
    uint32_t unused = 0;
    for (size_t i = 0; i < programmes.size(); ++i) {
      if (i == index || programmes[i].unit != RuleUnit::kHousehold) continue;
      if (Combine(programmes[i].recognition, determinations, -1, &unused) == Outcome::kEligible) return true;
    }
    return false;
  }

  // Recognised and not enrolled, or enrolled and not recognised.
  StatusOr<bool> Differs(const Programme& p, const UnitFacts& facts, std::span<const Determination> determinations,
                         int member) {
    HEARTH_ASSIGN_OR_RETURN(const Value enrolled, Enrolled(p, facts, member));
    uint32_t unused = 0;
    const Outcome recognised = Combine(p.recognition, determinations, member, &unused);
    return (recognised == Outcome::kNotEligible && enrolled.IsTrue()) ||
           (recognised == Outcome::kEligible && enrolled.IsFalse());
  }

  // Determinations of the other readings; empty where there is none.
  struct ReadDeterminations {
    std::vector<Determination> wider, on_register, reviewed;
  };

  Status RaiseOne(size_t index, const AlertSubject& subject, const UnitFacts& facts,
                  std::span<const Determination> determinations, const OtherReadings& other,
                  const ReadDeterminations& readings, int member, std::vector<Alert>* alerts, Withheld* withheld) {
    const Programme& p = programmes[index];
    HEARTH_ASSIGN_OR_RETURN(const Value enrolled, Enrolled(p, facts, member));
    uint32_t rule = 0, unused = 0;
    const Outcome recognised = Combine(p.recognition, determinations, member, &rule);
    const bool adverse = recognised == Outcome::kNotEligible && enrolled.IsTrue();
    if (!adverse && !(recognised == Outcome::kEligible && enrolled.IsFalse())) return OkStatus();
    if (member < 0) {
      const auto differs = [&](const UnitFacts* facts_there, std::span<const Determination> there) {
        return facts_there != nullptr && Combine(p.recognition, there, member, &unused) != recognised;
      };
      if ((other.incomplete && !adverse) || differs(other.wider, readings.wider) ||
          (adverse && differs(other.on_register, readings.on_register))) {
        ++withheld->composition;
        return OkStatus();
      }
      if (differs(other.reviewed, readings.reviewed)) {
        ++withheld->review;
        return OkStatus();
      }
      // A family that should move to another class is told so, not that it no longer belongs to its own.
      if (adverse && RecognisedElsewhere(index, determinations)) return OkStatus();
    }
    if (!adverse) {
      Alert a = Make(p, AlertKind::kEligibleNotEnrolled, rule, subject, member);
      a.money = PaysUnderGrant(index, facts, member);
      HEARTH_RETURN_IF_ERROR(ExplainCause(facts, rule, member, &a));
      alerts->push_back(std::move(a));
    } else {
      HEARTH_ASSIGN_OR_RETURN(const bool exit_runs, ExitRuns(p, facts, determinations, member));
      if (exit_runs) return OkStatus();
      Alert a = Make(p, AlertKind::kEnrolledNotEligible, rule, subject, member);
      a.money = PaidNow(p, facts, member);
      HEARTH_RETURN_IF_ERROR(ExplainCause(facts, rule, member, &a));
      alerts->push_back(std::move(a));
    }
    return OkStatus();
  }
};

StatusOr<AlertRaiser> AlertRaiser::Create(const Pack& pack, const SiteParameters& site, CivilDay as_of) {
  HEARTH_ASSIGN_OR_RETURN(Evaluator evaluator, Evaluator::Create(pack, site, as_of));
  std::vector<Programme> programmes = ProgrammesOf(pack);
  EvaluateOptions families;
  for (const Programme& p : programmes) {
    if (p.unit != RuleUnit::kHousehold) continue;
    families.rules.insert(families.rules.end(), p.recognition.begin(), p.recognition.end());
  }
  HEARTH_ASSIGN_OR_RETURN(Evaluator of_families, Evaluator::Create(pack, site, as_of, families));
  auto impl = std::make_unique<Impl>(
      Impl{pack, std::move(programmes), std::move(evaluator), std::move(of_families), {}, as_of});
  for (const Programme& p : impl->programmes) {
    EvaluateOptions options;
    options.granted = {p.class_fact};
    options.rules = p.pays.empty() ? p.recognition : p.pays;
    HEARTH_ASSIGN_OR_RETURN(Evaluator granted, Evaluator::Create(pack, site, as_of, options));
    impl->granted.push_back(std::move(granted));
  }
  return AlertRaiser(std::move(impl));
}

AlertRaiser::AlertRaiser(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
AlertRaiser::AlertRaiser(AlertRaiser&&) noexcept = default;
AlertRaiser::~AlertRaiser() = default;
const std::vector<Programme>& AlertRaiser::programmes() const { return impl_->programmes; }

StatusOr<bool> AlertRaiser::AsksOtherReadings(const UnitFacts& facts, std::span<const Determination> determinations) {
  for (const Programme& p : impl_->programmes) {
    if (p.unit != RuleUnit::kHousehold) continue;
    HEARTH_ASSIGN_OR_RETURN(const bool differs, impl_->Differs(p, facts, determinations, -1));
    if (differs) return true;
  }
  return false;
}

Status AlertRaiser::Raise(const AlertSubject& subject, const UnitFacts& facts,
                          std::span<const Determination> determinations, const OtherReadings& other,
                          std::vector<Alert>* alerts, Withheld* withheld) {
  Impl::ReadDeterminations readings;
  if (other.wider != nullptr) impl_->of_families.Evaluate(*other.wider, &readings.wider);
  if (other.on_register != nullptr) impl_->of_families.Evaluate(*other.on_register, &readings.on_register);
  if (other.reviewed != nullptr) impl_->of_families.Evaluate(*other.reviewed, &readings.reviewed);
  for (size_t i = 0; i < impl_->programmes.size(); ++i) {
    const bool family = impl_->programmes[i].unit == RuleUnit::kHousehold;
    const int count = family ? 1 : static_cast<int>(subject.members.size());
    for (int m = 0; m < count; ++m) {
      HEARTH_RETURN_IF_ERROR(
          impl_->RaiseOne(i, subject, facts, determinations, other, readings, family ? -1 : m, alerts, withheld));
    }
  }
  return OkStatus();
}

Status AlertRaiser::RaiseAbsent(const AlertSubject& subject, const UnitFacts& facts, bool whole_household,
                                std::vector<Alert>* alerts) {
  const bool all_dead =
      std::all_of(subject.members.begin(), subject.members.end(), [](const AlertMember& m) { return m.dead; });
  for (const Programme& p : impl_->programmes) {
    const bool family = p.unit == RuleUnit::kHousehold;
    if (family && !whole_household) continue;
    const int count = family ? 1 : static_cast<int>(subject.members.size());
    for (int i = 0; i < count; ++i) {
      const int member = family ? -1 : i;
      HEARTH_ASSIGN_OR_RETURN(const Value enrolled, impl_->Enrolled(p, facts, member));
      if (!enrolled.IsTrue()) continue;
      Alert a = impl_->Make(p, AlertKind::kEnrolledNotEligible, p.recognition.front(), subject, member);
      a.cause = (family ? all_dead : subject.members[i].dead) ? "dead" : "moved_away";
      a.money = impl_->PaidNow(p, facts, member);
      alerts->push_back(std::move(a));
    }
  }
  return OkStatus();
}

}  // namespace hearth
