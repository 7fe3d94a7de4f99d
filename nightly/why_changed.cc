#include "nightly/why_changed.h"

#include <algorithm>

namespace hearth {
namespace {

const TraceStep* FindStep(const Trace& trace, const TraceStep& like) {
  const auto it = std::find_if(trace.steps.begin(), trace.steps.end(), [&](const TraceStep& s) {
    return s.kind == like.kind && s.name == like.name && s.subject == like.subject;
  });
  return it == trace.steps.end() ? nullptr : &*it;
}

// The first step of a kind whose value differs on the two sides, one of the name `but` apart.
const TraceStep* FirstDifference(const Trace& before, const Trace& after, TraceStep::Kind kind, std::string_view but,
                                 const TraceStep** other) {
  for (const TraceStep& step : after.steps) {
    if (step.kind != kind || step.name == but) continue;
    const TraceStep* there = FindStep(before, step);
    if (there == nullptr || there->value == step.value) continue;
    *other = there;
    return &step;
  }
  return nullptr;
}

std::string Differences(const Trace& before, const Trace& after, TraceStep::Kind kind) {
  std::string text;
  for (const TraceStep& step : after.steps) {
    if (step.kind != kind) continue;
    const TraceStep* there = FindStep(before, step);
    if (there == nullptr || there->value == step.value) continue;
    text += (text.empty() ? "" : ", ") + step.name + " " + there->value.ToString() + ", now " + step.value.ToString();
  }
  return text;
}

// The programme whose class fact a step is.
const Programme* ProgrammeOfFact(const std::vector<Programme>& programmes, const std::string& fact) {
  const auto it =
      std::find_if(programmes.begin(), programmes.end(), [&](const Programme& p) { return p.class_fact == fact; });
  return it == programmes.end() ? nullptr : &*it;
}

class Finder {
 public:
  Finder(const ChangeSide& before, const ChangeSide& after, const std::vector<Programme>& programmes)
      : before_(before), after_(after), programmes_(programmes) {}

  // deeper: class facts may still be followed.
  StatusOr<std::string> Why(uint32_t rule, int32_t member, bool deeper) {
    HEARTH_ASSIGN_OR_RETURN(const Trace was, before_.evaluator->Explain(*before_.facts, rule, member));
    HEARTH_ASSIGN_OR_RETURN(const Trace is, after_.evaluator->Explain(*after_.facts, rule, member));
    const TraceStep* other = nullptr;
    if (const TraceStep* flip = FirstDifference(was, is, TraceStep::Kind::kComparison, "", &other); flip != nullptr) {
      return flip->name + ": " + other->expression + ", now " + flip->expression;
    }
    // What a rule recognises is no reason of its own.
    const std::string& own = before_.evaluator->pack().rules()[rule].recognises;
    if (const TraceStep* fact = FirstDifference(was, is, TraceStep::Kind::kFact, own, &other); fact != nullptr) {
      std::string text = fact->name + " " + other->value.ToString() + ", now " + fact->value.ToString();
      const Programme* programme = deeper ? ProgrammeOfFact(programmes_, fact->name) : nullptr;
      if (programme == nullptr) return text;
      HEARTH_ASSIGN_OR_RETURN(const std::string because, WhyClass(*programme, member));
      return because.empty() ? text : text + " (" + because + ")";
    }
    return Differences(was, is, TraceStep::Kind::kParameter);
  }

 private:
  StatusOr<std::string> WhyClass(const Programme& programme, int32_t member) {
    const int32_t subject = programme.unit == RuleUnit::kPerson ? member : -1;
    if (programme.unit == RuleUnit::kPerson && member < 0) return std::string();
    for (const std::vector<uint32_t>* rules : {&programme.recognition, &programme.exits}) {
      for (const uint32_t rule : *rules) {
        HEARTH_ASSIGN_OR_RETURN(const std::string why, Why(rule, subject, false));
        if (!why.empty()) return before_.evaluator->pack().rules()[rule].id + ": " + why;
      }
    }
    return std::string();
  }

  const ChangeSide& before_;
  const ChangeSide& after_;
  const std::vector<Programme>& programmes_;
};

}  // namespace

StatusOr<std::string> WhyChanged(const ChangeSide& before, const ChangeSide& after,
                                 const std::vector<Programme>& programmes, uint32_t rule, int32_t member) {
  return Finder(before, after, programmes).Why(rule, member, true);
}

}  // namespace hearth
