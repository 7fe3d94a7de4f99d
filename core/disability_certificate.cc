#include "core/disability_certificate.h"

#include "core/cell_readers.h"
#include "core/text.h"

namespace hearth {

std::string_view DisabilityCategoryName(DisabilityCategory c) {
  constexpr std::string_view kNames[] = {"unknown", "sight",        "hearing", "speech",
                                         "limb",    "intellectual", "mental",  "multiple"};
  return kNames[static_cast<size_t>(c)];
}

DisabilityReading ReadDisabilityCertificate(std::string_view raw, CivilDay feed_day, const NumberOptions& options) {
  DisabilityReading r;
  std::string_view trimmed = TrimUnicode(raw);
  if (trimmed.starts_with('\'')) trimmed.remove_prefix(1);
  std::string t = UpperAscii(FoldWidth(trimmed));
  r.folded = t != raw;
  const auto fail = [&r](Verdict v) {
    r.verdict = v;
    return r;
  };
  if (t.empty()) return r;
  if (IsNullWord(t) || t.find_first_not_of(t[0]) == std::string::npos) return fail(Verdict::kPlaceholder);
  if (IsScientific(t) || IsLossyIdentifier(t)) return fail(Verdict::kLossySpreadsheet);
  if (t.find('*') != std::string::npos) return fail(Verdict::kMasked);
  if (t.size() != 20 && t.size() != 22) return fail(Verdict::kBadLength);
  const NumberReading number = ReadCitizenNumber(std::string_view(t).substr(0, 18), feed_day, options);
  if (number.verdict != Verdict::kOk) return fail(number.verdict);
  if (!IsDigit(t[18]) || !IsDigit(t[19])) return fail(Verdict::kBadCharacter);
  const int category = t[18] - '0', grade = t[19] - '0';
  if (category < 1 || category > 7 || grade < 1 || grade > 4) return fail(Verdict::kBadCode);
  if (t.size() == 22) {
    if (t[20] != 'B' || t[21] < '1' || t[21] > '9') return fail(Verdict::kBadForm);
    r.replacement = t[21] - '0';
  }
  r.verdict = Verdict::kOk;
  r.number = number.number;
  r.category = static_cast<DisabilityCategory>(category);
  r.grade = grade;
  r.certificate = std::move(t);
  return r;
}

}  // namespace hearth
