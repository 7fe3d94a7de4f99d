// A Determination is the outcome of one rule for one family unit (or one of its members) on one day, and a Trace the
// steps that led to it. A determination can be made again at any time from pack, facts and day: it holds no clock.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/civil_day.h"
#include "core/money.h"
#include "core/value.h"

namespace hearth {

enum class Outcome : uint8_t { kEligible = 0, kNotEligible = 1, kNeedsInformation = 2 };  // stored; never change
std::string_view OutcomeName(Outcome o);  // "eligible", "not_eligible", "needs_information"

enum class Period : uint8_t { kNone = 0, kDay = 1, kMonth = 2, kSchoolYear = 3, kYear = 4, kOnce = 5 };  // stored
std::string_view PeriodName(Period p);  // "", "day", "month", "school_year", "year", "once"

struct Determination {
  uint32_t rule = 0;    // index in the pack's rules
  int32_t member = -1;  // index of the member, -1 for the whole unit
  Outcome outcome = Outcome::kNotEligible;
  std::optional<Money> amount;  // null: none stated, or open
  Period per = Period::kNone;
  std::vector<std::string> missing;  // facts that could decide it, for kNeedsInformation
  bool operator==(const Determination&) const = default;
};

// One step of a trace: a fact read, a derived fact computed, a comparison, the result of the rule.
struct TraceStep {
  enum class Kind : uint8_t { kFact, kDerived, kParameter, kComparison, kRule };
  Kind kind = Kind::kFact;
  int depth = 0;           // nesting: steps of depth d+1 before a step of depth d led to it
  std::string name;        // fact, parameter or rule
  std::string expression;  // FEEL text, when there is one
  Value value;
  std::string clause;               // of the rule or parameter, when there is one
  std::string subject;              // "household", "member 2"
  std::vector<RowRef> rows;         // registry rows that the value came from, in order of reading
  std::optional<Decimal> distance;  // for a comparison of numbers: right side minus left side
};

struct Trace {
  std::vector<TraceStep> steps;
};

}  // namespace hearth
