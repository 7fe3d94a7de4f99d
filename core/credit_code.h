// Numbers of organisations: the unified social credit identifier (GB 32100, 18 places), the organisation code inside it
// (GB 11714, 9 places) and the registration number before it (GS 15-2006, 15 digits).
//
//   ReadCreditCode("91350100M000100Y43", {}).verdict == Verdict::kOk
//
// A failed inner check (places 9-17) is a warning only. Pure, safe from any thread; a clean cell allocates nothing
// beyond the text it returns. Source: standards.md 2.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/region_code.h"
#include "core/verdict.h"

namespace hearth {

enum class CreditCodeKind : uint8_t { kUnknown, kUnified, kRegistration15, kOrganisation9 };

struct CreditCodeReading {
  Verdict verdict = Verdict::kAbsent;
  CreditCodeKind kind = CreditCodeKind::kUnknown;
  bool folded = false;
  bool inner_check_fails = false;  // of kUnified: a warning
  bool is_personal = false;        // a sole trader's taxpayer number: the owner's identity number is in it
  std::string code;                // when usable: capitals, no hyphen
};
// The kind follows from the shape. kBadCharacter, kBadLength, kBadCode (no such registering department), kBadDivision,
// kDivisionTestOnly, kBadCheck, kLossySpreadsheet, kMasked, kPlaceholder, kBadForm (a personal taxpayer number).
// Offices are not all in GB/T 2260, so only the province of the division is checked.
CreditCodeReading ReadCreditCode(std::string_view raw, const DivisionRules& rules);

// Check characters; 0 when the text has another length or alphabet.
char CreditCheckCharacter(std::string_view seventeen);
char OrganisationCheckCharacter(std::string_view eight);
char RegistrationCheckDigit(std::string_view fourteen);

// Of a usable unified code.
enum class OrganisationKind : uint8_t {
  kOther,
  kEnterprise,
  kIndividualBusiness,
  kFarmersCooperative,
  kAssociation,
  kPrivateNonEnterprise,
  kFoundation,
  kPublicInstitution,
  kVillageCollective,
};
OrganisationKind OrganisationKindOf(std::string_view unified);
// Places 9-17.
std::string_view OrganisationCodeOf(std::string_view unified);
uint32_t OfficeDivisionOf(std::string_view unified);

}  // namespace hearth
