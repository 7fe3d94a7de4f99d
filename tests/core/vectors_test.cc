// The test vectors of standards.md section 14, each through the reader that a feed's cell goes through.
#include <gtest/gtest.h>

#include "core/citizen_number.h"
#include "core/credit_code.h"
#include "core/disability_certificate.h"
#include "core/plate.h"
#include "core/unit_number.h"
#include "core/vin.h"

namespace hearth {
namespace {

enum class Kind { kId, kCredit, kVin, kPlate, kUnit, kDisability };

constexpr struct {
  Kind kind;
  const char* input;
  Verdict verdict;
  const char* note;
} kVectors[] = {
    {Kind::kId, "339901195803040018", Verdict::kOk, "male, born 1958-03-04"},
    {Kind::kId, "33990119600712002X", Verdict::kOk, "female"},
    {Kind::kId, "33990119600712002x", Verdict::kOk, "folded lower case"},
    {Kind::kId, "３３９９０１１９６００７１２００２Ｘ", Verdict::kOk, "folded full width"},
    {Kind::kId, "'339901198501011135", Verdict::kOk, "leading apostrophe"},
    {Kind::kId, "339901198501011135", Verdict::kOk, "male"},
    {Kind::kId, "339901198712312245", Verdict::kOk, "female"},
    {Kind::kId, "339901201202290159", Verdict::kOk, "leap day"},
    {Kind::kId, "339901201506100262", Verdict::kOk, "child"},
    {Kind::kId, "339902194708150077", Verdict::kOk, "old person"},
    {Kind::kId, "339903199911053095", Verdict::kOk, ""},
    {Kind::kId, "339901200001010005", Verdict::kOk, ""},
    {Kind::kId, "33990119740916007X", Verdict::kOk, ""},
    {Kind::kId, "33990119740916015X", Verdict::kOk, ""},
    {Kind::kId, "11010519491231002X", Verdict::kOk, "specimen of GB 11643"},
    {Kind::kId, "440524188001010014", Verdict::kOk, "specimen of GB 11643"},
    {Kind::kId, "911124198108030024", Verdict::kOk, "specimen of the 2023 foreigners' card"},
    {Kind::kId, "810000199003070138", Verdict::kOk, "Hong Kong form"},
    {Kind::kId, "820000198806150139", Verdict::kOk, "Macao form"},
    {Kind::kId, "830000197502200130", Verdict::kOk, "Taiwan form"},
    {Kind::kId, "339901740916001", Verdict::kOkOld15, "-> 339901197409160010"},
    {Kind::kId, "339901990512998", Verdict::kOkOld15, "-> 339901189905129987"},
    {Kind::kId, "339901198501011134", Verdict::kBadCheck, ""},
    {Kind::kId, "339901198501011153", Verdict::kBadCheck, "transposed last digits"},
    {Kind::kId, "339901199002300017", Verdict::kBadDate, "30 February, check right"},
    {Kind::kId, "339901199013010015", Verdict::kBadDate, "month 13, check right"},
    {Kind::kId, "33990120990101001X", Verdict::kBadDate, "future, check right"},
    {Kind::kId, "339901198501011000", Verdict::kLossySpreadsheet, "as a column pattern; alone BAD_CHECK"},
    {Kind::kId, "3.39901E+17", Verdict::kLossySpreadsheet, ""},
    {Kind::kId, "3399011985****1135", Verdict::kMasked, ""},
    {Kind::kId, "33990119600712002Х", Verdict::kBadCharacter, "Cyrillic U+0425"},
    {Kind::kId, "33990l198501011135", Verdict::kBadCharacter, "letter l"},
    {Kind::kId, "33990119850101113", Verdict::kBadLength, ""},
    {Kind::kId, "111111111111111111", Verdict::kPlaceholder, ""},
    {Kind::kCredit, "91350100M000100Y43", Verdict::kOk, "published worked example"},
    {Kind::kCredit, "91339901MA000TXT38", Verdict::kOk, "enterprise"},
    {Kind::kCredit, "92339901MA00TEXT0E", Verdict::kOk, "individual business"},
    {Kind::kCredit, "93339902MA0C0PXX66", Verdict::kOk, "cooperative"},
    {Kind::kCredit, "52339901MJ0TEXT15A", Verdict::kOk, "private non-enterprise unit"},
    {Kind::kCredit, "N2339901MF0CUNXX25", Verdict::kOk, "village collective"},
    {Kind::kCredit, "91350100M000100Y4Z", Verdict::kBadCharacter, "Z is not in the alphabet"},
    {Kind::kCredit, "91339901MA000TXT39", Verdict::kBadCheck, ""},
    {Kind::kCredit, "339901000000120", Verdict::kOk, ""},
    {Kind::kCredit, "339901600000346", Verdict::kOk, ""},
    {Kind::kCredit, "339901600000345", Verdict::kBadCheck, ""},
    {Kind::kVin, "LATPAB071W1005301", Verdict::kOk, "published worked example"},
    {Kind::kVin, "1M8GDM9AXKP042788", Verdict::kOk, "published worked example"},
    {Kind::kVin, "LTX8A2C32RA000002", Verdict::kOk, ""},
    {Kind::kVin, "LTX8A2C3XRA000006", Verdict::kOk, ""},
    {Kind::kVin, "LTX8A2C33RA000002", Verdict::kBadCheck, "warning only"},
    {Kind::kVin, "LTX8A2C32RAO00002", Verdict::kBadCharacter, "letter O"},
    {Kind::kPlate, "浙Z12345", Verdict::kOk, "ordinary"},
    {Kind::kPlate, "浙ZDA1234", Verdict::kOk, "new energy, small"},
    {Kind::kPlate, "浙ZD12345", Verdict::kOk, "new energy, small"},
    {Kind::kPlate, "浙Z12345D", Verdict::kOk, "new energy, large"},
    {Kind::kPlate, "浙ZF1A234", Verdict::kBadForm, ""},
    {Kind::kPlate, "浙ZI2345", Verdict::kBadForm, "letter I"},
    {Kind::kUnit, "339901001002GB00003F00010005", Verdict::kOk, ""},
    {Kind::kUnit, "339903001002JC00017W00000000", Verdict::kOk, ""},
    {Kind::kUnit, "339901001002GB00003F0001005", Verdict::kBadLength, ""},
    {Kind::kDisability, "33990119600712002X44", Verdict::kOk, "limb, grade 4"},
    {Kind::kDisability, "33990119580304001861", Verdict::kOk, "mental, grade 1"},
    {Kind::kDisability, "33990119580304001881", Verdict::kBadCode, "category 8"},
    {Kind::kDisability, "33990119580304001865", Verdict::kBadCode, "grade 5"},
};

const CivilDay kFeedDay = CivilDay::FromYmd(2026, 11, 20).value();

Verdict Read(Kind kind, std::string_view input, bool allow_synthetic, bool lossy) {
  const DivisionRules rules{.allow_synthetic = allow_synthetic};
  const NumberOptions options{.allow_synthetic = allow_synthetic, .column_is_lossy = lossy};
  switch (kind) {
    case Kind::kId:
      return ReadCitizenNumber(input, kFeedDay, options).verdict;
    case Kind::kCredit:
      return ReadCreditCode(input, rules).verdict;
    case Kind::kVin:
      return ReadVin(input).verdict;
    case Kind::kPlate:
      return ReadPlate(input).verdict;
    case Kind::kUnit:
      return ReadUnitNumber(input, rules).verdict;
    case Kind::kDisability:
      return ReadDisabilityCertificate(input, kFeedDay, options).verdict;
  }
  return Verdict::kAbsent;
}

TEST(Vectors, EachHasItsVerdict) {
  for (const auto& v : kVectors) {
    const bool lossy = std::string_view(v.note) == "as a column pattern; alone BAD_CHECK";
    EXPECT_EQ(VerdictName(Read(v.kind, v.input, true, lossy)), VerdictName(v.verdict)) << v.input << " " << v.note;
    if (lossy) {
      EXPECT_EQ(Read(v.kind, v.input, true, false), Verdict::kBadCheck) << v.input;
    }
  }
}

TEST(Vectors, UpgradesOfOldNumbersAreThoseOfTheirNotes) {
  int upgrades = 0;
  for (const auto& v : kVectors) {
    const std::string_view note = v.note;
    if (!note.starts_with("-> ")) continue;
    ++upgrades;
    EXPECT_EQ(UpgradeOld15(v.input), note.substr(3));
    EXPECT_EQ(ReadCitizenNumber(v.input, kFeedDay, {.allow_synthetic = true}).number.RevealDigits(), note.substr(3));
  }
  EXPECT_EQ(upgrades, 2);
}

TEST(Vectors, GoodSyntheticOnesAreTestOnlyOnARealSite) {
  for (const auto& v : kVectors) {
    const std::string_view input = v.input;
    const size_t at = v.kind == Kind::kCredit && input.size() == 18 ? 2 : 0;
    const bool has_division = v.kind != Kind::kVin && v.kind != Kind::kPlate;
    if (!has_division || !IsUsable(v.verdict) || input.substr(at, 4) != "3399") continue;
    EXPECT_EQ(Read(v.kind, input, false, false), Verdict::kDivisionTestOnly) << input;
  }
}

}  // namespace
}  // namespace hearth
