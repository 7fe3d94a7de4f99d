#include "report/table.h"

#include <gtest/gtest.h>

namespace hearth {
namespace {

TEST(TextTable, AlignsByDisplayWidthNotByBytes) {
  TextTable table({{"programme"}, {"alerts", Align::kRight}});
  table.AddRow({"低保", "1,234"});
  table.AddRow({"low_edge", "7"});
  EXPECT_EQ(table.ToString(),
            "programme  alerts\n"
            "---------  ------\n"
            "低保        1,234\n"
            "low_edge        7\n");
}

TEST(TextTable, WideTitleSetsTheWidth) {
  TextTable table({{"户号"}, {"金额", Align::kRight}});
  table.AddRow({"7", "5"});
  EXPECT_EQ(table.ToString(2),
            "  户号  金额\n"
            "  ----  ----\n"
            "  7        5\n");
}

TEST(TextTable, SumStandsBelowARule) {
  TextTable table({{"kind"}, {"n", Align::kRight}});
  table.AddRow({"a", "10"});
  table.AddRule();
  table.AddRow({"sum", "10"});
  EXPECT_EQ(table.ToString(), "kind   n\n----  --\na     10\n----  --\nsum   10\n");
}

TEST(TextTable, LongCellIsCutAtACharacter) {
  TextTable table({{"address", Align::kLeft, 7}, {"x"}});
  table.AddRow({"云泽市清江区", "1"});
  table.AddRow({"云泽市", "1"});
  EXPECT_EQ(table.ToString(), "address  x\n-------  -\n云泽市…  1\n云泽市   1\n");
}

TEST(TextTable, NoLineEndsInSpaces) {
  TextTable table({{"a"}, {"bbbb"}});
  table.AddRow({"1", ""});
  EXPECT_EQ(table.ToString(), "a  bbbb\n-  ----\n1\n");
}

TEST(TextTable, ControlCharactersCannotSteerTheTerminal) {
  TextTable table({{"cell"}});
  table.AddRow({"a\x1b[2Jb"});
  table.AddRow({"two\nlines"});
  table.AddRow(
      {"\xC2\x9B"
       "2J"});  // C1 control sequence introducer
  table.AddRow({"\xFF"});
  EXPECT_EQ(table.ToString(), "cell\n---------\na?[2Jb\ntwo?lines\n?2J\n?\n");
}

TEST(TextTableDeathTest, WrongCountOfCellsIsABug) {
  TextTable table({{"a"}, {"b"}});
  EXPECT_DEATH(table.AddRow({"1"}), "1 cells for 2 columns");
}

TEST(Thousands, GroupsFromTheRight) {
  constexpr struct {
    int64_t n;
    const char* text;
  } kCases[] = {
      {0, "0"},
      {999, "999"},
      {1000, "1,000"},
      {-999, "-999"},
      {-1000, "-1,000"},
      {1234567, "1,234,567"},
      {INT64_MIN, "-9,223,372,036,854,775,808"},
  };
  for (const auto& c : kCases) EXPECT_EQ(Thousands(c.n), c.text);
}

TEST(Yuan, KeepsBothDecimals) {
  EXPECT_EQ(Yuan(Money::FromFen(123456705)), "1,234,567.05");
  EXPECT_EQ(Yuan(Money::FromFen(-5)), "-0.05");
  EXPECT_EQ(Yuan(Money::FromYuan(-1200)), "-1,200.00");
}

TEST(Percent, RoundsHalfUpAndKnowsNoShareOfNothing) {
  EXPECT_EQ(Percent(1, 3), "33.33%");
  EXPECT_EQ(Percent(2, 3), "66.67%");
  EXPECT_EQ(Percent(1, 20000), "0.01%");
  EXPECT_EQ(Percent(1, 20001), "0.00%");
  EXPECT_EQ(Percent(5, 5), "100.00%");
  EXPECT_EQ(Percent(1, 16), "6.25%");
  EXPECT_EQ(Percent(UINT64_MAX, UINT64_MAX), "100.00%");
  EXPECT_EQ(Percent(0, 0), "-");
}

}  // namespace
}  // namespace hearth
