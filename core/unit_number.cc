#include "core/unit_number.h"

#include "core/cell_readers.h"
#include "core/text.h"

namespace hearth {
namespace {

constexpr size_t kPlaces = 28;

bool HasForm(std::string_view t) {
  constexpr std::string_view kOwners = "GJZ", kRights = "ABSXCDEFHGWY", kFixtures = "FLQW";
  if (!IsAllDigits(t.substr(0, 12)) || !IsAllDigits(t.substr(14, 5)) || !IsAllDigits(t.substr(20, 8))) return false;
  if (kOwners.find(t[12]) == std::string_view::npos || kRights.find(t[13]) == std::string_view::npos) return false;
  if (kFixtures.find(t[19]) == std::string_view::npos) return false;
  // Without a fixture there is no fixture unit.
  return t[19] != 'W' || t.substr(20) == "00000000";
}

std::string WithoutSpaces(std::string_view raw) {
  std::string out;
  for (size_t i = 0; i < raw.size();) {
    const char32_t c = FoldWidth(NextCodePoint(raw, &i));
    if (!IsTrimmable(c)) AppendUtf8(c, &out);
  }
  return out;
}

}  // namespace

UnitNumberReading ReadUnitNumber(std::string_view raw, const DivisionRules& rules) {
  UnitNumberReading r;
  std::string t = UpperAscii(WithoutSpaces(raw));
  r.folded = t != raw;
  const auto fail = [&r](Verdict v) {
    r.verdict = v;
    return r;
  };
  if (t.empty()) return r;
  if (IsNullWord(t) || t.find_first_not_of(t[0]) == std::string::npos) return fail(Verdict::kPlaceholder);
  if (t.find('*') != std::string::npos) return fail(Verdict::kMasked);
  if (IsScientific(t)) return fail(Verdict::kLossySpreadsheet);
  if (t.size() != kPlaces) return fail(Verdict::kBadLength);
  if (!HasForm(t)) return fail(Verdict::kBadForm);
  const uint32_t division = static_cast<uint32_t>(std::stoul(t.substr(0, 6)));
  if (IsSyntheticDivision(division) && !rules.allow_synthetic) return fail(Verdict::kDivisionTestOnly);
  if (!IsProvince(static_cast<int>(division / 10000))) return fail(Verdict::kBadDivision);
  const bool known = rules.divisions == nullptr || rules.divisions->Ever(division) || IsSyntheticDivision(division);
  if (!known) return fail(Verdict::kBadDivision);
  r.verdict = Verdict::kOk;
  r.unit = {division, t[12], t[13], t[19]};
  r.number = std::move(t);
  return r;
}

std::string FoldCertificate(std::string_view raw) {
  std::string out;
  for (size_t i = 0; i < raw.size();) {
    const char32_t c = FoldWidth(NextCodePoint(raw, &i));
    if (IsTrimmable(c)) continue;
    const bool open = c == 0x3014 || c == 0x3010 || c == '[' || c == 0x2768;
    const bool close = c == 0x3015 || c == 0x3011 || c == ']' || c == 0x2769;
    AppendUtf8(open ? U'(' : close ? U')' : c, &out);
  }
  return UpperAscii(out);
}

}  // namespace hearth
