// Day numbers by era arithmetic (Howard Hinnant's published civil-calendar method); tests/core/civil_day_test.cc
// walks every day of 1600-2400 against a plain counter.
#include "core/civil_day.h"

#include <algorithm>
#include <cstdio>

namespace hearth {
namespace {

constexpr int kDaysInMonth[13] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

bool IsLeap(int y) { return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0; }
int DaysInMonth(int y, int m) { return m == 2 && IsLeap(y) ? 29 : kDaysInMonth[m]; }

int32_t DaysFromCivil(int y, int m, int d) {
  y -= m <= 2;
  const int era = (y >= 0 ? y : y - 399) / 400;
  const int yoe = y - era * 400;
  const int doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
  const int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
  return era * 146097 + doe - 719468;
}

bool ReadDigits(std::string_view text, size_t at, size_t n, int* out) {
  if (at + n > text.size()) return false;
  int v = 0;
  for (size_t i = at; i < at + n; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    v = v * 10 + (text[i] - '0');
  }
  *out = v;
  return true;
}

}  // namespace

bool CivilDay::IsValidYmd(int y, int m, int d) {
  return y >= 1 && y <= 9999 && m >= 1 && m <= 12 && d >= 1 && d <= DaysInMonth(y, m);
}

StatusOr<CivilDay> CivilDay::FromYmd(int y, int m, int d) {
  if (!IsValidYmd(y, m, d)) {
    char text[64];
    std::snprintf(text, sizeof text, "\"%04d-%02d-%02d\" is no civil day", y, m, d);
    return InvalidArgument(text);
  }
  return CivilDay{DaysFromCivil(y, m, d)};
}

YearMonthDay CivilDay::Ymd() const {
  const int z = days + 719468;
  const int era = (z >= 0 ? z : z - 146096) / 146097;
  const int doe = z - era * 146097;
  const int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  const int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const int mp = (5 * doy + 2) / 153;
  const int m = mp + (mp < 10 ? 3 : -9);
  return {yoe + era * 400 + (m <= 2), m, doy - (153 * mp + 2) / 5 + 1};
}

CivilMonth CivilDay::Month() const {
  const auto [y, m, d] = Ymd();
  return CivilMonth{(y - 1970) * 12 + m - 1};
}

CivilDay CivilDay::AddMonths(int n) const {
  const int day = Ymd().day;
  const CivilMonth target = Month().AddMonths(n);
  const int y = target.Year(), m = target.MonthOfYear();
  return CivilDay{DaysFromCivil(y, m, std::min(day, DaysInMonth(y, m)))};
}

std::string CivilDay::ToString() const {
  const auto [y, m, d] = Ymd();
  char text[48];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", y, m, d);
  return text;
}

StatusOr<CivilMonth> CivilMonth::FromYm(int y, int m) {
  if (y < 1 || y > 9999 || m < 1 || m > 12) return InvalidArgument("no such month, expected YYYY-MM");
  return CivilMonth{(y - 1970) * 12 + m - 1};
}

int CivilMonth::Year() const { return 1970 + (months >= 0 ? months / 12 : -((11 - months) / 12)); }
int CivilMonth::MonthOfYear() const { return months - (Year() - 1970) * 12 + 1; }
CivilDay CivilMonth::FirstDay() const { return CivilDay{DaysFromCivil(Year(), MonthOfYear(), 1)}; }
CivilDay CivilMonth::LastDay() const { return AddMonths(1).FirstDay().AddDays(-1); }

std::string CivilMonth::ToString() const {
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02d", Year(), MonthOfYear());
  return text;
}

CivilDay BirthdayOf(CivilDay birth, int years, LeapDay rule) {
  const auto [y, m, d] = birth.Ymd();
  if (m == 2 && d == 29 && !IsLeap(y + years)) {
    return rule == LeapDay::kFeb28 ? CivilDay{DaysFromCivil(y + years, 2, 28)}
                                   : CivilDay{DaysFromCivil(y + years, 3, 1)};
  }
  return CivilDay{DaysFromCivil(y + years, m, d)};
}

int AgeOn(CivilDay birth, CivilDay as_of, LeapDay rule) {
  const int guess = as_of.Ymd().year - birth.Ymd().year;
  return BirthdayOf(birth, guess, rule) <= as_of ? guess : guess - 1;
}

StatusOr<CivilDay> ParseIsoDay(std::string_view t) {
  int y, m, d;
  if (t.size() != 10 || t[4] != '-' || t[7] != '-' || !ReadDigits(t, 0, 4, &y) || !ReadDigits(t, 5, 2, &m) ||
      !ReadDigits(t, 8, 2, &d)) {
    return InvalidArgument("not a day, expected YYYY-MM-DD such as 2024-03-01");
  }
  return CivilDay::FromYmd(y, m, d);
}

StatusOr<CivilMonth> ParseIsoMonth(std::string_view t) {
  int y, m;
  if (t.size() != 7 || t[4] != '-' || !ReadDigits(t, 0, 4, &y) || !ReadDigits(t, 5, 2, &m)) {
    return InvalidArgument("not a month, expected YYYY-MM such as 2024-03");
  }
  return CivilMonth::FromYm(y, m);
}

}  // namespace hearth
