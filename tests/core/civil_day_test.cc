#include "core/civil_day.h"

#include <gtest/gtest.h>

namespace hearth {
namespace {

CivilDay Day(std::string_view iso) { return ParseIsoDay(iso).value(); }

// The plain calendar: counts every day of 1600 to 2400 with month lengths and the leap rule spelt out.
TEST(CivilDay, WalksEveryDayOf800YearsWithAPlainCounter) {
  int32_t days = Day("1600-01-01").days;
  for (int y = 1600; y <= 2400; ++y) {
    const bool leap = y % 400 == 0 || (y % 4 == 0 && y % 100 != 0);
    const int lengths[] = {31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    for (int m = 1; m <= 12; ++m) {
      const CivilMonth month = CivilMonth::FromYm(y, m).value();
      ASSERT_EQ(month.Year(), y);
      ASSERT_EQ(month.MonthOfYear(), m);
      ASSERT_EQ(month.FirstDay().days, days);
      for (int d = 1; d <= lengths[m - 1]; ++d, ++days) {
        const auto made = CivilDay::FromYmd(y, m, d);
        ASSERT_TRUE(made.ok());
        ASSERT_EQ(made->days, days);
        const auto [year, mon, day] = made->Ymd();
        ASSERT_TRUE(year == y && mon == m && day == d) << y << "-" << m << "-" << d;
        ASSERT_EQ(made->Month(), month);
      }
      ASSERT_EQ(month.LastDay().days, days - 1);
      ASSERT_FALSE(CivilDay::IsValidYmd(y, m, lengths[m - 1] + 1));
    }
  }
}

TEST(CivilDay, CountsFrom1970) {
  EXPECT_EQ(Day("1970-01-01").days, 0);
  EXPECT_EQ(Day("2021-03-05").days, 18691);
  EXPECT_EQ(Day("1969-12-31").days, -1);
  EXPECT_EQ(Day("0001-01-01").ToString(), "0001-01-01");
  EXPECT_EQ(Day("9999-12-31").ToString(), "9999-12-31");
}

TEST(CivilDay, AddingMonthsStopsAtTheLastDay) {
  EXPECT_EQ(Day("2024-01-31").AddMonths(1), Day("2024-02-29"));
  EXPECT_EQ(Day("2024-02-29").AddMonths(12), Day("2025-02-28"));
  EXPECT_EQ(Day("2024-03-31").AddMonths(-1), Day("2024-02-29"));
  EXPECT_EQ(Day("2024-01-15").AddMonths(-1), Day("2023-12-15"));
  EXPECT_EQ(Day("1970-01-15").AddMonths(-25), Day("1967-12-15"));
}

TEST(CivilDay, OnlyStrictIsoIsParsed) {
  for (const char* bad :
       {"2023-02-30", "2023-2-3", "20230203", "2023-02-03 ", "2023/02/03", "0000-01-01", "", "abcd-ef-gh"}) {
    EXPECT_EQ(ParseIsoDay(bad).status().code(), absl::StatusCode::kInvalidArgument) << bad;
  }
  for (const char* bad : {"2023-13", "2023-00", "2023-1", "202301", ""}) {
    EXPECT_EQ(ParseIsoMonth(bad).status().code(), absl::StatusCode::kInvalidArgument) << bad;
  }
  EXPECT_EQ(ParseIsoMonth("2023-12").value().ToString(), "2023-12");
  EXPECT_EQ(CivilDay::FromYmd(2023, 2, 29).status().code(), absl::StatusCode::kInvalidArgument);
}

constexpr struct {
  const char *why, *birth, *as_of;
  LeapDay rule;
  int years;
} kAges[] = {
    {"day before the birthday", "1960-05-01", "2020-04-30", LeapDay::kMar1, 59},
    {"the birthday itself", "1960-05-01", "2020-05-01", LeapDay::kMar1, 60},
    {"leap day, earlier rule", "2000-02-29", "2018-02-28", LeapDay::kFeb28, 18},
    {"leap day, later rule", "2000-02-29", "2018-02-28", LeapDay::kMar1, 17},
    {"leap day, later rule, 1 March", "2000-02-29", "2018-03-01", LeapDay::kMar1, 18},
    {"leap day in a leap year", "2000-02-29", "2020-02-29", LeapDay::kFeb28, 20},
    {"leap day in a leap year, the day before", "2000-02-29", "2020-02-28", LeapDay::kFeb28, 19},
    {"day of birth", "2020-05-01", "2020-05-01", LeapDay::kMar1, 0},
    {"before birth", "2020-05-01", "2020-04-30", LeapDay::kMar1, -1},
};

TEST(CivilDay, AgesAreCompletedYears) {
  for (const auto& c : kAges) EXPECT_EQ(AgeOn(Day(c.birth), Day(c.as_of), c.rule), c.years) << c.why;
}

TEST(CivilDay, AgeTurnsOnTheBirthday) {
  for (LeapDay rule : {LeapDay::kFeb28, LeapDay::kMar1}) {
    for (CivilDay birth = Day("1999-12-20"); birth < Day("2001-01-10"); birth = birth.AddDays(1)) {
      for (int years : {1, 16, 18, 60, 100}) {
        const CivilDay birthday = BirthdayOf(birth, years, rule);
        ASSERT_EQ(AgeOn(birth, birthday, rule), years);
        ASSERT_EQ(AgeOn(birth, birthday.AddDays(-1), rule), years - 1);
      }
    }
  }
}

TEST(DayRange, EndIsOutside) {
  const DayRange year{Day("2024-01-01"), Day("2025-01-01")};
  EXPECT_TRUE(year.Contains(Day("2024-01-01")));
  EXPECT_TRUE(year.Contains(Day("2024-12-31")));
  EXPECT_FALSE(year.Contains(Day("2025-01-01")));
}

}  // namespace
}  // namespace hearth
