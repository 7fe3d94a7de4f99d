#include "core/alert.h"

#include <charconv>
#include <cstdio>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace hearth {

std::string_view AlertKindName(AlertKind k) {
  return k == AlertKind::kEligibleNotEnrolled ? "eligible_not_enrolled" : "enrolled_not_eligible";
}
std::string_view AlertKindTitle(AlertKind k) { return k == AlertKind::kEligibleNotEnrolled ? "应保未保" : "应退未退"; }

std::string_view AlertStateName(AlertState s) {
  switch (s) {
    case AlertState::kNew:
      return "new";
    case AlertState::kContinuing:
      return "continuing";
    case AlertState::kWithdrawn:
      return "withdrawn";
  }
  return "";
}

std::string_view EvidenceGradeName(EvidenceGrade g) {
  switch (g) {
    case EvidenceGrade::kStrong:
      return "strong";
    case EvidenceGrade::kSupported:
      return "supported";
    case EvidenceGrade::kWeak:
      return "weak";
  }
  return "";
}

std::string AlertId::ToString() const {
  char text[24];
  std::snprintf(text, sizeof text, "a-%016llx", static_cast<unsigned long long>(value));
  return text;
}

std::optional<AlertId> AlertId::Parse(std::string_view text) {
  if (!text.starts_with("a-") || text.size() != 18) return std::nullopt;
  AlertId id;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + text.size(), id.value, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return id;
}

AlertId MakeAlertId(AlertKind kind, std::string_view programme, std::string_view household_no,
                    std::string_view record_no) {
  std::string subject(AlertKindName(kind));
  for (std::string_view part : {programme, household_no, record_no}) {
    subject += '\0';
    subject += part;
  }
  return AlertId{XXH3_64bits(subject.data(), subject.size())};
}

bool AlertRanksBefore(const Alert& a, const Alert& b) {
  if (a.kind != b.kind) return a.kind < b.kind;
  if (a.evidence != b.evidence) return a.evidence < b.evidence;
  const Money ma = a.money.value_or(Money()), mb = b.money.value_or(Money());
  if (ma != mb) return ma > mb;
  return a.id < b.id;
}

}  // namespace hearth
