#include "report/csv_writer.h"

#include <gtest/gtest.h>

#include <sstream>

namespace hearth {
namespace {

std::string Written(CsvEncoding encoding, std::initializer_list<std::string_view> cells) {
  std::ostringstream out;
  CsvWriter(&out, encoding).Row(cells);
  return out.str();
}

TEST(CsvWriter, Utf8StartsWithAByteOrderMarkForSpreadsheets) {
  EXPECT_EQ(Written(CsvEncoding::kUtf8Bom, {"户号"}), "\xEF\xBB\xBF户号\r\n");
  EXPECT_EQ(Written(CsvEncoding::kUtf8, {"户号"}), "户号\r\n");
}

TEST(CsvWriter, Gb18030HasNoMarkAndFourByteCharacters) {
  EXPECT_EQ(Written(CsvEncoding::kGb18030, {"户", "𠮷"}), "\xBB\xA7,\x95\x34\xB2\x35\r\n");  // U+20BB7
}

TEST(CsvWriter, BytesThatAreNoUtf8BecomeTheReplacementCharacter) {
  EXPECT_EQ(Written(CsvEncoding::kGb18030, {"a\xFFz"}), "a\x84\x31\xA4\x37z\r\n");
}

TEST(CsvWriter, QuotesOnlyWhatNeedsIt) {
  EXPECT_EQ(Written(CsvEncoding::kUtf8, {"plain", "a,b", "say \"yes\"", "two\nlines", " edge", "mid dle", ""}),
            "plain,\"a,b\",\"say \"\"yes\"\"\",\"two\nlines\",\" edge\",mid dle,\r\n");
}

TEST(CsvWriter, NumberCellsCarryNoMark) {
  std::ostringstream out;
  CsvWriter csv(&out, CsvEncoding::kUtf8);
  csv.Int(-5).Int(123456789012345).Yuan(Money::FromFen(-5)).Day(CivilDay::FromYmd(2024, 3, 1).value()).Empty().EndRow();
  EXPECT_EQ(out.str(), "-5,123456789012345,-0.05,2024-03-01,\r\n");
}

TEST(CsvWriter, ExactWritingLeavesCellsAlone) {
  std::ostringstream out;
  CsvWriter csv(&out, CsvEncoding::kUtf8, CsvGuard::kExact);
  csv.Row({"=1+1", "339901199003078888"});
  EXPECT_EQ(out.str(), "=1+1,339901199003078888\r\n");
}

TEST(GuardSpreadsheetCell, MarksWhatWouldRunOrLoseDigits) {
  constexpr struct {
    const char *why, *cell, *guarded;
  } kCases[] = {
      {"formula", "=1+1", "'=1+1"},
      {"full-width formula", "＝1+1", "'＝1+1"},
      {"command", "@SUM(A1)", "'@SUM(A1)"},
      {"call", "+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"},
      {"minus and a word", "-不详", "'-不详"},
      {"tab", "\t=1", "'\t=1"},
      {"carriage return", "\r=1", "'\r=1"},
      {"negative number stays a number", "-12.50", "-12.50"},
      {"signed number", "+7", "+7"},
      {"identity number", "339901199003078888", "'339901199003078888"},
      {"identity number with X is text already", "33990119900307888X", "33990119900307888X"},
      {"twelve digits", "123456789012", "'123456789012"},
      {"mobile number of eleven", "13900000000", "13900000000"},
      {"leading zero", "0571", "'0571"},
      {"zero itself", "0", "0"},
      {"unit number like an exponent", "12E5", "'12E5"},
      {"with point and sign", "1.2e+3", "'1.2e+3"},
      {"plate is no exponent", "浙A12E5", "浙A12E5"},
      {"hex text", "12E5F", "12E5F"},
      {"letter alone", "E5", "E5"},
      {"name", "王芳", "王芳"},
      {"empty", "", ""},
  };
  for (const auto& c : kCases) EXPECT_EQ(GuardSpreadsheetCell(c.cell), c.guarded) << c.why;
}

}  // namespace
}  // namespace hearth
