#include "ingest/column_reader.h"

#include <gtest/gtest.h>

namespace hearth {
namespace {

struct Case {
  const char* why;
  FieldType type;
  std::string_view cell;
  Verdict verdict;
  std::string_view text;  // when usable; the cell itself when bad
};

ColumnRules Rules() {
  ColumnRules rules;
  rules.feed_day = CivilDay::FromYmd(2024, 2, 29).value();
  rules.synthetic = true;
  return rules;
}

TEST(ColumnReader, EachKindOfTextHasGoodAndBadCells) {
  using enum FieldType;
  constexpr Case kCases[] = {
      {"plain", kText, "H0012", Verdict::kOk, "H0012"},
      {"spaces around", kText, "  H0012\u3000", Verdict::kOk, "H0012"},
      {"full-width letters", kText, "Ｈ００１２", Verdict::kOkNoted, "H0012"},
      {"full-width digits", kText, "００１２", Verdict::kOkNoted, "0012"},
      {"apostrophe", kText, "'0012", Verdict::kOkNoted, "0012"},
      {"null word", kText, "不详", Verdict::kAbsent, ""},
      {"prose", kText, "云泽市（东坪）", Verdict::kOk, "云泽市（东坪）"},
      {"composed form", kText, "e\u0301", Verdict::kOk, "\u00E9"},
      {"compatibility ideograph", kText, "\uF9D1", Verdict::kOk, "六"},
      {"account taken for a number", kText, "9.90000123456789E+18", Verdict::kLossySpreadsheet, "9.90000123456789E+18"},
      {"formula is plain text", kText, "=A1", Verdict::kOk, "=A1"},
      {"mobile", kPhone, "13800000001", Verdict::kOk, "13800000001"},
      {"country prefix", kPhone, "+86 138-0000-0001", Verdict::kOkNoted, "13800000001"},
      {"land line", kPhone, "(0577)88888881", Verdict::kOkNoted, "057788888881"},
      {"masked", kPhone, "138****0001", Verdict::kMasked, "138****0001"},
      {"short", kPhone, "12345", Verdict::kBadLength, "12345"},
      {"text", kPhone, "本人电话", Verdict::kBadCharacter, "本人电话"},
      {"all the same digit", kPhone, "11111111111", Verdict::kPlaceholder, "11111111111"},
      {"name", kName, "王芳", Verdict::kOk, "王芳"},
      {"spaced name", kName, "王 芳", Verdict::kOkNoted, "王芳"},
      {"separator", kName, "买买提•吐尔逊", Verdict::kOkNoted, "买买提·吐尔逊"},
      {"relation for a name", kName, "户主", Verdict::kBadName, "户主"},
      {"note behind a name", kName, "王芳（已故）", Verdict::kBadName, "王芳（已故）"},
      {"number", kCitizenNumber, "33990119600712002x", Verdict::kOkNoted, "33990119600712002X"},
      {"old number", kCitizenNumber, "339901740916001", Verdict::kOkOld15, "339901740916001"},
      {"scientific", kCitizenNumber, "3.39901E+17", Verdict::kLossySpreadsheet, "3.39901E+17"},
      {"masked number", kCitizenNumber, "3399011985****1135", Verdict::kMasked, "3399011985****1135"},
      {"born after the feed", kCitizenNumber, "33990120990101001X", Verdict::kBadDate, "33990120990101001X"},
      {"credit code", kCreditCode, "91339901MA000TXT38", Verdict::kOk, "91339901MA000TXT38"},
      {"credit code, wrong check", kCreditCode, "91339901MA000TXT39", Verdict::kBadCheck, "91339901MA000TXT39"},
      {"plate", kPlate, "浙Z-12345", Verdict::kOkNoted, "浙Z12345"},
      {"plate with I", kPlate, "浙ZI2345", Verdict::kBadForm, "浙ZI2345"},
      {"frame number", kVin, "LTX8A2C32RA000002", Verdict::kOk, "LTX8A2C32RA000002"},
      {"frame number, check fails: a warning", kVin, "LTX8A2C33RA000002", Verdict::kOkNoted, "LTX8A2C33RA000002"},
      {"unit number in groups", kUnitNumber, "339901 001002 GB00003 F00010005", Verdict::kOkNoted,
       "339901001002GB00003F00010005"},
      {"unit number, short", kUnitNumber, "339901001002GB00003F0001005", Verdict::kBadLength,
       "339901001002GB00003F0001005"},
      {"certificate", kDisabilityCertificate, "33990119600712002X44", Verdict::kOk, "33990119600712002X44"},
      {"certificate, category 8", kDisabilityCertificate, "33990119580304001881", Verdict::kBadCode,
       "33990119580304001881"},
      {"region", kRegion, "339901001003", Verdict::kOk, "339901001003"},
      {"region, 5 digits", kRegion, "33990", Verdict::kBadLength, "33990"},
  };
  TextArena arena;
  for (const Case& c : kCases) {
    FieldSchema field;
    field.type = c.type;
    const ColumnReader reader(field, Rules());
    arena.Clear();
    const CellValue value = reader.Read(c.cell, &arena);
    EXPECT_EQ(VerdictName(value.verdict), VerdictName(c.verdict)) << c.why;
    EXPECT_EQ(value.text, c.text) << c.why;
  }
}

TEST(ColumnReader, MadeUpDivisionsNeedTheSitesWord) {
  FieldSchema field;
  field.type = FieldType::kCitizenNumber;
  ColumnRules rules = Rules();
  rules.synthetic = false;
  TextArena arena;
  EXPECT_EQ(ColumnReader(field, rules).Read("339901198501011135", &arena).verdict, Verdict::kDivisionTestOnly);
}

TEST(ColumnReader, ZerosArePutBackOnlyWhereTheTableHasOneWidth) {
  FieldSchema field;
  field.type = FieldType::kCode;
  field.codes = {{"01", "large", "大型"}, {"02", "small", "小型"}};
  TextArena arena;
  const CellValue padded = ColumnReader(field, Rules()).Read("1", &arena);
  EXPECT_EQ(padded.verdict, Verdict::kOkNoted);
  EXPECT_EQ(padded.number, 0);
  field.codes.push_back({"100", "other", "其他"});
  EXPECT_EQ(ColumnReader(field, Rules()).Read("1", &arena).verdict, Verdict::kBadCode);
}

TEST(ColumnReader, KeyPartsAreOneTextForOneValue) {
  FieldSchema number;
  number.type = FieldType::kInt;
  EXPECT_EQ(KeyText(number, {Verdict::kOk, 7, {}}), "7");
  FieldSchema month;
  month.type = FieldType::kMonth;
  EXPECT_EQ(KeyText(month, {Verdict::kOk, CivilMonth::FromYm(2024, 3)->months, {}}), "2024-03");
  FieldSchema text;
  EXPECT_EQ(KeyText(text, {Verdict::kOk, 0, "a|b"}), "a\\|b") << "a bar would join parts";
  EXPECT_EQ(KeyText(text, {}), "");
  FieldSchema plate;
  plate.type = FieldType::kPlate;
  EXPECT_EQ(KeyText(plate, {Verdict::kBadForm, 0, " ＺＺ1 "}), "ZZ1");
}

TEST(TextArena, LongTextsStayWhereTheyAre) {
  TextArena arena;
  const std::string_view a = arena.Keep("short");
  const std::string_view b = arena.Keep(std::string(10'000, 'x'));
  const std::string_view c = arena.Keep(std::string(20'000, 'y'));
  EXPECT_EQ(a, "short");
  EXPECT_EQ(b, std::string(10'000, 'x'));
  EXPECT_EQ(c, std::string(20'000, 'y'));
}

}  // namespace
}  // namespace hearth
