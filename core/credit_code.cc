#include "core/credit_code.h"

#include <algorithm>
#include <array>

#include "core/cell_readers.h"
#include "core/citizen_number.h"
#include "core/text.h"

namespace hearth {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
constexpr int kWeights[17] = {1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28};
constexpr int kInnerWeights[8] = {3, 7, 9, 10, 5, 8, 4, 2};
constexpr std::string_view kDepartments = "123456789ANY";

constexpr auto kValues = [] {
  std::array<int8_t, 128> values = {};
  for (int8_t& v : values) v = -1;
  for (size_t i = 0; i < kAlphabet.size(); ++i) values[static_cast<size_t>(kAlphabet[i])] = static_cast<int8_t>(i);
  return values;
}();

int ValueOf(char c) { return static_cast<unsigned char>(c) < 128 ? kValues[static_cast<size_t>(c)] : -1; }

std::string Normalise(std::string_view raw) {
  std::string_view t = TrimUnicode(raw);
  if (t.starts_with('\'')) t.remove_prefix(1);
  return UpperAscii(FoldWidth(t));
}

Verdict CheckOffice(uint32_t division, const DivisionRules& rules) {
  if (IsSyntheticDivision(division) && !rules.allow_synthetic) return Verdict::kDivisionTestOnly;
  const int province = static_cast<int>(division / 10000);
  return division == 100000 || IsProvince(province) ? Verdict::kOk : Verdict::kBadDivision;
}

uint32_t SixDigits(std::string_view t) {
  uint32_t v = 0;
  for (char c : t.substr(0, 6)) v = v * 10 + static_cast<uint32_t>(c - '0');
  return v;
}

// An identity number with a likely birth year, alone or with two digits behind it.
bool HoldsIdentityNumber(std::string_view t) {
  if (t.size() != 18 && t.size() != 20) return false;
  const std::string_view century = t.substr(6, 2);
  return CheckHolds(t.substr(0, 18)) && (century == "19" || century == "20");
}

Verdict CheckUnified(std::string_view t, const DivisionRules& rules) {
  if (!IsAllDigits(t.substr(2, 6))) return Verdict::kBadCharacter;
  if (kDepartments.find(t[0]) == std::string_view::npos) return Verdict::kBadCode;
  const Verdict office = CheckOffice(SixDigits(t.substr(2)), rules);
  if (office != Verdict::kOk) return office;
  return CreditCheckCharacter(t.substr(0, 17)) == t[17] ? Verdict::kOk : Verdict::kBadCheck;
}

}  // namespace

char CreditCheckCharacter(std::string_view seventeen) {
  if (seventeen.size() != 17) return 0;
  int sum = 0;
  for (int i = 0; i < 17; ++i) {
    const int value = ValueOf(seventeen[static_cast<size_t>(i)]);
    if (value < 0) return 0;
    sum += value * kWeights[i];
  }
  return kAlphabet[static_cast<size_t>((31 - sum % 31) % 31)];
}

char OrganisationCheckCharacter(std::string_view eight) {
  if (eight.size() != 8) return 0;
  int sum = 0;
  for (int i = 0; i < 8; ++i) {
    const char c = eight[static_cast<size_t>(i)];
    if (!IsDigit(c) && !(c >= 'A' && c <= 'Z')) return 0;
    sum += (IsDigit(c) ? c - '0' : c - 'A' + 10) * kInnerWeights[i];
  }
  const int r = 11 - sum % 11;
  return r == 10 ? 'X' : r == 11 ? '0' : static_cast<char>('0' + r);
}

char RegistrationCheckDigit(std::string_view fourteen) {
  if (fourteen.size() != 14 || !IsAllDigits(fourteen)) return 0;
  int p = 10;
  for (char c : fourteen) {
    p = (p + (c - '0')) % 10;
    if (p == 0) p = 10;
    p = 2 * p % 11;
  }
  return static_cast<char>('0' + (11 - p) % 10);
}

CreditCodeReading ReadCreditCode(std::string_view raw, const DivisionRules& rules) {
  CreditCodeReading r;
  std::string t = Normalise(raw);
  r.folded = t != raw;
  const auto fail = [&r](Verdict v) {
    r.verdict = v;
    return r;
  };
  if (t.empty()) return r;
  if (IsScientific(t) || IsLossyIdentifier(t)) return fail(Verdict::kLossySpreadsheet);
  if (IsNullWord(t) || t.find_first_not_of(t[0]) == std::string::npos) return fail(Verdict::kPlaceholder);
  if (t.find('*') != std::string::npos) return fail(Verdict::kMasked);
  if (t.size() == 10 && t[8] == '-') t.erase(8, 1);
  const bool letters_and_digits =
      std::all_of(t.begin(), t.end(), [](char c) { return IsDigit(c) || (c >= 'A' && c <= 'Z'); });
  if (!letters_and_digits) return fail(Verdict::kBadCharacter);
  if (t.size() == 18) {
    const bool alphabet = std::all_of(t.begin(), t.end(), [](char c) { return ValueOf(c) >= 0; });
    r.verdict = alphabet ? CheckUnified(t, rules) : Verdict::kBadCharacter;
    r.kind = CreditCodeKind::kUnified;
  } else if (t.size() == 15) {
    r.kind = CreditCodeKind::kRegistration15;
    if (!IsAllDigits(t)) return fail(Verdict::kBadCharacter);
    r.verdict = CheckOffice(SixDigits(t), rules);
    if (r.verdict == Verdict::kOk && RegistrationCheckDigit(std::string_view(t).substr(0, 14)) != t[14]) {
      r.verdict = Verdict::kBadCheck;
    }
  } else if (t.size() == 9) {
    r.kind = CreditCodeKind::kOrganisation9;
    r.verdict =
        OrganisationCheckCharacter(std::string_view(t).substr(0, 8)) == t[8] ? Verdict::kOk : Verdict::kBadCheck;
  } else {
    r.verdict = Verdict::kBadLength;
  }
  if (r.verdict != Verdict::kOk) {
    r.is_personal = HoldsIdentityNumber(t);
    if (r.is_personal) r.verdict = Verdict::kBadForm;
    r.kind = CreditCodeKind::kUnknown;
    return r;
  }
  if (r.kind == CreditCodeKind::kUnified) {
    r.inner_check_fails = OrganisationCheckCharacter(std::string_view(t).substr(8, 8)) != t[16];
  }
  r.code = std::move(t);
  return r;
}

OrganisationKind OrganisationKindOf(std::string_view unified) {
  struct Row {
    std::string_view prefix;
    OrganisationKind kind;
  };
  constexpr Row kRows[] = {
      {"91", OrganisationKind::kEnterprise},           {"92", OrganisationKind::kIndividualBusiness},
      {"93", OrganisationKind::kFarmersCooperative},   {"51", OrganisationKind::kAssociation},
      {"52", OrganisationKind::kPrivateNonEnterprise}, {"53", OrganisationKind::kFoundation},
      {"1", OrganisationKind::kPublicInstitution},     {"N", OrganisationKind::kVillageCollective},
  };
  for (const Row& row : kRows) {
    if (unified.starts_with(row.prefix)) return row.kind;
  }
  return OrganisationKind::kOther;
}

std::string_view OrganisationCodeOf(std::string_view unified) {
  return unified.size() == 18 ? unified.substr(8, 9) : std::string_view();
}

uint32_t OfficeDivisionOf(std::string_view unified) {
  return unified.size() == 18 && IsAllDigits(unified.substr(2, 6)) ? SixDigits(unified.substr(2)) : 0;
}

}  // namespace hearth
