#include "core/plate.h"

#include <algorithm>

#include "core/cell_readers.h"
#include "core/text.h"

namespace hearth {
namespace {

constexpr std::u32string_view kProvinces = U"京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
constexpr std::u32string_view kMarks = U"挂学警港澳";
constexpr std::u32string_view kElectric = U"ABCDE", kOtherEnergy = U"FGHJK";

bool Has(std::u32string_view set, char32_t c) { return set.find(c) != std::u32string_view::npos; }
bool IsDigit32(char32_t c) { return c >= '0' && c <= '9'; }
bool IsSerialLetter(char32_t c) { return c >= 'A' && c <= 'Z' && c != 'I' && c != 'O'; }
bool IsSerial(char32_t c) { return IsDigit32(c) || IsSerialLetter(c); }
bool IsEnergy(char32_t c) { return Has(kElectric, c) || Has(kOtherEnergy, c); }

bool AllOf(std::u32string_view t, bool (*is)(char32_t)) { return std::all_of(t.begin(), t.end(), is); }

bool IsPlateSeparator(char32_t c) {
  return c == ' ' || c == '-' || c == '.' || c == 0xB7 || c == 0x2022 || c == 0x2027 || c == 0x30FB || c == 0x2013 ||
         c == 0x2014 || IsTrimmable(c);
}

PlateKind KindOf(std::u32string_view p, bool* electric) {
  if (p.size() == 7 &&
      ((p[0] == U'使' && AllOf(p.substr(1), IsDigit32)) || (p[6] == U'使' && AllOf(p.substr(0, 6), IsDigit32)))) {
    return PlateKind::kEmbassy;
  }
  if (p.size() < 7 || !Has(kProvinces, p[0])) return PlateKind::kUnknown;
  if (p.size() == 7 && p[6] == U'领') {
    return p[1] >= 'A' && p[1] <= 'Z' && AllOf(p.substr(2, 4), IsDigit32) ? PlateKind::kConsular : PlateKind::kUnknown;
  }
  if (!IsSerialLetter(p[1])) return PlateKind::kUnknown;
  if (p.size() == 7) {
    if (!AllOf(p.substr(2, 4), IsSerial)) return PlateKind::kUnknown;
    if (Has(kMarks, p[6])) return PlateKind::kMarked;
    return IsSerial(p[6]) ? PlateKind::kOrdinary : PlateKind::kUnknown;
  }
  if (p.size() != 8) return PlateKind::kUnknown;
  if (IsEnergy(p[2]) && IsSerial(p[3]) && AllOf(p.substr(4), IsDigit32)) {
    *electric = Has(kElectric, p[2]);
    return PlateKind::kNewEnergySmall;
  }
  if (IsEnergy(p[7]) && AllOf(p.substr(2, 5), IsDigit32)) {
    *electric = Has(kElectric, p[7]);
    return PlateKind::kNewEnergyLarge;
  }
  return PlateKind::kUnknown;
}

}  // namespace

PlateReading ReadPlate(std::string_view raw) {
  PlateReading r;
  if (TrimUnicode(raw).empty()) return r;
  std::u32string plate;
  for (size_t i = 0; i < raw.size();) {
    const char32_t c = FoldWidth(NextCodePoint(raw, &i));
    if (IsPlateSeparator(c)) continue;
    plate += c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c;
  }
  std::string text = EncodeUtf8(plate);
  r.folded = text != raw;
  if (text.empty() || IsNullWord(raw) || plate.starts_with(U"无牌") || plate == U"未上牌") {
    r.verdict = Verdict::kPlaceholder;
    return r;
  }
  if (plate.find(U'*') != std::u32string::npos) {
    r.verdict = Verdict::kMasked;
    return r;
  }
  r.kind = KindOf(plate, &r.electric);
  if (r.kind == PlateKind::kUnknown) {
    r.verdict = Verdict::kBadForm;
    return r;
  }
  r.verdict = Verdict::kOk;
  r.plate = std::move(text);
  return r;
}

std::string PlateKey(std::string_view plate_type, std::string_view plate) {
  return LeftPadCode(plate_type, 2) + "|" + std::string(plate);
}

VehicleOwnership OwnershipOf(std::string_view states) {
  const std::string letters = UpperAscii(TrimUnicode(states));
  if (letters.empty()) return VehicleOwnership::kUnknown;
  constexpr std::string_view kGone = "EMP", kPerson = "CK", kPlain = "ABDGHIJLNOQRSTUVWXYZF";
  VehicleOwnership out = VehicleOwnership::kOwned;
  for (char c : letters) {
    if (kGone.find(c) != std::string_view::npos) return VehicleOwnership::kNotOwned;
    if (kPerson.find(c) != std::string_view::npos) {
      out = VehicleOwnership::kNeedsPerson;
    } else if (kPlain.find(c) == std::string_view::npos && out == VehicleOwnership::kOwned) {
      out = VehicleOwnership::kUnknown;
    }
  }
  return out;
}

}  // namespace hearth
