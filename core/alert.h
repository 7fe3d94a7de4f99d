// An Alert is a change worth a caseworker's look, with all that is needed to explain it again later.
// One alert per household (or person), programme and kind; its id does not change while it stands.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/civil_day.h"
#include "core/money.h"
#include "core/person.h"

namespace hearth {

enum class AlertKind : uint8_t { kEligibleNotEnrolled = 0, kEnrolledNotEligible = 1 };  // stored; never change
std::string_view AlertKindName(AlertKind k);                                            // "eligible_not_enrolled" …
std::string_view AlertKindTitle(AlertKind k);                                           // "应保未保" …

enum class AlertState : uint8_t { kNew = 0, kContinuing = 1, kWithdrawn = 2 };  // stored; never change
std::string_view AlertStateName(AlertState s);

// How sure the rows behind an alert belong to these people; the worst of them counts.
enum class EvidenceGrade : uint8_t {
  kStrong = 0,     // every row by usable number, registry's own person number or human decision
  kSupported = 1,  // some rows by match weight from independent fields
  kWeak = 2,       // a member's rows are under clerical review
};
std::string_view EvidenceGradeName(EvidenceGrade g);

struct AlertId {
  uint64_t value = 0;
  auto operator<=>(const AlertId&) const = default;
  std::string ToString() const;  // "a-0123456789abcdef"
  static std::optional<AlertId> Parse(std::string_view text);
};

struct Alert {
  AlertId id;
  AlertKind kind = AlertKind::kEligibleNotEnrolled;
  AlertState state = AlertState::kNew;
  std::string pack;       // "wenzhou-2022"
  std::string programme;  // "dibao"
  std::string rule;       // the rule that decided it: "WZ-1.2"
  std::string clause;
  std::string cause;         // "income_below_line", "vehicle", "dead" …
  FamilyUnitId unit;         // 0 when no living unit stands behind it (all dead or gone)
  PersonId person;           // 0 for a family's programme
  std::string household_no;  // 户号
  std::string record_no;     // key of the person's household-registration row; empty for a family's programme
  std::string region;
  std::string lead;  // lead department
  EvidenceGrade evidence = EvidenceGrade::kStrong;
  std::optional<Money> money;     // a month: what the family would receive, or receives without being due
  std::optional<Money> distance;  // to the line, in yuan a month and head, when the line is an income
  CivilDay raised_on;             // night that raised it first
  CivilDay seen_on;               // last night that still found it
  std::optional<CivilDay> withdrawn_on;
  bool operator==(const Alert&) const = default;
};

// The id of the alert for this kind, programme and subject.
AlertId MakeAlertId(AlertKind kind, std::string_view programme, std::string_view household_no,
                    std::string_view record_no);

// Strict order for lists: kind, evidence, money (most first), id.
bool AlertRanksBefore(const Alert& a, const Alert& b);

}  // namespace hearth
