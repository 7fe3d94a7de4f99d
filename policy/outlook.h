// Looking ahead from one determination: when it changes by itself, how far it is from its line, and what would turn it.
//
//   ASSIGN std::vector<Outlook> outlooks = LookAhead(pack, site, facts, as_of, determinations);
//   // outlooks[i].next->on: the first day on which determinations[i] comes out otherwise
//
// By itself means with the facts as they are and time alone passing: birthdays, ends of periods and certificates, days
// on which a parameter changes, the pack's last day. Money drawn from registry rows, and whatever is read off a monthly
// feed, is held at today's value, as a window that moves past the last row is no change of the family's. Pure; on
// demand, not for a night: some hundred evaluations of the unit.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "policy/evaluate.h"

namespace hearth {

inline constexpr int kOutlookMonths = 24;  // nothing is said of what lies beyond

// One condition that a determination hangs on, down to a comparison or a plain fact.
struct Condition {
  std::string text;                 // FEEL as written
  std::string clause;               // of the rule or derived fact that states it
  std::string subject;              // "household", "member 2"
  bool wanted = true;               // what the rule needs it to be
  std::optional<bool> holds;        // null: unknown
  std::string figure;               // the side that is measured, as written
  Value value, line;                // of a comparison: the figure and the line it meets
  std::optional<Decimal> distance;  // line less value, of numbers; days between, of dates
  std::string unit;                 // of value and distance: "yuan/month", "years", "days"; may be empty
  std::string words_zh, words_en;
};

struct OutlookChange {
  CivilDay on;             // first day on which it is otherwise
  bool pack_ends = false;  // the pack is no longer in force; nothing is due under it
  Outcome outcome = Outcome::kNotEligible;
  std::optional<Money> amount;
  Period per = Period::kNone;
  std::vector<Condition> flipped;   // conditions that came out otherwise
  std::vector<std::string> causes;  // parameters and figures that changed: "old_age_allowance_80: 50 -> 60 [clause]"
};

// What an answer to a question would give.
struct Answer {
  std::string value;  // FEEL
  Outcome outcome = Outcome::kNotEligible;
  std::optional<Money> amount;
  Period per = Period::kNone;
};

// A fact that could decide it, and who knows it.
struct Question {
  std::string fact;
  std::string source;           // a registry, "case" (an assessor's word), or "locality" (a parameter not set)
  std::vector<Answer> answers;  // empty: no finite choice to try
};

struct Outlook {
  Determination now;
  std::optional<OutlookChange> next;    // null: none within kOutlookMonths
  std::optional<Condition> line;        // the deciding numeric comparison
  std::vector<Condition> would_change;  // not eligible: what fails; eligible: what holds, nearest to being lost first
  std::vector<Question> questions;      // of one that needs information
};

// One for each determination, in their order. Determinations are those of `facts` on as_of.
StatusOr<std::vector<Outlook>> LookAhead(const Pack& pack, const SiteParameters& site, const UnitFacts& facts,
                                         CivilDay as_of, std::span<const Determination> determinations);

// One rule and subject; member -1 for the whole unit. OutOfRange when the rule has no such subject.
StatusOr<Outlook> LookAhead(const Pack& pack, const SiteParameters& site, const UnitFacts& facts, CivilDay as_of,
                            uint32_t rule, int member);

// Who knows a fact that is missing: its registry, "case" for an assessor, "locality" for a parameter.
std::string SourceOfMissing(const Pack& pack, std::string_view name);

// "needs_information" of a Chinese reader and the like.
std::string_view OutcomeTitle(Outcome o);  // 符合, 不符合, 待补信息
std::string_view PeriodTitle(Period p);    // 每月 …, empty for none
// The unit as a Chinese reader has it: 元/月, 岁; the same text where there is no other.
std::string UnitTitle(std::string_view unit);

}  // namespace hearth
