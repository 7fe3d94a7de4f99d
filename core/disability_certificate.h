// Disability certificates: identity number (18), category, grade, and B1, B2 … after a replacement.
//
//   ReadDisabilityCertificate("33990119600712002X44", feed_day, {.allow_synthetic = true}) -> limb, grade 4
//
// The number inside is the one at issue and may be an old one. Pure, safe from any thread. Source: standards.md 6.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/citizen_number.h"
#include "core/verdict.h"

namespace hearth {

enum class DisabilityCategory : uint8_t {
  kUnknown = 0,
  kSight = 1,
  kHearing = 2,
  kSpeech = 3,
  kLimb = 4,
  kIntellectual = 5,
  kMental = 6,
  kMultiple = 7,
};
std::string_view DisabilityCategoryName(DisabilityCategory c);  // "sight", "hearing" …

struct DisabilityReading {
  Verdict verdict = Verdict::kAbsent;  // the number's verdict, kBadCode for category or grade, kBadLength, kBadForm
  bool folded = false;
  CitizenNumber number;  // when usable
  DisabilityCategory category = DisabilityCategory::kUnknown;
  int grade = 0;            // 1 most severe to 4
  int replacement = 0;      // 2 for B2; 0 for the first certificate
  std::string certificate;  // 20 or 22 places when usable
};
DisabilityReading ReadDisabilityCertificate(std::string_view raw, CivilDay feed_day, const NumberOptions& options);

}  // namespace hearth
