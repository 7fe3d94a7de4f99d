#include "core/cell_readers.h"

#include <gtest/gtest.h>

namespace hearth {
namespace {

TEST(ReadDay, SixSpellingsOfOneDay) {
  for (const char* cell :
       {"20210305", "2021-3-5", "2021/3/5", "2021.3.5", "2021年3月5日", "二〇二一年三月五日", "２０２１－０３－０５",
        "二零二一年三月五号", "2021-03-05 00:00:00.0", "2021-03-05T23:59:59+08:00"}) {
    const DayReading r = ReadDay(cell, DaySerial::kRefused);
    EXPECT_EQ(r.verdict, Verdict::kOk) << cell;
    EXPECT_EQ(r.day.ToString(), "2021-03-05") << cell;
  }
  EXPECT_EQ(ReadDay("二〇二一年十二月三十一日", DaySerial::kRefused).day.ToString(), "2021-12-31");
  EXPECT_EQ(ReadDay("一九八五年十月二十日", DaySerial::kRefused).day.ToString(), "1985-10-20");
}

TEST(ReadDay, UnclearSpellingsAreRefused) {
  for (const char* cell :
       {"210305", "Mar-21", "44260", "2021-02-30", "2021-13-01", "21-3-5", "2021-3/5", "2021-3", "2021-03-05T00:00:00Z",
        "2021-03-05 25:00", "21年3月5日", "2021年3月", "20210305x", "3/5/2021"}) {
    EXPECT_EQ(ReadDay(cell, DaySerial::kRefused).verdict, Verdict::kBadDate) << cell;
  }
}

TEST(ReadDay, SpreadsheetDaysOnlyWhenTheManifestSaysSo) {
  EXPECT_EQ(ReadDay("44260", DaySerial::k1900).day.ToString(), "2021-03-05");
  EXPECT_EQ(ReadDay("44260.75", DaySerial::k1900).day.ToString(), "2021-03-05");
  EXPECT_EQ(ReadDay("42798", DaySerial::k1904).day.ToString(), "2021-03-05");  // 1,462 days apart
  EXPECT_EQ(ReadDay("61", DaySerial::k1900).day.ToString(), "1900-03-01");
  EXPECT_EQ(ReadDay("60", DaySerial::k1900).verdict, Verdict::kBadDate);  // a 29 February that never was
  EXPECT_EQ(ReadDay("2021-03-05", DaySerial::k1900).day.ToString(), "2021-03-05");
}

TEST(ReadDay, OpenAndPlaceholderDatesAreNullWithAReason) {
  for (const char* cell : {"99991231", "9999-12-31", "长期"}) {
    EXPECT_EQ(ReadDay(cell, DaySerial::kRefused).verdict, Verdict::kOpenEnd) << cell;
  }
  for (const char* cell : {"00000000", "0000-00-00", "19000101", "1970-01-01"}) {
    EXPECT_EQ(ReadDay(cell, DaySerial::kRefused).verdict, Verdict::kPlaceholderDate) << cell;
  }
  EXPECT_EQ(ReadDay("1970-01-02", DaySerial::kRefused).verdict, Verdict::kOk);
}

TEST(ReadMonth, MonthsAndDaysGiveMonths) {
  for (const char* cell : {"202103", "2021-3", "2021/03", "2021.3", "2021年3月", "二〇二一年三月"}) {
    const MonthReading r = ReadMonth(cell);
    EXPECT_EQ(r.verdict, Verdict::kOk) << cell;
    EXPECT_EQ(r.month.ToString(), "2021-03") << cell;
  }
  EXPECT_EQ(ReadMonth("2021-03-05").verdict, Verdict::kOkNoted);
  EXPECT_EQ(ReadMonth("2021-03-05").month.ToString(), "2021-03");
  for (const char* cell : {"202113", "210305", "2021", "Mar-21", "2021-03x"}) {
    EXPECT_EQ(ReadMonth(cell).verdict, Verdict::kBadDate) << cell;
  }
  EXPECT_EQ(ReadMonth("").verdict, Verdict::kAbsent);
}

TEST(ReadMoney, AmountsInTheColumnsUnit) {
  constexpr struct {
    const char* cell;
    MoneyUnit unit;
    int64_t fen;
  } kCases[] = {
      {"1234.5", MoneyUnit::kYuan, 123450},
      {"1234.5元", MoneyUnit::kYuan, 123450},
      {"1,234.50", MoneyUnit::kYuan, 123450},
      {"(1,234)", MoneyUnit::kYuan, -123400},
      {"（1,234.50）", MoneyUnit::kYuan, -123450},
      {"-0.05", MoneyUnit::kYuan, -5},
      {"1.2E3", MoneyUnit::kYuan, 120000},
      {"0.12万元", MoneyUnit::kTenThousandYuan, 120000},
      {"0.123456", MoneyUnit::kTenThousandYuan, 123456},
      {"120000", MoneyUnit::kFen, 120000},
      {"￥1,000", MoneyUnit::kYuan, 100000},
      {"0.30000000000000004", MoneyUnit::kYuan, 30},
      {"1234.5599999999999", MoneyUnit::kYuan, 123456},
      {"1200.000", MoneyUnit::kYuan, 120000},
  };
  for (const auto& c : kCases) {
    const MoneyReading r = ReadMoney(c.cell, c.unit);
    EXPECT_TRUE(IsUsable(r.verdict)) << c.cell;
    EXPECT_EQ(r.money.fen(), c.fen) << c.cell;
  }
}

TEST(ReadMoney, OtherUnitsAndUnclearAmountsAreRefused) {
  EXPECT_EQ(ReadMoney("0.12万元", MoneyUnit::kYuan).verdict, Verdict::kBadUnit);
  EXPECT_EQ(ReadMoney("12元", MoneyUnit::kTenThousandYuan).verdict, Verdict::kBadUnit);
  EXPECT_EQ(ReadMoney("12美元", MoneyUnit::kYuan).verdict, Verdict::kBadUnit);
  EXPECT_EQ(ReadMoney("1亿元", MoneyUnit::kYuan).verdict, Verdict::kBadUnit);
  for (const char* cell : {"12,34", "1,23,456", "1.234", "abc", "1 234", "1..2", "(-5)", "元", "--5", "1e"}) {
    EXPECT_EQ(ReadMoney(cell, MoneyUnit::kYuan).verdict, Verdict::kBadNumber) << cell;
  }
  EXPECT_EQ(ReadMoney("1.23456E+11", MoneyUnit::kYuan).verdict, Verdict::kLossySpreadsheet);
  EXPECT_EQ(ReadMoney("99999999999999999999", MoneyUnit::kYuan).verdict, Verdict::kOutOfRange);
  for (const char* cell : {"", "-", "—", "NULL", "\\N", "/", "无", "N/A", " \u3000"}) {
    EXPECT_EQ(ReadMoney(cell, MoneyUnit::kYuan).verdict, Verdict::kAbsent) << cell;
  }
}

TEST(ReadInt, WholeNumbersOnly) {
  EXPECT_EQ(ReadInt("０12").value, 12);
  EXPECT_EQ(ReadInt("-7").value, -7);
  EXPECT_EQ(ReadInt("12.0").verdict, Verdict::kOkNoted);
  EXPECT_EQ(ReadInt("1,234").value, 1234);
  EXPECT_EQ(ReadInt("12.5").verdict, Verdict::kBadNumber);
  EXPECT_EQ(ReadInt("9.90000123456789E+18").verdict, Verdict::kLossySpreadsheet);
  EXPECT_EQ(ReadInt("9223372036854775807").value, INT64_MAX);
  EXPECT_EQ(ReadInt("9223372036854775808").verdict, Verdict::kOutOfRange);
}

TEST(ReadDecimal4, SharesInThreeSpellings) {
  EXPECT_EQ(ReadDecimal4("0.5").value, 5000);
  for (const char* cell : {"50%", "1/2", "二分之一", "百分之五十"}) {
    EXPECT_EQ(ReadDecimal4(cell).value, 5000) << cell;
    EXPECT_EQ(ReadDecimal4(cell).verdict, Verdict::kOkNoted) << cell;
  }
  EXPECT_EQ(ReadDecimal4("1/3").value, 3333);
  EXPECT_EQ(ReadDecimal4("1/0").verdict, Verdict::kBadNumber);
  EXPECT_EQ(ReadDecimal4("3/2").verdict, Verdict::kBadNumber);
  EXPECT_EQ(ReadDecimal4("0.12345").verdict, Verdict::kBadNumber);
}

TEST(ReadBool, KnownWordsOnly) {
  for (const char* cell : {"1", "是", "Y", "true", "TRUE", "有"}) EXPECT_TRUE(ReadBool(cell).value) << cell;
  for (const char* cell : {"0", "否", "N", "false"}) {
    EXPECT_EQ(ReadBool(cell).verdict, Verdict::kOk) << cell;
    EXPECT_FALSE(ReadBool(cell).value) << cell;
  }
  EXPECT_EQ(ReadBool("2").verdict, Verdict::kBadCode);
  EXPECT_EQ(ReadBool("可能").verdict, Verdict::kBadCode);
  EXPECT_EQ(ReadBool("不详").verdict, Verdict::kAbsent);
}

TEST(Cells, LossFormulaAndErrorAreTold) {
  EXPECT_TRUE(IsLossyIdentifier("9.90000123456789E+18"));
  EXPECT_TRUE(IsLossyIdentifier("INF"));
  EXPECT_FALSE(IsLossyIdentifier("91339901MA000TXT38"));
  EXPECT_TRUE(IsSpreadsheetError("#REF!"));
  EXPECT_FALSE(IsSpreadsheetError("#12"));
  EXPECT_EQ(NeutraliseFormula("=A1"), "'=A1");
  EXPECT_EQ(NeutraliseFormula("@SUM(A1)"), "'@SUM(A1)");
  EXPECT_EQ(NeutraliseFormula("-12.50"), "-12.50");
  EXPECT_EQ(NeutraliseFormula("-12+A1"), "'-12+A1");
  EXPECT_EQ(LeftPadCode("1", 2), "01");
  EXPECT_EQ(LeftPadCode("A", 2), "A");
  EXPECT_EQ(LeftPadCode("123", 2), "123");
}

TEST(ReadSmallNumber, ChineseAndArabicDigits) {
  constexpr struct {
    const char* text;
    int value;
  } kCases[] = {{"十", 10},        {"十二", 12},       {"二十", 20},       {"二十五", 25}, {"廿五", 25},
                {"三百零五", 305}, {"一千二百", 1200}, {"二〇二一", 2021}, {"12", 12},     {"１２", 12},
                {"壹佰", 100},     {"", -1},           {"甲", -1},         {"123456", -1}};
  for (const auto& c : kCases) EXPECT_EQ(ReadSmallNumber(c.text), c.value) << c.text;
}

}  // namespace
}  // namespace hearth
